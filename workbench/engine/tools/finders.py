"""Finding dates in a question by rule: single days, and the nights of a stay."""

import re
from datetime import date, timedelta
from itertools import pairwise

from workbench.engine.text import fold
from workbench.engine.tools.dates import named_days, unreal_days
from workbench.engine.tools.written_dates import Named

MOST_NIGHTS = 14
"""A longer stay is not spelt out night by night: its first night stands for it."""
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7,
}  # fmt: skip
_COUNT = rf"(\d{{1,2}}|{'|'.join(_NUMBERS)})"
_NIGHTS = re.compile(rf"(?<![\w/])(?:{_COUNT}(?:\s+|-)nights?|{_COUNT}\s+dem)(?!\w)")
_UNTIL = re.compile(
    r"\b(?:out|leav\w*|check-?\s?out|depart\w*|until|till|to|through|den|toi|tra|roi|ve|di|sampai)\b"
    r"|^\s*[-–]\s*$"
)
_EACH = re.compile(
    r"\b(?:nights?\s+(?:of|from)|nights\s+of\s+the|cac\s+dem|nhung\s+dem|dem)\s*(?:tu\s+)?(?:ngay\s+)?$"
)
_OR = re.compile(r"\b(?:and|or|va|hay|hoac|voi|dan|atau|than|hon)\b")


def find_dates(text: str, today: date) -> list[date]:
    """Return the dates that a text names, in their order, without repeats.

    Args:
        text: What was written, in NFC.
        today: What "tomorrow" counts from.
    """
    return list(dict.fromkeys(one.day for one in named_days(text, today)))


def find_nights(text: str, today: date) -> list[date]:
    """Return the nights that a text names, each by the date of its evening.

    A stay from one day to another has the nights up to the one before the day of leaving: "in on
    3 May, out on 5 May" are those of 3 and 4 May. "Three nights from 6 May" are counted; single
    dates are the nights of these dates. Of a weekend they are Friday's and Saturday's.

    Nights that are only counted have none to count from where their first day is none ("31/2").

    Args:
        text: What was written, in NFC.
        today: What "tomorrow" counts from, and the first night where only their number is named.
    """
    folded = fold(text)
    named = named_days(text, today)
    counted = _counted(folded)
    if len(named) > 1:
        nights = _stay(folded, named)
        if nights:
            return nights
    days = list(dict.fromkeys(one.day for one in named))
    if _is_weekend(named):
        return [each - timedelta(days=1) for each in days]
    if counted > 1 and len(days) <= 1 and (days or not unreal_days(text, today)):
        first = days[0] if days else today
        if counted > MOST_NIGHTS or date.max - first < timedelta(days=counted):
            return [first]
        return [first + timedelta(days=ahead) for ahead in range(counted)]
    return days


def _counted(text: str) -> int:
    """Return how many nights a text speaks of; 0 for none, or for several such numbers."""
    found = [one or two for one, two in _NIGHTS.findall(text)]
    if len(found) != 1:
        return 0
    return int(found[0]) if found[0].isdigit() else _NUMBERS[found[0]]


def _stay(text: str, named: list[Named]) -> list[date]:
    """Return the nights between two days that are arrival and departure; none if they are not."""
    for first, last in pairwise(named):
        between = text[first.end : last.start]
        if first.day >= last.day or not _UNTIL.search(between) or _OR.search(between):
            continue
        length = (last.day - first.day).days
        if _EACH.search(text[: first.start]) and "night" in text[: first.start][-12:]:
            length += 1
        if length > MOST_NIGHTS:
            return [first.day]
        return [first.day + timedelta(days=ahead) for ahead in range(length)]
    return []


def _is_weekend(named: list[Named]) -> bool:
    """Tell whether the only words that name days are those of one weekend."""
    return len(named) > 1 and len({(one.start, one.end) for one in named}) == 1
