"""What a question about the hotel names: rooms, bookings, room types, times."""

import re
from datetime import date, time

from workbench.engine.bands import asked_minute

_ROOM_WORD = r"rooms?|rm\.?|phòng(?:\s+số)?|phong|p\.|kamar"
_ROOM = r"(?:[2-9]|1[0-2])(?:0[1-9]|1[0-3])"
_NAMED_ROOM = re.compile(rf"(?<!\w)(?:{_ROOM_WORD})\s*#?\s*(\d{{3,4}})(?!\d)", re.I)
_NEXT_ROOM = re.compile(rf"(?:,|and|và|&|or|hoặc|dan)\s*#?({_ROOM})(?![\d.,]\d|\d)", re.I)
_BARE_ROOM = re.compile(
    rf"(?<![\w.,:/#-])({_ROOM})(?![\w%/:-]|[.,]\d|\s*(?:vnd|đồng|dong|k\b|tri))", re.I
)
_BOOKING = re.compile(r"(?<!\w)book[\s-]?(\d{3,})(?!\w)", re.I)
_CONFIRMATION = re.compile(r"(?<!\w)conf-?(\d{4})-?(\d{3,})(?!\w)", re.I)
_TYPES = (
    ("deluxe_ocean", r"deluxe\s+ocean(?:\s+view)?|ocean\s+view|hướng\s+biển"),
    ("deluxe_city", r"deluxe\s+city"),
    ("standard_city", r"standard(?:\s+city(?:\s+view)?)?|phòng\s+tiêu\s+chuẩn"),
    ("superior_garden", r"superior(?:\s+garden)?"),
    ("family_suite", r"family\s+suites?|suite\s+gia\s+đình|phòng\s+gia\s+đình"),
    ("paradise_suite", r"paradise\s+suites?"),
)
_MINUTES = 60


def room_numbers(text: str, today: date) -> list[str]:
    """Return the room numbers; bare numbers count only where none stands after "room"."""
    named = _NAMED_ROOM.findall(text)
    if named:
        return [*named, *_NEXT_ROOM.findall(text)]
    return _BARE_ROOM.findall(_CONFIRMATION.sub(" ", _BOOKING.sub(" ", text)))


def booking_ids(text: str, today: date) -> list[str]:
    """Return ids of bookings and confirmation numbers, in their written form."""
    ids = [f"BOOK{number}" for number in _BOOKING.findall(text)]
    return ids + [f"CONF-{year}-{number}" for year, number in _CONFIRMATION.findall(text)]


def room_type_codes(text: str, today: date) -> list[str]:
    """Return the codes of the room types."""
    return [code for code, words in _TYPES if re.search(rf"(?<!\w)(?:{words})(?!\w)", text, re.I)]


def times(text: str, today: date) -> list[time]:
    """Return the one time of day that a question names, if it names one."""
    minute = asked_minute(text)
    if minute is None:
        return []
    hours, minutes = divmod(round(minute), _MINUTES)
    return [time(hours % 24, minutes)]
