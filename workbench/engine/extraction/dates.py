"""The days that a message names, against a reference day."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from workbench.engine.extraction import date_words as words
from workbench.engine.extraction.found import Found
from workbench.engine.extraction.message import DAY, Message

_WEEK, _YEARS = 7, 4
_LAST = ("last", "trước", "truoc", "rồi", "roi", "qua", "lalu")
_THIS = ("this", "này", "nay", "ini")
_NEXT = ("next", "sau", "tới", "toi", "kế", "ke", "depan")
_VIETNAMESE_MONTHS = {"giêng": 1, "gieng": 1, "chạp": 12, "chap": 12}

Day = Found[date]


def named_days(message: Message, today: date) -> tuple[list[Day], Message]:
    """Return the days that a message names, in their order, and the message without their words.

    A day and a month without a year are the first such day from today on, a day alone is the first
    after today, and a weekday is the next one after today; that of "next week" lies in the week
    that begins on the coming Monday. 20/1 is the twentieth of January.

    Args:
        message: The message.
        today: The reference day.
    """
    found: list[Day] = []
    rest = message
    for reader in _READERS:
        read = list(reader(rest, today))
        found += read
        rest = rest.without(((one.begin, one.end) for one in read), DAY)
    return sorted(found, key=lambda one: one.begin), rest


def next_weekday(after: date, weekday: int) -> date:
    """Return the first such weekday after a day, Monday being 0."""
    return after + timedelta(days=(weekday - after.weekday() - 1) % _WEEK + 1)


def first_day(month: int, day: int, since: date) -> date | None:
    """Return the first such day from a day on; `None` where no year has it."""
    years = (_real(since.year + ahead, month, day) for ahead in range(_YEARS + 1))
    return next((each for each in years if each is not None and each >= since), None)


def day_of_month(day: int, after: date) -> date | None:
    """Return the first day of that number after a day; `None` where no month has it."""
    for ahead in range(_YEARS):
        years, month = divmod(after.month - 1 + ahead, 12)
        each = _real(after.year + years, month + 1, day)
        if each is not None and each > after:
            return each
    return None


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _pairs(message: Message, today: date) -> Iterator[Day]:
    """Yield the two days of a range whose month stands once."""
    for match in words.SHARED_MONTH.finditer(message):
        groups = match.groupdict()
        month = words.MONTHS.get(groups["name"] or groups["before"] or "")
        month = month or int(groups["month"] or groups["vi"] or 0) or _month_said(groups, today)
        names = ("first", "last") if groups["first"] else ("first2", "last2")
        start = first_day(month, int(groups[names[0]]), today)
        end = first_day(month, int(groups[names[1]]), start or today)
        if start and end and (end - start).days < 31:
            yield Found(start, match.start(), match.start(names[0]) + len(groups[names[0]]))
            yield Found(end, match.start(names[1]), match.end())
    for match in words.SHARED_BARE.finditer(message):
        first = day_of_month(int(match["first"]), today)
        last = day_of_month(int(match["last"]), first or today)
        if first and last:
            yield Found(first, match.start(), match.end("first"))
            yield Found(last, match.start("last"), match.end())


def _month_said(groups: dict[str, str | None], today: date) -> int:
    return (today.month % 12 + 1) if groups["next"] else today.month


def _written(message: Message, today: date) -> Iterator[Day]:
    """Yield the days that are written with their month."""
    for pattern in (words.ISO, words.VIETNAMESE, words.DAY_FIRST, words.MONTH_FIRST):
        for match in pattern.finditer(message):
            groups = match.groupdict()
            if groups.get("name") == "may" and message.lang == "vi":
                continue  # "xe may 3 ngay" is a motorbike for three days
            month = groups.get("month") or ""
            number = words.MONTHS.get(groups.get("name") or "") or _VIETNAMESE_MONTHS.get(month)
            day = _dated(groups.get("year"), number or int(month), int(groups["day"]), today)
            if day is not None:
                yield Found(day, *match.span())


def _numbers(message: Message, today: date) -> Iterator[Day]:
    """Yield the days written in numbers with slashes or dots."""
    for pattern in (words.SLASHED, words.DOTTED):
        for match in pattern.finditer(message):
            groups = match.groupdict()
            day = int(groups["day"] or groups.get("day2") or 0)
            month = int(groups["month"] or groups.get("month2") or 0)
            if _is_no_date(message, match):
                continue
            if month > 12 >= day:
                day, month = month, day
            read = _dated(groups["year"], month, day, today)
            if read is not None:
                yield Found(read, *match.span())


def _is_no_date(message: Message, match: re.Match[str]) -> bool:
    """Tell whether numbers with a slash are "24/7" or a fraction of something."""
    cued = words.DAY_CUE.search(message, 0, match.start())
    all_hours = words.ALL_HOURS.search(message, *match.span())
    return (all_hours and not cued) or words.PORTION.search(message, match.end())


def _dated(year: str | None, month: int, day: int, today: date) -> date | None:
    if year:
        return _real(int(year) if len(year) > 2 else 2000 + int(year), month, day)
    return first_day(month, day, today) if 1 <= month <= 12 else None


def _holidays(message: Message, today: date) -> Iterator[Day]:
    for (month, day), pattern in words.HOLIDAYS:
        read = first_day(month, day, today)
        for match in pattern.finditer(message):
            if read is not None:
                yield Found(read, *match.span())
        message = message.without(match.span() for match in pattern.finditer(message))


def _of_month(message: Message, today: date) -> Iterator[Day]:
    """Yield the days of this or the next month, and those whose month is not said."""
    for match in words.OTHER_MONTH.finditer(message):
        first = today.replace(day=1)
        month = (first + timedelta(days=32)).replace(day=1) if match["next"] else first
        read = _real(month.year, month.month, int(match["day"]))
        if read is not None:
            yield Found(read, *match.span())
    rest = message.without(match.span() for match in words.OTHER_MONTH.finditer(message))
    for pattern in (words.OF_MONTH, words.PLAIN_ORDINAL):
        for match in pattern.finditer(rest):
            number = next(each for each in match.groups() if each)
            day = day_of_month(int(number), today)
            if day is not None:
                yield Found(day, *match.span())
        rest = rest.without(match.span() for match in pattern.finditer(rest))


def _counted(message: Message, today: date) -> Iterator[Day]:
    """Yield the days that are so many days away."""
    for match in words.AHEAD.finditer(message):
        groups = match.groupdict()
        count = next(groups[name] for name in ("in", "from", "vi", "id") if groups[name])
        unit = next(groups[f"unit_{name}"] for name in ("in", "from", "vi", "id") if groups[name])
        days = _days(count, unit) + (1 if groups["tomorrow"] else 0)
        yield Found(today + timedelta(days=days), *match.span())
    for match in words.AGO.finditer(message):
        yield Found(today - timedelta(days=_days(match["count"], match["unit"])), *match.span())


def _days(count: str, unit: str) -> int:
    number = int(count) if count.isdigit() else 1
    return number * (_WEEK if unit.startswith(("week", "tu", "minggu")) else 1)


def _relative(message: Message, today: date) -> Iterator[Day]:
    rest = message
    for days, pattern in words.RELATIVE:
        matches = list(pattern.finditer(rest))
        for match in matches:
            yield Found(today + timedelta(days=days), *match.span())
        rest = rest.without(match.span() for match in matches)
    if message.lang != "vi" and not message.accented:
        return
    for match in words.BARE_TOMORROW.finditer(rest):
        if not _is_name(rest, match):
            yield Found(today + timedelta(days=1), *match.span())
    if message.accented:
        for match in words.DAY_AFTER.finditer(rest):
            yield Found(today + timedelta(days=2), *match.span())


def _is_name(message: Message, match: re.Match[str]) -> bool:
    """Tell whether "Mai" is somebody: it has a capital letter, or stands after a title."""
    before = message.plain[: match.start()].rstrip()
    opens = not before or before[-1] in ".!?\n"
    capital = message.written(*match.span())[:1].isupper()
    titled = words.NAMED_BEFORE.search(message, 0, match.start())
    return capital and (titled or not opens)


def _weekdays(message: Message, today: date) -> Iterator[Day]:
    for match in words.WEEKDAY.finditer(message):
        number = _weekday_number(message, match)
        if number is None:
            continue
        begin = match.start() if (match["before"] or "").strip() else _named_at(match)
        yield Found(_resolve(match, number, today), begin, match.end())


def _named_at(match: re.Match[str]) -> int:
    names = ("name", "short", "vi", "minggu")
    return next(match.start(name) for name in names if match[name])


def _weekday_number(message: Message, match: re.Match[str]) -> int | None:
    """Return which weekday is meant, Monday being 0; `None` where none is."""
    groups = match.groupdict()
    if groups["name"]:
        return words.WEEKDAYS[groups["name"]]
    before = groups["before"] or ""
    at = _named_at(match)
    if groups["minggu"]:
        return 6 if _is_sunday(message, match) else None
    if groups["vi"]:
        if words.ORDINAL_BEFORE.search(message, 0, match.start()):
            return None
        if groups["vi"].startswith("thu") and message.lang == "en":
            return 3
        return int(groups["number"]) - 2 if groups["number"] else 6
    cued = before.strip() or words.WEEKDAY_CUE.search(message, 0, at)
    follows = words.WEEKDAY_FOLLOWS.search(message, match.end())
    alone = message.plain[:at].rstrip().endswith((" the", " in", " a")) or (
        groups["short"] == "sun" and " to " in message.plain[max(0, at - 4) : at]
    )
    return words.WEEKDAYS[groups["short"]] if (cued or follows) and not alone else None


def _is_sunday(message: Message, match: re.Match[str]) -> bool:
    """Tell whether "minggu" is Sunday rather than a week."""
    at = match.start("minggu")
    before = message.plain[:at].rstrip()
    if (match["before"] or "").startswith("hari"):
        return True
    if (match["after"] or "").strip() or message.lang != "id" or before[-1:].isdigit():
        return False
    capital = message.written(at, at + 1).isupper() and bool(before)
    return (
        capital
        or before.endswith(
            ("sampai", "hingga", "dari", "sabtu", "-", "besok", "malam", "pagi", "sore", "siang")
        )
        or bool(
            re.match(
                r"\s+(?:pagi|siang|sore|malam|jam|pukul|nanti)\b", message.plain[match.end() :]
            )
        )
    )


def _resolve(match: re.Match[str], number: int, today: date) -> date:
    """Return the day of a weekday, by what says of which week."""
    said = re.findall(r"[^\W\d_]+", f"{match['before'] or ''} {match['after'] or ''}")
    monday = today - timedelta(days=today.weekday())
    if "from" in said or said == ["week"] or ("on" in said and "week" in said and "a" in said):
        return next_weekday(today, number) + timedelta(days=_WEEK)
    week = bool({"week", "tuần", "tuan", "pekan"} & set(said)) or "minggu" in said
    if any(each in said for each in _LAST):
        past = next_weekday(today - timedelta(days=_WEEK + 1), number)
        return monday + timedelta(days=number - _WEEK) if week else past
    if any(each in said for each in _THIS):
        return monday + timedelta(days=number)
    if any(each in said for each in _NEXT):
        weeks = 2 if "nữa" in said or "nua" in said else 1
        return monday + timedelta(days=number + weeks * _WEEK)
    return next_weekday(today, number)


_READERS: tuple[Callable[[Message, date], Iterator[Day]], ...] = (
    _counted,
    _pairs,
    _written,
    _numbers,
    _holidays,
    _of_month,
    _relative,
    _weekdays,
)
