"""Where a text names days, in English, Vietnamese and Indonesian, with or without diacritics."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from workbench.engine.text import fold
from workbench.engine.tools.calendar_words import (
    DAY_FIRST,
    ISO,
    JOINS_LEFT,
    JOINS_RIGHT,
    LAST_OF_MONTH,
    MONTH_FIRST,
    MONTHS,
    NUMBERS,
    OF_MONTH,
    ORDINALS,
    RELATIVE,
    VIETNAMESE,
    VIETNAMESE_MONTHS,
    WEEKDAY,
    WEEKDAYS,
    WEEKEND,
)

_WEEK = 7
_SATURDAY = 5
_YEARS = 2
_PLAIN_WEEKDAY = re.compile(r"thu\s+(?:hai|ba|tu|nam|sau|bay)")
_LAST_WORDS = ("last", "truoc", "roi", "qua", "vua", "lalu")
_NEXT_WORDS = ("next", "sau", "toi", "ke", "depan")


@dataclass(frozen=True, slots=True)
class Named:
    """A day that a text names.

    Attributes:
        start: Where the words begin.
        end: Where they end.
        day: Which day they name.
    """

    start: int
    end: int
    day: date


def named_days(text: str, today: date) -> list[Named]:
    """Return the days that a text names, in their order, each as often as it is named.

    A day without a year is the one nearest to today, one without a month the next one; a weekday
    is the next one, which may be today, and that of "next week" is of the week after this one.

    Args:
        text: What was written, in NFC.
        today: What "tomorrow" counts from.
    """
    folded = fold(text)
    if len(folded) != len(text):
        folded = text.casefold()  # a letter that folds into two: positions would not agree
    written = list(_written(folded, today))
    free = _without(folded, written)
    others = [*_relative(free, text, today), *_weekdays(free, text, today, written)]
    bare = list(_bare(_without(free, others), today, written))
    return sorted([*written, *others, *bare], key=lambda one: one.start)


def _written(text: str, today: date) -> Iterator[Named]:
    """Yield the days that are written with their month, and those that share one's month."""
    rest = text
    for pattern, read in ((ISO, _iso), (NUMBERS, _numbers), (DAY_FIRST, _day_first),
                          (MONTH_FIRST, _month_first), (VIETNAMESE, _vietnamese),
                          (LAST_OF_MONTH, _last)):  # fmt: skip
        found = []
        for match in pattern.finditer(rest):
            day = read(match, today)
            if day is not None:
                found.append(Named(match.start(), match.end(), day))
        yield from found
        for one in found:
            yield from _joined(rest, one)
        rest = _without(rest, found)


def _joined(text: str, one: Named) -> Iterator[Named]:
    """Yield the days beside a written one that leave out the month: "18 and 19 April"."""
    start = one.start
    while match := JOINS_LEFT.search(text[:start]):
        day = _in_month(one.day.year, one.day.month, int(match["day"]))
        if day is None or day > one.day:
            break
        start = match.start()
        yield Named(match.start("day"), match.end("day"), day)
    match = JOINS_RIGHT.match(text, one.end)
    day = _in_month(one.day.year, one.day.month, int(match["day"])) if match else None
    if match and day is not None and day > one.day:
        yield Named(match.start("day"), match.end("day"), day)


def _iso(match: re.Match[str], today: date) -> date | None:
    return _in_month(int(match[1]), int(match[2]), int(match[3]))


def _numbers(match: re.Match[str], today: date) -> date | None:
    return _nearest(match[3], int(match[2]), int(match[1]), today)


def _day_first(match: re.Match[str], today: date) -> date | None:
    return _nearest(match[3], MONTHS[match[2]], _day_number(match[1]), today)


def _month_first(match: re.Match[str], today: date) -> date | None:
    return _nearest(match[3], MONTHS[match[1]], _day_number(match[2]), today)


def _vietnamese(match: re.Match[str], today: date) -> date | None:
    month = match[2]
    number = int(month) if month.isdigit() else VIETNAMESE_MONTHS[" ".join(month.split())]
    return _nearest(match[3], number, int(match[1]), today)


def _last(match: re.Match[str], today: date) -> date | None:
    """Return the last day of a month."""
    named = match["month"] or match["number"]
    month = MONTHS.get(named or "", int(named) if named and named.isdigit() else today.month)
    first = _nearest("", month, 1, today)
    if first is None:
        return None
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _relative(text: str, original: str, today: date) -> Iterator[Named]:
    rest = text
    for days, pattern, as_typed in RELATIVE:
        source = original if as_typed else rest
        found = [
            Named(match.start(), match.end(), today + timedelta(days=days))
            for match in pattern.finditer(source)
            if rest[match.start() : match.end()].strip()
        ]
        yield from found
        rest = _without(rest, found)


def _weekdays(text: str, original: str, today: date, written: list[Named]) -> Iterator[Named]:
    """Yield the weekdays; one that only names the weekday of a written day says nothing new."""
    plain = original.isascii()
    monday = today - timedelta(days=today.weekday())
    for match in WEEKDAY.finditer(text):
        if not plain and _PLAIN_WEEKDAY.match(match["day"]) and not _is_accented(match, original):
            continue
        weekday = WEEKDAYS[" ".join(match["day"].split())]
        # "thứ sáu tới" is the coming one, "thứ sáu tuần tới" that of next week
        after = "" if (match["after"] or "").strip() == "toi" else match["after"] or ""
        about = f"{match['before'] or ''} {after}".split()
        if any(word in _NEXT_WORDS for word in about):
            day = monday + timedelta(days=_WEEK + weekday)
        elif any(word in _LAST_WORDS for word in about):
            day = today - timedelta(days=(today.weekday() - weekday - 1) % _WEEK + 1)
        else:
            day = today + timedelta(days=(weekday - today.weekday()) % _WEEK)
        if all(one.day.weekday() != weekday for one in written):
            yield Named(match.start(), match.end(), day)
    for match in WEEKEND.finditer(text):
        weeks = any(word in _NEXT_WORDS for word in match.group().split())
        saturday = monday + timedelta(days=_SATURDAY + _WEEK * weeks)
        yield Named(match.start(), match.end(), saturday)
        yield Named(match.start(), match.end(), saturday + timedelta(days=1))


def _is_accented(match: re.Match[str], original: str) -> bool:
    """Tell whether "thu ba" stands for a weekday: without diacritics it may be another word."""
    return original[match.start("day") :].casefold().startswith("thứ")


def _bare(text: str, today: date, written: list[Named]) -> Iterator[Named]:
    """Yield the days of which only the number is named: "the 3rd", "ngày 22"."""
    for match in OF_MONTH.finditer(text):
        number = int(match["en"] or match["vi"])
        after = max((one.day for one in written if one.end <= match.start()), default=today)
        if any(one.day.day == number for one in written):
            continue
        day = _next_of(number, after)
        if day is not None:
            yield Named(match.start(), match.end(), day)


def _next_of(number: int, after: date) -> date | None:
    for ahead in count():
        if ahead > _YEARS * 12:
            return None
        years, month = divmod(after.month - 1 + ahead, 12)
        day = _in_month(after.year + years, month + 1, number)
        if day is not None and day >= after:
            return day
    return None


def _day_number(written: str) -> int:
    found = re.match(r"\d+", written)
    return int(found.group()) if found else ORDINALS[written]


def _nearest(year: str | None, month: int, day: int, today: date) -> date | None:
    years = [int(year)] if year else [today.year - 1, today.year, today.year + 1]
    found = [one for each in years if (one := _in_month(each, month, day)) is not None]
    return min(found, key=lambda one: abs((one - today).days)) if found else None


def _in_month(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _without(text: str, found: list[Named]) -> str:
    """Return a text with the words of some days blanked out, each letter in its place."""
    letters = list(text)
    for one in found:
        letters[one.start : one.end] = " " * (one.end - one.start)
    return "".join(letters)
