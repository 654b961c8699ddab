"""Finding dates in a question by rule: English, Vietnamese and Indonesian."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

_RELATIVE = (
    (0, r"today|tonight|this\s+(?:morning|afternoon|evening)|hôm\s+nay|tối\s+nay|đêm\s+nay|"
        r"sáng\s+nay|chiều\s+nay|hom\s+nay|toi\s+nay|hari\s+ini|malam\s+ini"),
    (2, r"(?:the\s+)?day\s+after\s+tomorrow|ngày\s+kia|lusa"),
    (1, r"tomorrow|(?:ngày|sáng|chiều|tối)\s+mai|ngay\s+mai|besok"),
    (-1, r"yesterday|hôm\s+qua|hom\s+qua|kemarin"),
)  # fmt: skip
_MONTHS = (
    ("january", "jan", "januari"), ("february", "feb", "februari"), ("march", "mar", "maret"),
    ("april", "apr"), ("may", "mei"), ("june", "jun", "juni"), ("july", "jul", "juli"),
    ("august", "aug", "agustus"), ("september", "sep", "sept"), ("october", "oct", "oktober"),
    ("november", "nov"), ("december", "dec", "desember"),
)  # fmt: skip
_WEEKDAYS = (
    r"monday|thứ\s+hai|senin", r"tuesday|thứ\s+ba|selasa", r"wednesday|thứ\s+tư|rabu",
    r"thursday|thứ\s+năm|kamis", r"friday|thứ\s+sáu|jumat", r"saturday|thứ\s+bảy|sabtu",
    r"sunday|chủ\s+nhật|minggu",
)  # fmt: skip
_NAMES = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_NAME = "|".join(sorted(_NAMES, key=len, reverse=True))
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_NUMBERS = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/(\d{4}))?(?![\d/])")
_DAY_FIRST = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({_NAME})\b(?:,?\s+(\d{{4}}))?"
)
_MONTH_FIRST = re.compile(rf"\b({_NAME})\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(\d{{4}}))?")
_VIETNAMESE = re.compile(r"\b(\d{1,2})\s+tháng\s+(\d{1,2})(?:\s+năm\s+(\d{4}))?")
_WEEK = 7


def find_dates(text: str, today: date) -> list[date]:
    """Return the dates that a text names, without repeats.

    A day without a year is the one nearest to today; a weekday is the next one, which may be today.

    Args:
        text: What was written.
        today: What "tomorrow" counts from.
    """
    folded = text.casefold()
    return list(dict.fromkeys([*_relative(folded, today), *_written(folded, today)]))


def _relative(text: str, today: date) -> Iterator[date]:
    rest = text
    for days, words in _RELATIVE:
        pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)")
        if pattern.search(rest):
            rest = pattern.sub(" ", rest)
            yield today + timedelta(days=days)
    for weekday, words in enumerate(_WEEKDAYS):
        if re.search(rf"(?<!\w)(?:{words})(?!\w)", rest):
            yield today + timedelta(days=(weekday - today.weekday()) % _WEEK)


def _written(text: str, today: date) -> Iterator[date]:
    for year, month, day in _ISO.findall(text):
        yield from _valid(year, int(month), int(day), today)
    for day, month, year in _NUMBERS.findall(_ISO.sub(" ", text)):
        yield from _valid(year, int(month), int(day), today)
    for day, name, year in _DAY_FIRST.findall(text):
        yield from _valid(year, _NAMES[name], int(day), today)
    for name, day, year in _MONTH_FIRST.findall(_DAY_FIRST.sub(" ", text)):
        yield from _valid(year, _NAMES[name], int(day), today)
    for day, month, year in _VIETNAMESE.findall(text):
        yield from _valid(year, int(month), int(day), today)


def _valid(year: str, month: int, day: int, today: date) -> Iterator[date]:
    years = [int(year)] if year else [today.year - 1, today.year, today.year + 1]
    found = []
    for each in years:
        try:
            found.append(date(each, month, day))
        except ValueError:
            continue
    if found:
        yield min(found, key=lambda one: abs((one - today).days))
