"""Spans of time in a text, and whether they hold the time that a question asks about.

Fees and opening hours come in bands ("after 13:00, up to 15:00"). Which band a time falls in is
arithmetic that small models get wrong, so the bands that do not hold it can be kept from them.
"""

import math
import re
from dataclasses import dataclass

from workbench.engine.clock import unify_times

_TIME = r"(\d{1,2})h(\d\d)?(?!\w)"
_UNTIL = (
    r"until|till|through|up\s+to|not?\s+later\s+than|by|đến|tới|muộn\s+nhất|den|toi|sampai|hingga"
)
_BEFORE = r"before|earlier\s+than|trước|truoc"
_AFTER = r"after|later\s+than|sau"
_FROM = r"from|since|từ|tu|dari"
_RANGE = re.compile(
    rf"(?:\b({_AFTER})\s+)?{_TIME}(?:\s*[-–—−~→]\s*|,?\s+(?:and\s+|và\s+)?(?:{_UNTIL}|to|and|và)\s+){_TIME}",
    re.I,
)
_ONE_ENDED = re.compile(
    rf"\b(?:({_UNTIL})|({_BEFORE})|({_AFTER})|({_FROM}))\s+(?:lúc\s+)?{_TIME}", re.I
)
_POINT = re.compile(rf"(?:\b(?:({_BEFORE})|({_AFTER}))\s+)?{_TIME}", re.I)
_LENGTH = re.compile(
    # "trước 12 giờ" is before noon, or twelve hours before
    r"\b(?:trong|vòng|vong|mỗi|moi|trước|truoc|sau)\s+\d{1,2}\s*(?:giờ|gio|h)\b"
    r"(?!\s*(?:\d|sáng|sang|trưa|trua|chiều|chieu|tối|đêm))"
    r"|\b\d{1,2}\s*(?:giờ|gio|h)\s+(?:trước|truoc|đầu|dau)\b|\b24\s*(?:giờ|gio|h|/)",
    re.I,
)
_JUST = 0.5
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Band:
    """A span of the day, in minutes since midnight; one that ends before it begins holds midnight.

    Attributes:
        low: The first minute; half a minute late where the time itself is not in the span.
        high: The last minute; half a minute early where the time itself is not in the span.
    """

    low: float
    high: float

    def holds(self, minute: float) -> bool:
        """Tell whether a time of day lies in the span."""
        if self.low <= self.high:
            return self.low <= minute <= self.high
        return minute >= self.low or minute <= self.high


def read_bands(text: str) -> list[Band]:
    """Return the spans of time that a text names, in no particular order."""
    unified = unify_times(text)
    bands = [
        Band(_minute(low, low_minutes) + (_JUST if after else 0), _end(high, high_minutes))
        for after, low, low_minutes, high, high_minutes in _RANGE.findall(unified)
    ]
    for until, before, after, _, hour, minutes in _ONE_ENDED.findall(_RANGE.sub(" ", unified)):
        if until or before:
            bands.append(Band(-math.inf, _end(hour, minutes) - (_JUST if before else 0)))
        else:
            bands.append(Band(_minute(hour, minutes) + (_JUST if after else 0), math.inf))
    return bands


def asked_minute(question: str) -> float | None:
    """Return the one time of day that a question names, in minutes.

    Returns:
        `None` for no time, for several, and for what may be a length of time.
    """
    if _LENGTH.search(question):
        return None
    found = _POINT.findall(unify_times(question))
    if len(found) != 1:
        return None
    before, after, hour, minutes = found[0]
    return _minute(hour, minutes) + (_JUST if after else 0) - (_JUST if before else 0)


def speaks_of(text: str, minute: float) -> bool | None:
    """Tell whether a text names a span that holds a time of day, or that time itself.

    Returns:
        `None` when it names no time at all.
    """
    bands = read_bands(text)
    rest = _ONE_ENDED.sub(" ", _RANGE.sub(" ", unify_times(text)))
    points = [_minute(hour, minutes) for _, _, hour, minutes in _POINT.findall(rest)]
    if not points and not bands:
        return None
    return minute in points or any(band.holds(minute) for band in bands)


def _end(hour: str, minutes: str) -> float:
    """Return the minute at which a span ends; midnight is the end of the day."""
    return _minute(hour, minutes) or _DAY


def _minute(hour: str, minutes: str) -> float:
    return int(hour) * 60 + int(minutes or 0)
