"""Morning or evening, where the clock alone does not say."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from workbench.engine.extraction.message import Message, Pattern
from workbench.engine.extraction.time_words import GREETING, MEALS, PART
from workbench.engine.extraction.vocabulary import Habit

_NEAR = 30
_BREAK = Pattern(r"[.;!?\n]")
_NOON, _HALF_DAY, _DAY = 12 * 60, 720, 1440
_NIGHT_FROM, _NIGHT_DAWN = 5 * 60, 4 * 60 + 59
_NOON_ENDS = 3 * 60 + 59
_SMALL_HOURS = 5 * 60 + 59
_LATE_HOURS = 9 * 60 + 59


@dataclass(frozen=True, slots=True)
class Setting:
    """What decides between the halves of the day.

    Attributes:
        message: The message with all its words to be seen.
        now: The reference time.
        is_today: Whether its day is today or is not said.
        habit: Whether the service that it names is one of early or of late hours, or the hour is
            one of closing.
    """

    message: Message
    now: datetime
    is_today: bool
    habit: Habit | Literal["closing"]


def half_of(setting: Setting, begin: int, end: int, minutes: int, *, near: bool = False) -> str:
    """Return the half of the day of a time: "am", "pm", or nothing where nothing tells it.

    The part of the day that stands next to it decides, else the meal, else the habit of the
    service, else that what is for today lies ahead.

    Args:
        setting: What decides.
        begin: Where the time begins.
        end: Where it ends.
        minutes: Minutes since midnight, as said.
        near: Whether a part of the day right after the time alone counts.
    """
    part = _part(setting.message, begin, end, near=near)
    if part:
        return _in_part(part, minutes)
    if near:
        return ""
    for name, pattern in MEALS:
        if pattern.search(setting.message):
            return _in_part(name, minutes)
    return _usual(setting, minutes)


def _usual(setting: Setting, minutes: int) -> str:
    """Return the half of the day in which something is usually done at an hour."""
    if minutes >= _NOON:
        return "pm"
    if setting.habit == "closing":
        return "pm"
    if setting.habit == "late" and minutes <= _LATE_HOURS:
        return "pm"
    if setting.habit != "early" and minutes <= _SMALL_HOURS:
        return "pm"
    passed = setting.now.hour * 60 + setting.now.minute
    if setting.is_today and minutes < passed < minutes + _HALF_DAY:
        return "pm"
    return "am"


def _part(message: Message, begin: int, end: int, *, near: bool) -> str:
    """Return the part of the day that is said of a time: the nearest one, that after it first."""
    best: tuple[int, str] | None = None
    for match in PART.finditer(message):
        after = match.start() >= end
        gap = match.start() - end if after else begin - match.end()
        between = (end, match.start()) if after else (match.end(), begin)
        if gap < 0 and not (begin <= match.start() and match.end() <= end):
            continue
        if gap > (6 if near else _NEAR) or (gap > 0 and _BREAK.search(message, *between)):
            continue
        if near and not after:
            continue
        if GREETING.search(message, 0, match.start()) and gap > 3:
            continue
        distance = gap if after else gap + 2
        if best is None or distance < best[0]:
            best = distance, str(match.lastgroup)
    return best[1] if best else ""


def _in_part(part: str, minutes: int) -> str:
    twelve = _NOON <= minutes < _NOON + 60
    if part == "am":
        return "am"
    if part == "night":
        return "am" if twelve or minutes <= _NIGHT_DAWN else "pm"
    if part == "noon":
        return "pm" if twelve or minutes <= _NOON_ENDS else "am"
    return "pm"


def clock(minutes: int, half: str) -> str:
    """Return a time as HH:MM.

    Args:
        minutes: Minutes since midnight, as said.
        half: "am" or "pm"; anything else leaves them as they are.
    """
    if half == "pm" and minutes < _NOON:
        minutes += _HALF_DAY
    elif half == "am" and _NOON <= minutes < _NOON + 60:
        minutes -= _HALF_DAY
    hours, rest = divmod(minutes % _DAY, 60)
    return f"{hours:02}:{rest:02}"
