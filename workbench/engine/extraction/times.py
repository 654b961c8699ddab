"""The times of day that a message names, and which of them is the time of its matter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from workbench.engine.extraction import time_words as words
from workbench.engine.extraction.correcting import is_change, is_correction, is_refused
from workbench.engine.extraction.found import Found
from workbench.engine.extraction.halves import Setting, clock, half_of
from workbench.engine.extraction.message import Message, Pattern

_PATTERNS: tuple[Pattern, ...] = (
    words.NAMED,
    words.TWELVE,
    words.SPOKEN,
    words.HALF_HOUR,
    words.INDONESIAN,
    words.VIETNAMESE,
    words.VIETNAMESE_HALF,
    words.COLON,
    words.HUNDRED_HOURS,
    words.OCLOCK,
    words.ISH,
    words.WITH_PART,
    words.CUED,
    words.UNTIL_BARE,
    words.AFTER_DAY,
)
_FRACTIONS = {"half": 30, "quarter": 15}
_SIDES_BEFORE = ("to", "till", "before", "of")
_DAY_MINUTES = 24 * 60
_SETTING = Pattern(
    r"(?<!\w)(?:temperature|thermostat|degrees|°|aircon|ac|a/c|nhiệt\s+độ|độ|máy\s+lạnh|"
    r"điều\s+hòa|suhu|derajat|lift|elevator|"
    r"floors?|levels?|channel|thang\s+máy|tầng|lantai)(?!\w)[^.!?;]{0,40}(?<!\w)(?:set|at|"
    r"between|to|on|chỉnh|để|từ|giữa|pada|di)"
    r"(?:\s+\w+){0,2}\s+$"
)
_NO_UNIT = Pattern(f"^{words.UNIT}")
_HALF = Pattern(r"^\s*(?P<half>[ap])\.?\s?m\b\.?")
_HOUR_WORD = Pattern(r"^\s*(?:giờ|h|g|hrs|o'?clock)(?!\w)")
_BREAK = Pattern(r"[.;!?\n]")
_CUE = Pattern(r"(?<!\w)(?:at|for|by|around|about|it's|its|is)\s+$")


@dataclass(frozen=True, slots=True)
class Hour:
    """A time as it is said.

    Attributes:
        begin: Where its words begin.
        end: Where they end.
        minutes: Minutes since midnight, as said.
        half: "am" or "pm" where it is said, "24" where there is none to say, else nothing.
    """

    begin: int
    end: int
    minutes: int
    half: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """The time of a message's matter and the end of a range; `None` where it names none."""

    start: Found[str] | None
    end: Found[str] | None


def find_times(message: Message, setting: Setting) -> tuple[Times, list[tuple[int, int]]]:
    """Return the time of the matter and the end of its range, and where times stand.

    Args:
        message: The message, without the words of its days.
        setting: What decides between morning and evening where it is not said.
    """
    rest = message.without(one.span() for one in words.ALL_DAY.finditer(message))
    ahead = _ahead(rest, setting.now)
    rest = rest.without((one.begin, one.end) for one in ahead)
    pairs = _bare_ranges(rest)
    rest = rest.without((one.begin, one.end) for pair in pairs for one in pair)
    hours: list[Hour] = []
    for pattern in _PATTERNS:
        read = [hour for match in pattern.finditer(rest) if (hour := _read(rest, match))]
        hours += read
        rest = rest.without((one.begin, one.end) for one in read)
    spans = [(one.begin, one.end) for one in hours] + [(one.begin, one.end) for one in ahead]
    spans += [(one.begin, one.end) for pair in pairs for one in pair]
    hours = [one for one in hours if not _is_aside(setting.message, one)]
    times = _settle(setting, sorted(hours, key=lambda one: one.begin), pairs)
    if ahead and times.start is None:
        times = replace(times, start=ahead[-1])
    return times, spans


def _ahead(message: Message, now: datetime) -> list[Found[str]]:
    """Return the times that are so long from now."""
    found = []
    for match in words.IN_A_WHILE.finditer(message):
        groups = match.groupdict()
        at = now + timedelta(minutes=_length(groups))
        found.append(Found(at.strftime("%H:%M"), *match.span()))
    return found


def _length(groups: dict[str, str | None]) -> float:
    if groups["half_en"] or groups["half_id"] or groups["half_vi"]:
        return 30
    if groups["quarter"]:
        return 15
    names = ("en", "from", "vi", "id")
    name = next(each for each in names if groups[f"count_{each}"])
    written = groups[f"count_{name}"] or "1"
    count = float(written.replace(",", ".")) if written[0].isdigit() else 1.0
    unit = groups[f"unit_{name}"] or ""
    halved = any(groups[key] for key in ("and_half", "hour_half", "vi_half", "id_half"))
    return (count + halved * 0.5) * (60 if unit.startswith(("h", "t", "g", "j")) else 1)


def _bare_ranges(message: Message) -> list[tuple[Hour, Hour]]:
    """Return ranges of which one end alone is told from a number."""
    found = []
    for match in words.BARE_RANGE.finditer(message):
        groups = match.groupdict()
        if match["join"] in ("and", "dan") and match["cue"] not in ("between", "antara"):
            continue
        marked = words.MARKED.search(message, match.end()) or bool(groups["h"])
        unit = _NO_UNIT.search(message, match.end())
        clocks = bool(groups["minutes"] and groups["minutes2"])
        if not marked and not clocks and not (groups["cue"] and unit):
            continue
        if not marked and _SETTING.search(message, 0, match.start("hour")):
            continue
        first = _plain(match, "hour", "minutes", match.start("hour"), match.end("hour"))
        last = _plain(match, "hour2", "minutes2", match.start("hour2"), match.end())
        after = _marked_half(message, match.end())
        found.append((first, replace(last, half=after[0], end=after[1])))
    return found


def _marked_half(message: Message, end: int) -> tuple[str, int]:
    """Return the half of the day right after a time, and where it ends."""
    said = _HALF.within(message, end)
    if said:
        return f"{said['half']}m", end + said.end()
    hour = _HOUR_WORD.within(message, end)
    return "", end + (hour.end() if hour else 0)


def _plain(match: re.Match[str], hour: str, minutes: str, begin: int, end: int) -> Hour:
    number = int(match[hour])
    total = number * 60 + int(match[minutes] or 0)
    return Hour(begin, end, total, "24" if number > 12 or match[hour].startswith("0") else "")


def _read(message: Message, match: re.Match[str]) -> Hour | None:
    """Return the time of a match; `None` where it is none after all."""
    groups = match.groupdict()
    if groups.get("noon") or groups.get("midnight"):
        return Hour(*match.span(), 12 * 60 if groups.get("noon") else 0, "24")
    hour = int(groups.get("hour") or groups.get("half_of") or 0)
    if hour > 24 or _is_count(message, match) or _SETTING.search(message, 0, match.start()):
        return None
    total = hour * 60 + _minutes(groups)
    half = (groups.get("half") or "")[:1]
    written = groups.get("hour") or ""
    military = hour > 12 or hour == 0 or (len(written) == 2 and written.startswith("0"))
    begin = min(match.start(name) for name, said in groups.items() if said)
    known = "24" if military else f"{half}m" if half else ""
    return Hour(begin, match.end(), total % _DAY_MINUTES, known)


def _is_count(message: Message, match: re.Match[str]) -> bool:
    """Tell whether "5 to 8" counts something rather than tells minutes."""
    groups = match.groupdict()
    if not groups.get("count"):
        return False
    minutes = int(groups["count"] or 0)
    told = "min" in match.group() or groups["side"] in ("past",)
    cued = _CUE.search(message, 0, match.start()) and groups["side"] == "to"
    return minutes >= 60 or not (told or (cued and minutes % 5 == 0))


def _minutes(groups: dict[str, str | None]) -> int:
    fraction = groups.get("fraction")
    if fraction or groups.get("count"):
        amount = _FRACTIONS[fraction] if fraction else int(groups["count"] or 0)
        return -amount if groups["side"] in _SIDES_BEFORE else amount
    if groups.get("past_half"):
        return 30
    if groups.get("setengah") or groups.get("half_of"):
        return -30
    for name, sign in (("less", -1), ("more", 1)):
        written = groups.get(name)
        if written:
            return sign * (int(written) if written.isdigit() else 15)
    said = groups.get("minutes") or groups.get("spoken") or groups.get("few")
    return int(said or 0)


def _is_aside(message: Message, hour: Hour) -> bool:
    """Tell whether a time is only what the clock shows now: "it's 3am and the music plays"."""
    before = words.ASIDE_BEFORE.search(message, 0, hour.begin)
    return before or words.ASIDE_AFTER.search(message, hour.end)


def _settle(setting: Setting, hours: list[Hour], pairs: Sequence[tuple[Hour, Hour]]) -> Times:
    """Return the time of the matter and the end of its range."""
    message = setting.message
    hours = [one for one in hours if not is_refused(message, one.begin)]
    pairs = [*pairs, *_joined(message, hours)]
    if pairs:
        first, last = pairs[-1]
        if is_change(message, first.begin, last.begin):
            return Times(_said(setting, last), None)
        later = [one for one in hours if one.begin > last.end]
        if not (later and is_correction(message, last.end, later[-1].begin)):
            return _range(setting, first, last)
    ends = [one for one in hours if words.UNTIL.search(message, 0, one.begin)]
    starts = _starts(setting, [one for one in hours if one not in ends])
    if ends and starts is None:
        return Times(None, _said(_closing(setting), ends[-1]))
    if ends and starts:
        apart = _BREAK.search(message, starts.end, ends[-1].begin) or ends[-1].begin < starts.begin
        if not apart:
            return _range(setting, starts, ends[-1])
        return Times(_said(setting, starts), _said(setting, ends[-1]))
    return Times(_said(setting, starts) if starts else None, None)


def _closing(setting: Setting) -> Setting:
    """Return a setting in which "until ten" is in the evening, where nothing else tells."""
    return setting if setting.habit else replace(setting, habit="closing")


def _joined(message: Message, hours: Sequence[Hour]) -> list[tuple[Hour, Hour]]:
    found = []
    for first, last in pairwise(hours):
        if not words.RANGE_JOIN.search(message, first.end, last.begin):
            continue
        joined_by_and = words.AND_JOIN.search(message, first.end, last.begin)
        if not joined_by_and or words.BETWEEN.search(message, 0, first.begin):
            found.append((first, last))
    return found


def _starts(setting: Setting, hours: Sequence[Hour]) -> Hour | None:
    """Return the one time of the matter: after a correction the last, else not a flight's."""
    message = setting.message
    if not hours:
        return None
    for at in range(len(hours) - 1, 0, -1):
        if is_correction(message, hours[at - 1].end, hours[at].begin):
            return hours[at]
    if len(hours) > 1 and is_change(message, hours[0].begin, hours[-1].begin):
        return hours[-1]
    own = [one for one in hours if not words.FLIGHT_BEFORE.search(message, 0, one.begin)]
    return (own or hours)[0]


def _said(setting: Setting, hour: Hour) -> Found[str]:
    half = hour.half or half_of(setting, hour.begin, hour.end, hour.minutes)
    return Found(clock(hour.minutes, half), hour.begin, hour.end)


def _range(setting: Setting, first: Hour, last: Hour) -> Times:
    """Return both ends of a range; a half of the day that one has holds for the other."""
    first_half = first.half
    last_half = last.half or half_of(setting, last.begin, last.end, last.minutes, near=True)
    if not first_half and last_half in ("am", "pm"):
        earlier = first.minutes % 720 < last.minutes % 720
        first_half = last_half if earlier else ("am" if last_half == "pm" else "pm")
    first_half = first_half or half_of(setting, first.begin, first.end, first.minutes)
    if not last_half:
        ahead = last.minutes % 720 > first.minutes % 720
        pm = _is_pm(first.minutes, first_half)
        last_half = "pm" if pm == ahead else "am"
    return Times(
        Found(clock(first.minutes, first_half), first.begin, first.end),
        Found(clock(last.minutes, last_half), last.begin, last.end),
    )


def _is_pm(minutes: int, half: str) -> bool:
    return half == "pm" or (half == "24" and minutes >= 720)
