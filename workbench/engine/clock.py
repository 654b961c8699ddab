"""Times of day in one form, so that "3 PM", "15:00" and "15 giờ" are the same word."""

import re

_TWELVE_HOURS = re.compile(
    # "Room 12 am I allowed" names no time
    r"(?<![\w.,:])(\d{1,2})(?:[:.]([0-5]\d))?\s*([ap])\.?\s?m\b\.?(?!\s+i\b)",
    re.I,
)
_RANGE = re.compile(
    r"(?<![\w.,:])(\d{1,2}(?:[:.][0-5]\d)?)(\s*[-–]\s*|\s+to\s+)"
    r"(?=(\d{1,2})(?:[:.][0-5]\d)?\s*([ap])\.?\s?m\b)",
    re.I,
)
_COLON = re.compile(r"(?<![\w.,:])(\d{1,2}):([0-5]\d)(?![\w:])")
_VIETNAMESE = re.compile(
    r"(?<![\w.,:])(\d{1,2})[ \t]*(?:giờ|gio|h)(?:[ \t]*([0-5]\d)(?![\d%.,]))?"
    # "tối đa" and "tối thiểu" are maximum and minimum; bare "toi" is mostly "I"
    r"(?:[ \t]+(sáng|sang|trưa|trua|chiều|chieu|tối(?!\s+(?:đa|thiểu))|đêm))?(?!\w)",
    re.I,
)
_NAMED = re.compile(r"\b(?:12\s+)?(noon|midday|midnight)\b", re.I)
_HOURS = 24
_NOON = ("trưa", "trua")
_AFTERNOON = ("chiều", "chieu", "tối")
_NIGHT = ("đêm",)
_NIGHT_BEGINS = 8
_NOON_ENDS = 2


def unify_times(text: str) -> str:
    """Return `text` (NFC) with its times of day as "15h" or "15h30".

    A Vietnamese length of time ("2 giờ") cannot be told from a time and is written the same way.
    """
    named = _NAMED.sub(lambda found: "0h" if found[1].lower() == "midnight" else "12h", text)
    twelve = _TWELVE_HOURS.sub(_from_twelve_hours, _spell_ranges(named))
    colon = _COLON.sub(lambda found: _time(found[0], int(found[1]), found[2]), twelve)
    return _VIETNAMESE.sub(_from_vietnamese, colon)


def find_times(text: str) -> list[tuple[int, int]]:
    """Return where times of day stand in `text` (NFC), as beginnings and ends, in order."""
    spans: list[tuple[int, int]] = []
    for pattern in (_TWELVE_HOURS, _COLON, _VIETNAMESE, _NAMED):
        for found in pattern.finditer(text):
            if all(found.end() <= start or found.start() >= end for start, end in spans):
                spans.append(found.span())
    return sorted(spans)


def to_24_hours(text: str) -> str:
    """Return `text` with its 12-hour times as in a 24-hour timetable: "3 PM" becomes "15:00".

    Small models, and encoders, do not reckon that 3 PM lies in a row "until 15:00".
    """

    def written(found: re.Match[str]) -> str:
        hour, _, minutes = _from_twelve_hours(found).partition("h")
        return f"{hour}:{minutes or '00'}" if hour.isdigit() else found[0]

    return _TWELVE_HOURS.sub(written, _spell_ranges(text))


def _spell_ranges(text: str) -> str:
    """Give the first time of a range its half of the day: "5-6 pm" becomes "5 pm-6 pm"."""

    def spelt(found: re.Match[str]) -> str:
        first, last = int(re.split("[:.]", found[1])[0]) % 12, int(found[3]) % 12
        half = found[4].lower() if first <= last else {"a": "p", "p": "a"}[found[4].lower()]
        return f"{found[1]} {half}m{found[2]}"

    return _RANGE.sub(spelt, text)


def _from_twelve_hours(found: re.Match[str]) -> str:
    hour = int(found[1]) % 12 + (12 if found[3].lower() == "p" else 0)
    return _time(found[0], hour if int(found[1]) <= _HOURS // 2 else int(found[1]), found[2])


def _from_vietnamese(found: re.Match[str]) -> str:
    hour, part = int(found[1]), (found[3] or "").lower()
    if (part in _AFTERNOON and hour < _HOURS // 2) or (part in _NOON and hour <= _NOON_ENDS):
        hour += 12
    elif part in _NIGHT and hour >= _NIGHT_BEGINS:
        hour = (hour + 12) % _HOURS
    return _time(found[0], hour, found[2])


def _time(written: str, hour: int, minutes: str | None) -> str:
    if hour > _HOURS:
        return written
    if hour == _HOURS and minutes is not None:
        hour = 0
    return f"{hour}h{minutes if minutes and minutes != '00' else ''}"
