"""Finding times of day in a question by rule: English, Vietnamese, with or without diacritics."""

import re
from dataclasses import dataclass
from datetime import time

from workbench.engine.text import fold

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
    "muoi": 10, "muoi mot": 11, "muoi hai": 12,
}  # fmt: skip
_EN = "|".join(list(_WORDS)[:12])
_VI = "|".join(
    sorted((name.replace(" ", r"\s+") for name in list(_WORDS)[12:]), key=len, reverse=True)
)
_HALF_EN = (
    r"(?:\s*(?P<half>a\.?\s?m\b\.?(?!\s+i\b)|p\.?\s?m\b\.?)"
    r"|\s+(?:in\s+the\s+(?P<part>morning|afternoon|evening)|(?P<night>at\s+night|tonight)))?"
)
_OCLOCK = r"(?:\s*o\s?'?\s?clock)?"
_THINGS = (
    "hours? hrs? minutes? mins? nights? days? rooms? people persons? guests? adults? children kids "
    "pillows? towels? of extra beds?"
)
_LENGTH = rf"(?!\s*(?:more\s+)?(?:{'|'.join(_THINGS.split())}|or\s+\w+\s+(?:hours?|nights?))\b)"
_PATTERNS = (
    re.compile(
        rf"\b(?P<past>half\s+past|quarter\s+past|quarter\s+to)\s+(?P<hour>\d{{1,2}}|"
        rf"{_EN}){_OCLOCK}{_HALF_EN}(?!\w)"
    ),
    re.compile(
        rf"(?<![\w.,:/])(?P<hour>\d{{1,2}})[:.](?P<minutes>[0-5]\d)(?![\d:]|[.,]\d){_HALF_EN}"
    ),
    re.compile(
        rf"(?<![\w.,:/])(?P<hour>\d{{1,2}}|{_VI})\s*(?:gio|g|h)"
        r"(?:\s*(?:(?P<minutes>[0-5]\d)(?!\d|\s*(?:phong|nguoi|khach))|(?P<ruoi>ruoi)|"
        r"kem\s+(?P<less>\d{1,2})))?"
        r"(?:\s*(?P<vi>sang|trua|chieu|toi|dem|khuya))?(?!\w)"
    ),
    re.compile(
        rf"(?<![\w.,:/])(?P<hour>\d{{1,2}}|{_VI})\s+(?P<ruoi>ruoi)(?:\s+(?P<vi>sang|trua|chieu|"
        rf"toi|dem))?(?!\w)"
    ),
    re.compile(rf"(?<![\w.,:/])(?P<hour>\d{{1,2}})(?=\s*[ap]\.?\s?m\b){_HALF_EN}"),
    re.compile(
        rf"(?<![\w.,:/])(?P<hour>\d{{1,2}}|{_EN})(?=\s+in\s+the\s+(?:morning|afternoon|"
        rf"evening)\b|\s+at\s+night\b){_HALF_EN}"
    ),
    re.compile(rf"(?<![\w.,:/])(?P<hour>\d{{1,2}}|{_EN})\s*o\s?'?\s?clock{_HALF_EN}(?!\w)"),
    re.compile(
        rf"\b(?:until|till|til|at|by|before|after|around|about|"
        rf"instead\s+of)\s+(?P<hour>\d{{1,2}}|{_EN})"
        rf"(?:\s+(?P<spoken>fifteen|thirty|forty-?\s?five))?(?![\w%/:]|[.,]\d|-\w){_LENGTH}"
    ),
    re.compile(r"\b(?P<noon>noon|midday|midnight)\b"),
)
_LENGTH_BEFORE = re.compile(r"(?:them|trong|vong|moi|nua\s+la|another|within|for|every)\s+$")
_MINUTES = {"half past": 30, "quarter past": 15, "quarter to": -15}
_SPOKEN = {"fifteen": 15, "thirty": 30}
_HOURS, _NOON, _NOON_ENDS, _NIGHT_BEGINS = 24, 12, 2, 8


@dataclass(frozen=True, slots=True)
class Hour:
    """A time of day that a text names.

    Attributes:
        start: Where the words begin.
        end: Where they end.
        at: The time.
        is_open: Whether the half of the day is not said: "at three", "3:30".
    """

    start: int
    end: int
    at: time
    is_open: bool


def named_hours(text: str) -> list[Hour]:
    """Return the times of day that a text names, in their order.

    Args:
        text: What was written, in NFC. A length ("thêm hai giờ", "within 2 hours") is no time.
    """
    rest = fold(text)
    found: list[Hour] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(rest):
            hour = None if _LENGTH_BEFORE.search(rest[: match.start()]) else _read(match)
            if hour is not None:
                found.append(hour)
        letters = list(rest)
        for one in found:
            letters[one.start : one.end] = " " * (one.end - one.start)
        rest = "".join(letters)
    return sorted(found, key=lambda one: one.start)


def _read(match: re.Match[str]) -> Hour | None:
    groups = match.groupdict()
    if groups.get("noon"):
        at = time(0 if groups["noon"] == "midnight" else _NOON)
        return Hour(match.start(), match.end(), at, is_open=False)
    written = " ".join(groups["hour"].split())
    hour = int(written) if written.isdigit() else _WORDS[written]
    if hour > _HOURS:
        return None
    if hour == _NOON and (groups.get("half") or "").startswith("a"):
        hour = 0
    afternoon, is_open = _half(hour, groups)
    minutes = _minutes_of(groups)
    total = (hour % _NOON + _NOON if afternoon else hour) * 60 + minutes
    return Hour(match.start(), match.end(), time(total // 60 % _HOURS, total % 60), is_open=is_open)


def _minutes_of(groups: dict[str, str | None]) -> int:
    if groups.get("past"):
        return _MINUTES[" ".join((groups["past"] or "").split())]
    if groups.get("ruoi"):
        return 30
    if groups.get("less"):
        return -int(groups["less"] or 0)
    if groups.get("spoken"):
        return _SPOKEN.get(groups["spoken"] or "", 45)
    return int(groups.get("minutes") or 0)


def _half(hour: int, groups: dict[str, str | None]) -> tuple[bool, bool]:
    """Return whether the hour is one after noon, and whether that is not said."""
    vi, part = groups.get("vi"), groups.get("part")
    if groups.get("half"):
        return (groups["half"] or "").startswith("p") and hour <= _NOON, False
    if part or groups.get("night"):
        return part != "morning" and hour < _NOON, False
    if vi:
        late = vi in ("dem", "khuya") and _NIGHT_BEGINS <= hour < _NOON
        noon = vi == "trua" and hour <= _NOON_ENDS
        return late or noon or (vi in ("chieu", "toi") and hour < _NOON), False
    return False, 0 < hour < _NOON
