"""All values of one message."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from workbench.engine.extraction.codes import booking_codes, phone_numbers
from workbench.engine.extraction.correcting import last_valid
from workbench.engine.extraction.date_ranges import settle_days
from workbench.engine.extraction.dates import named_days
from workbench.engine.extraction.found import Extraction, Found, V
from workbench.engine.extraction.halves import Setting
from workbench.engine.extraction.items import find_items
from workbench.engine.extraction.languages import message_language
from workbench.engine.extraction.lengths import durations, length_places, nights
from workbench.engine.extraction.message import Message, Pattern, open_message
from workbench.engine.extraction.money import amounts
from workbench.engine.extraction.numbers import spell_digits
from workbench.engine.extraction.people import party_sizes
from workbench.engine.extraction.rooms import own_rooms, room_numbers
from workbench.engine.extraction.services import find_service, unusual_service
from workbench.engine.extraction.spelling import mend_spelling
from workbench.engine.extraction.times import find_times
from workbench.engine.extraction.vocabulary import Habit, Vocabulary

LONGEST = 4_000
"""Characters that are read; a longer message is read so far."""
_AMENDED = Pattern(
    r"^(?:\s*(?:people|persons?|pax|guests?|người|ng|khách|orang|org|nights?|đêm|malam|"
    r"of\s+us))?[\s,.!-]*"
    r"(?:no+[,\s]+(?:sorry|wait|make\s+(?:it|that))?|sorry|actually|i\s+mean|make\s+(?:that|it)|"
    r"wait|"
    r"à\s+(?:không|nhầm|quên)|nhầm|ý\s+(?:em|mình|tôi|anh|chị)\s+là|eh|maaf|maksud(?:nya)?|ralat|"
    r"salah)[\s,]+"
    r"(?:no\s+|wait\s+|sorry\s+|it's\s+|make\s+(?:that|it)\s+|là\s+|jadi\s+)*(?P<n>\d{1,2})"
    r"(?!\w|[:.]\d)(?!\s*(?:am|pm|giờ|h\b|o'?clock))"
)


def extract(
    text: str,
    now: datetime,
    *,
    vocabulary: Vocabulary,
    profile_room: str | None = None,
    lang: str | None = None,
) -> Extraction:
    """Return the values that a message gives, by rule: no model is asked.

    Vietnamese, with and without diacritics, English and Indonesian are read, also mixed.

    Args:
        text: The message; its first `LONGEST` characters are read.
        now: What "tomorrow" and "in an hour" count from, in the place's own time.
        vocabulary: The assistant's items, services, rooms and codes.
        profile_room: The room of the guest's profile, taken where the message names none.
        lang: The message's language; found out where it is not given.
    """
    lang = lang or message_language(text)
    message = spell_digits(mend_spelling(open_message(text[:LONGEST], lang), vocabulary))
    values: dict[str, Found[Any] | None] = {}
    rest = _codes_and_places(message, vocabulary, values)
    if values["room_number"] is None and profile_room:
        values["room_number"] = Found(profile_room, 0, 0)
    rest = _calendar(message, rest, now, vocabulary, values)
    rest = rest.without(length_places(rest))
    items = find_items(rest, vocabulary)
    rest = _without(rest, items)
    values["party_size"] = last_valid(message, _with_amendment(message, party_sizes(rest)))
    values["service"] = _service(message, items, vocabulary, values)
    if values["service"] is None:
        values["duration_minutes"] = None
    placed = {key: _placed(message, found) for key, found in values.items() if found is not None}
    return Extraction(lang=lang, items=tuple(_placed(message, one) for one in items), **placed)


def _codes_and_places(
    message: Message, vocabulary: Vocabulary, values: dict[str, Found[Any] | None]
) -> Message:
    """Read telephones, codes, money and rooms; return the message without their words."""
    phones = phone_numbers(message)
    rest = _without(message, phones)
    codes = booking_codes(rest, vocabulary.booking_prefixes)
    rest = _without(rest, codes)
    money = amounts(rest)
    rest = _without(rest, money)
    rooms = room_numbers(rest, vocabulary.room_pattern)
    values["phone"] = last_valid(message, phones)
    values["booking"] = last_valid(message, codes)
    values["money"] = last_valid(message, money)
    values["room_number"] = last_valid(message, own_rooms(message, rooms))
    return _without(rest, rooms)


def _calendar(
    message: Message,
    rest: Message,
    now: datetime,
    vocabulary: Vocabulary,
    values: dict[str, Found[Any] | None],
) -> Message:
    """Read nights, lengths, days and times; return the message without their words."""
    stays = nights(rest)
    rest = _without(rest, stays)
    lengths = durations(rest)
    rest = _without(rest, lengths)
    named, rest = named_days(rest, now.date())
    days = settle_days(message, named, now.date())
    today = days.start is None or days.start.value == now.date()
    setting = Setting(message, now, today, _habit(message, vocabulary))
    times, spans = find_times(rest, setting)
    values["nights"] = last_valid(message, _with_amendment(message, stays))
    values["duration_minutes"] = last_valid(message, lengths)
    values["date"], values["end_date"] = _iso(days.start), _iso(days.end)
    values["time"], values["end_time"] = times.start, times.end
    return rest.without(spans)


def _service(
    message: Message,
    items: Sequence[Found[Any]],
    vocabulary: Vocabulary,
    values: dict[str, Found[Any] | None],
) -> Found[str] | None:
    service = find_service(_without(message, items), vocabulary, has_items=bool(items))
    time = values["time"] or values["end_time"]
    if service is None and time is not None:
        return unusual_service(message, vocabulary, time.value)
    return service


def _habit(message: Message, vocabulary: Vocabulary) -> Habit:
    service = find_service(message, vocabulary, has_items=False)
    return vocabulary.services[service.value].habit if service else ""


def _with_amendment(message: Message, found: Sequence[Found[int]]) -> list[Found[int]]:
    """Return numbers with the bare one that takes the last of them back: "4 people, sorry, 5"."""
    if not found:
        return []
    match = _AMENDED.within(message, found[-1].end)
    if match is None:
        return list(found)
    begin = found[-1].end + match.start("n")
    return [*found, Found(int(match["n"]), begin, begin + len(match["n"]))]


def _iso(day: Found[date] | None) -> Found[str] | None:
    return Found(day.value.isoformat(), day.begin, day.end) if day else None


def _without(message: Message, found: Sequence[Found[Any]]) -> Message:
    return message.without((one.begin, one.end) for one in found)


def _placed(message: Message, found: Found[V]) -> Found[V]:
    """Return a value with its place in the text as it was typed."""
    return Found(found.value, *message.original(found.begin, found.end))
