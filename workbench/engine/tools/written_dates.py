"""Days that are written with their month: 2025-05-01, 30/4, "2 May", "ngày 2 tháng 5"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workbench.engine.tools.calendar_words import (
    ADVERB,
    ALL_HOURS,
    DATE_BEFORE,
    DAY_FIRST,
    ISO,
    JOINS_LEFT,
    JOINS_RIGHT,
    LAST_OF_MONTH,
    MONTH_FIRST,
    MONTHS,
    NUMBERS,
    ORDINALS,
    SERVICE,
    SUBJECT,
    VERB,
    VIETNAMESE,
    VIETNAMESE_MONTHS,
)

_LIFT = re.compile(r"\bthang\s+$")
_IN_SENTENCE = re.compile(r"\w[\s,]+$")
_MONTHS, _LONGEST_MONTH = 12, 31


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


def written_days(text: str, original: str, today: date) -> Iterator[Named]:
    """Yield the days that are written with their month, and those that share one's month.

    Args:
        text: Folded, each letter in its place.
        original: As it was typed.
        today: What days without a year are near to.
    """
    rest = text
    for pattern, read in _READERS:
        found = []
        for match in pattern.finditer(rest):
            day = read(match, today) if _is_day(match, rest, original) else None
            if day is not None:
                found.append(Named(match.start(), match.end(), day))
        yield from found
        for one in found:
            yield from _joined(rest, one)
        rest = without_places(rest, [(one.start, one.end) for one in found])


def unreal_places(text: str, original: str, today: date) -> list[tuple[int, int]]:
    """Return where a text names days that no calendar has, such as "31/2", in their order.

    Args:
        text: Folded, each letter in its place, and without the days that there are.
        original: As it was typed.
        today: What days without a year are near to.
    """
    return sorted(
        match.span()
        for pattern, read in _READERS
        for match in pattern.finditer(text)
        if _is_day(match, text, original) and not read(match, today) and _is_meant(match, text)
    )


def without_places(text: str, places: Sequence[tuple[int, int]]) -> str:
    """Return a text with some places blanked out, each letter in its place."""
    letters = list(text)
    for start, end in places:
        letters[start:end] = " " * (end - start)
    return "".join(letters)


def day_in_month(year: int, month: int, day: int) -> date | None:
    """Return a day; `None` if there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _is_day(match: re.Match[str], text: str, original: str) -> bool:
    """Tell whether words that have the form of a day name one: "24/7" and "may 2 guests" do not."""
    before, after = text[: match.start()], text[match.end() :]
    if ALL_HOURS.fullmatch(match[0]):
        return DATE_BEFORE.search(before) is not None and not SERVICE.match(after)
    if match.re not in (DAY_FIRST, MONTH_FIRST):
        return True
    start, end = match.span(2 if match.re is DAY_FIRST else 1)
    word = original[start:end]
    if not word.isascii() or _LIFT.search(text[:start]):
        return False  # "máy 2" is a machine, "thang máy" a lift
    return word.casefold() != "may" or not _is_verb(match, before, after, word)


def _is_verb(match: re.Match[str], before: str, after: str, word: str) -> bool:
    """Tell whether "may" beside a number is a verb."""
    if match.re is DAY_FIRST:
        return word.islower() and VERB.match(after) is not None
    if DATE_BEFORE.search(before) or (word.istitle() and _IN_SENTENCE.search(before)):
        return False
    follows = SUBJECT if match[2][0].isdigit() else ADVERB
    return follows.match(after) is not None


def _is_meant(match: re.Match[str], text: str) -> bool:
    """Tell whether what is no day was meant as one, and not as a share or a number of things."""
    if match.re in (ISO, LAST_OF_MONTH):
        return match.re is ISO and match[1][:2] in ("19", "20")
    if match[3] or DATE_BEFORE.search(text[: match.start()]):
        return not ALL_HOURS.fullmatch(match[0])
    day = _day_number(match[2 if match.re is MONTH_FIRST else 1])
    month = int(match[2]) if match.re in (NUMBERS, VIETNAMESE) and match[2].isdigit() else 1
    return 0 < day <= _LONGEST_MONTH and 0 < month <= _MONTHS


def _joined(text: str, one: Named) -> Iterator[Named]:
    """Yield the days beside a written one that leave out the month: "18 and 19 April"."""
    start = one.start
    while match := JOINS_LEFT.search(text[:start]):
        day = day_in_month(one.day.year, one.day.month, int(match["day"]))
        if day is None or day > one.day:
            break
        start = match.start()
        yield Named(match.start("day"), match.end("day"), day)
    match = JOINS_RIGHT.match(text, one.end)
    day = day_in_month(one.day.year, one.day.month, int(match["day"])) if match else None
    if match and day is not None and day > one.day:
        yield Named(match.start("day"), match.end("day"), day)


def _iso(match: re.Match[str], today: date) -> date | None:
    return day_in_month(int(match[1]), int(match[2]), int(match[3]))


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


_READERS = (
    (ISO, _iso),
    (NUMBERS, _numbers),
    (DAY_FIRST, _day_first),
    (MONTH_FIRST, _month_first),
    (VIETNAMESE, _vietnamese),
    (LAST_OF_MONTH, _last),
)


def _day_number(written: str) -> int:
    found = re.match(r"\d+", written)
    return int(found.group()) if found else ORDINALS[written]


def _nearest(year: str | None, month: int, day: int, today: date) -> date | None:
    years = [int(year)] if year else [today.year - 1, today.year, today.year + 1]
    found = [one for each in years if (one := day_in_month(each, month, day)) is not None]
    return min(found, key=lambda one: abs((one - today).days)) if found else None
