"""Where a text names days, in English, Vietnamese and Indonesian, with or without diacritics."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import count

from workbench.engine.text import fold
from workbench.engine.tools.calendar_words import (
    OF_MONTH,
    RELATIVE,
    WEEKDAY,
    WEEKDAYS,
    WEEKEND,
)
from workbench.engine.tools.written_dates import (
    Named,
    day_in_month,
    unreal_places,
    without_places,
    written_days,
)

_WEEK = 7
_SATURDAY = 5
_YEARS = 2
_PLAIN_WEEKDAY = re.compile(r"thu\s+(?:hai|ba|tu|nam|sau|bay)")
_LAST_WORDS = ("last", "truoc", "roi", "qua", "vua", "lalu")
_NEXT_WORDS = ("next", "sau", "toi", "ke", "depan")
_WEEK_WORDS = ("week", "week's", "tuan", "minggu")


def named_days(text: str, today: date) -> list[Named]:
    """Return the days that a text names, in their order, each as often as it is named.

    A day without a year is the one nearest to today, one without a month the next one; a weekday
    is the next one, which may be today, and that of "next week" is of the week after this one,
    which began on Monday.

    Args:
        text: What was written, in NFC.
        today: What "tomorrow" counts from.
    """
    written, free, unreal = _read(text, today)
    free = without_places(free, unreal)
    others = [*_relative(free, text, today), *_weekdays(free, text, today, written)]
    bare = list(_bare(_without(free, others), today, written))
    return sorted([*written, *others, *bare], key=lambda one: one.start)


def unreal_days(text: str, today: date) -> list[str]:
    """Return the days that a text names and no calendar has, such as "31/2", as they are written.

    Args:
        text: What was written, in NFC.
        today: What days without a year are near to.
    """
    return [text[start:end].strip() for start, end in _read(text, today)[2]]


def _read(text: str, today: date) -> tuple[list[Named], str, list[tuple[int, int]]]:
    """Return the days written with their month, the folded rest, and where it names unreal ones."""
    folded = fold(text)
    if len(folded) != len(text):
        folded = text.casefold()  # a letter that folds into two: positions would not agree
    written = list(written_days(folded, text, today))
    rest = _without(folded, written)
    return written, rest, unreal_places(rest, text, today)


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
        day = _of_week(weekday, about, today)
        if all(one.day.weekday() != weekday for one in written):
            yield Named(match.start(), match.end(), day)
    for match in WEEKEND.finditer(text):
        words = match.group().split()
        weeks = any(one in _NEXT_WORDS for one in words) - any(one in _LAST_WORDS for one in words)
        saturday = monday + timedelta(days=_SATURDAY + _WEEK * weeks)
        yield Named(match.start(), match.end(), saturday)
        yield Named(match.start(), match.end(), saturday + timedelta(days=1))


def _of_week(weekday: int, about: Sequence[str], today: date) -> date:
    """Return which day a weekday is, by the words beside it; a week begins with its Monday."""
    monday = today - timedelta(days=today.weekday())
    names_week = any(word in _WEEK_WORDS for word in about)
    if any(word in _NEXT_WORDS for word in about):
        return monday + timedelta(days=_WEEK + weekday)
    if any(word in _LAST_WORDS for word in about):
        if names_week:
            return monday + timedelta(days=weekday - _WEEK)
        return today - timedelta(days=(today.weekday() - weekday - 1) % _WEEK + 1)
    if names_week:
        return monday + timedelta(days=weekday)
    return today + timedelta(days=(weekday - today.weekday()) % _WEEK)


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
        day = day_in_month(after.year + years, month + 1, number)
        if day is not None and day >= after:
            return day
    return None


def _without(text: str, found: Sequence[Named]) -> str:
    return without_places(text, [(one.start, one.end) for one in found])
