"""What a question about the hotel names: rooms, bookings, room types, the hour of leaving."""

import re
from datetime import date, time

from workbench.engine.text import fold
from workbench.engine.tools.dates import unreal_days
from workbench.engine.tools.finders import find_nights
from workbench.engine.tools.hours import Hour, named_hours
from workbench.engine.tools.people import names_like

_ROOM_WORD = r"rooms?|rm\.?|suites?|phong(?:\s+so)?|p\.|kamar"
_ROOM = r"(?:[2-9]|1[0-2])(?:0[1-9]|1[0-3])"
_NAMED_ROOM = re.compile(rf"(?<!\w)(?:{_ROOM_WORD})\s*#?\s*(\d{{3,4}})(?!\d|[.,/:]\d)")
_BARE_ROOM = re.compile(
    rf"(?<![\w.,:/#+-])(?<!ext )(?<!extension )(?<!may le )(?<!tang )(?<!floor )({_ROOM})"
    r"(?![\w%/]|[.,:-]\d|\s*(?:vnd|dong|k\b|tri|nghin|ngan|d\b|usd|euros?|points?|diem|m2|metres?))"
)
_BOOKING = re.compile(r"(?<!\w)book(?:ing)?[\s-]?(\d{3,})(?!\w)")
_CONFIRMATION = re.compile(r"(?<!\w)conf-?(\d{4})-?(\d{3,})(?!\w)")
_TYPES = (
    ("deluxe_ocean",
     r"(?:deluxe\s+)?ocean(?:\s+(?:views?|deluxe|rooms?|side))?|sea\s+views?|"
     r"(?:deluxe\s+)?(?:huong|view)\s+bien"),
    ("deluxe_city", r"deluxe\s+city(?:\s+views?)?|deluxe\s+(?:huong|view)\s+(?:pho|thanh\s+pho)"),
    ("standard_city", r"standard\s+(?:city(?:\s+views?)?|(?:huong|view)\s+(?:pho|thanh\s+pho))|"
                      r"(?:the\s+)?cheapest\s+(?:rooms?|type)|(?:phong|hang|"
                      r"loai)(?:\s+phong)?\s+re\s+nhat"),
    ("superior_garden", r"superiors?(?:\s+(?:garden|vuon|huong\s+vuon))?(?:\s+views?)?|"
                        r"gardens?\s+rooms?|phong\s+(?:huong\s+)?vuon"),
    ("family_suite", r"family\s+suites?|suite\s+gia\s+dinh|phong\s+gia\s+dinh"),
    ("paradise_suite", r"paradise\s+suites?|(?:the\s+)?best\s+suite"),
    ("deluxe", r"delux(?:es|e)?"),
    ("suite", r"suites?(?!\s*#?\d{3,4}(?![\d/-]))"),
    ("standard", r"(?:phong|hang|loai)(?:\s+phong)?\s+tieu\s+chuan|standards?"),
)  # fmt: skip
_NOT_A_TYPE = re.compile(
    r"(?<!\w)(?:standards?[\s-]+(?:check|time|hours?|procedures?|rules?|rates?|prices?|fees?|"
    r"deposits?|"
    r"clean|minutes?|amenit|answers?|wording|practice|of\b|for\b|is\b|are\b|text|sentence|"
    r"e-?mail)\w*|"
    r"(?:gio|muc|gia|thoi\s+gian|quy\s+trinh)\s+(?:\w+\s+){0,2}tieu\s+chuan)"
)
_UNTIL = re.compile(
    r"(?:until|till|til|out\s+(?:at|by)|leav\w*\s+(?:the\s+\w+\s+|\w+\s+)?(?:at|by)|"
    r"depart\w*\s+(?:at|is)?|"
    r"go(?:es|ing)?\s+(?:at|for)|keep\w*\s+.{0,30}\bto|stay\w*\s+.{0,20}\bto|toi|den|"
    r"tra(?:\s+phong)?(?:\s+tre)?\s+(?:luc)?|ra\s+luc|di\s+luc|roi\s+luc|ve\s+luc)\s*$"
)
_OTHERS = re.compile(r"(?:flight|plane|train|bus|taxi|bay|tau|chuyen)\b.{0,25}$")
_INSTEAD = re.compile(r"(?:instead\s+of|thay\s+vi|after|sau)\s*$")
_EXTRA = re.compile(
    r"\b(?:(?P<en>one|two|three|four|five|six|an?|\d)\s+(?:more|extra|additional)\s+hours?|"
    r"(?:by|another|for\s+another|extra)\s+(?P<by>one|two|three|four|five|six|\d)\s+hours?|"
    r"them\s+(?P<vi>mot|hai|ba|bon|nam|sau|\d)\s+(?:tieng|gio))\b"
)
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
           "mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6}  # fmt: skip
_NOON, _EVENING = 12, 8
_NO_NAMES_WORDS = (
    "deluxe ocean city view standard superior garden family paradise suite suites bar coral spa "
    "gold"
    " circle silver platinum front office desk duty manager shift leader agent gro vip vnd usd "
    "hotel"
    " room booking book conf sop fom dm ac tv wifi january february march april may june july "
    "august"
    " september october november december monday tuesday wednesday thursday friday saturday sunday"
    " vietnam vietnamese english korean expedia agoda zalo walk check ok pls christmas noel labour"
    " i paris seoul"
)
_NO_NAMES = frozenset(_NO_NAMES_WORDS.split())
_PLACES = re.compile(
    r"\b(?:thu (?:hai|ba|tu|nam|sau|bay)|chu nhat|sky bar|spa sen|cam ranh|nha trang|da lat|hai au|"
    r"ha noi|sai gon|viet nam|bach kim|tet|vang|bac)\b"
)


def room_numbers(text: str, today: date) -> list[str]:
    """Return the room numbers: any after "room", elsewhere those that the house has."""
    return list(dict.fromkeys(text[start:end] for start, end in room_places(text)))


def room_places(text: str) -> list[tuple[int, int]]:
    """Return where the digits of each room number stand in a text, in their order."""
    folded = fold(text)
    if len(folded) != len(text):
        folded = text.casefold() if len(text.casefold()) == len(text) else text
    folded = _CONFIRMATION.sub(_blank, _BOOKING.sub(_blank, folded))
    found = [*_NAMED_ROOM.finditer(folded), *_BARE_ROOM.finditer(folded)]
    return sorted({one.span(1) for one in found})


def booking_ids(text: str, today: date) -> list[str]:
    """Return ids of bookings and confirmation numbers, in their written form and their order."""
    folded = fold(text)
    found = [(one.start(), f"BOOK{one[1]}") for one in _BOOKING.finditer(folded)]
    found += [(one.start(), f"CONF-{one[1]}-{one[2]}") for one in _CONFIRMATION.finditer(folded)]
    return [written for _, written in sorted(found)]


def room_type_codes(text: str, today: date) -> list[str]:
    """Return the codes of the room types, or of whole categories: "deluxe", "suites"."""
    rest = _NOT_A_TYPE.sub(_blank, fold(text))
    found = []
    for code, words in _TYPES:
        pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)")
        found += [(one.start(), code) for one in pattern.finditer(rest)]
        rest = pattern.sub(_blank, rest)
    return list(dict.fromkeys(code for _, code in sorted(found)))


def guest_names(text: str, today: date) -> list[str]:
    """Return what look like names of guests; those that the tables know are spelt as they are."""
    folded = fold(text)
    spans = [one.span() for one in _PLACES.finditer(folded)] if len(folded) == len(text) else []
    for start, end in spans:
        if text[start].isupper():
            text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return names_like(text, _NO_NAMES)


def leaving_hours(text: str, today: date) -> list[time]:
    """Return the one hour at which a guest wants to leave, if a question names one.

    Rooms are left at noon, so that "at three" is in the afternoon, and "two more hours" end at two.
    Of several times the one after "until" or the like counts, else the one that is not noon.
    """
    folded = fold(text)
    extra = _EXTRA.search(folded)
    if extra:
        written = next(one for one in extra.groups() if one)
        return [time(_NOON + _COUNTS.get(written, 0 if not written.isdigit() else int(written)))]
    named = [one for one in named_hours(text) if not _INSTEAD.search(folded[: one.start])]
    hours = [one for one in named if not _OTHERS.search(folded[: one.start])] or named
    until = [one for one in hours if _UNTIL.search(folded[: one.start])]
    other = [one for one in hours if _leaving(one) != time(_NOON)]
    for chosen in (hours, until, other):
        if len({_leaving(one) for one in chosen}) == 1:
            return [_leaving(chosen[0])]
    return []


def other_nights(text: str, today: date) -> list[date | str | None]:
    """Return the nights that a question names; tonight goes without saying and is `None`.

    A day that no calendar has comes last, as it is written: "31/2".
    """
    nights = [None if each == today else each for each in find_nights(text, today)]
    named = [*nights, *unreal_days(text, today)]
    return [] if named == [None] else named


def _leaving(hour: Hour) -> time:
    if hour.is_open and hour.at.hour < _EVENING:
        return hour.at.replace(hour=hour.at.hour + _NOON)
    return hour.at


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())
