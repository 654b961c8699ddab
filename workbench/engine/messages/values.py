"""Values in a text: amounts, dates, times, percentages, codes, addresses and numbers.

Each is found in one form, so that "7.000.000 VND" and "7 million VND" are the same amount.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from workbench.engine.clock import find_times, unify_times
from workbench.engine.text import canonical_number

_MONTHS = (
    "jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?",
    "aug(?:ust)?", "sep(?:t(?:ember)?)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?",
)  # fmt: skip
_MONTH = "|".join(_MONTHS)
_NUMBER = r"\d+(?:[.,]\d+)*"
_TIMES = {"k": 10**3, "thousand": 10**3, "nghìn": 10**3, "ngàn": 10**3, "million": 10**6,
          "triệu": 10**6, "tr": 10**6, "billion": 10**9, "tỷ": 10**9}  # fmt: skip
_LOCAL = ("vnd", "đồng", "dong", "₫", "đ")
_UNITS = (
    r"minutes?|mins?|hours?|days?|nights?|weeks?|months?|years?|guests?|adults?|child(?:ren)?|"
    r"persons?|people|times|rooms?|floors?|percent|phút|giờ|ngày|đêm|tuần|tháng|năm|khách|người|"
    r"phòng|lần|tầng"
)
_IRREGULAR = {"children": "child", "people": "person", "min": "minute", "mins": "minute"}


@dataclass(frozen=True, slots=True)
class Value:
    """A value in a text.

    Attributes:
        kind: "email", "address", "code", "percentage", "amount", "date", "time" or "number".
        value: It in one form.
        text: It as it stands there.
        unit: Of a number: what is counted, in the singular; empty where that is not said.
    """

    kind: str
    value: str
    text: str
    unit: str = ""

    def is_given(self, given: "set[Value]") -> bool:
        """Tell whether it is one of the values that were given.

        A date without its year and a number without its unit may stand for the whole ones.
        """
        return any(
            self.kind == one.kind
            and (
                self.value == one.value
                or (self.kind == "date" and one.value[4:] == f"-{self.value}")
            )
            and self.unit in ("", one.unit)
            for one in given
        )


def find_values(text: str) -> list[Value]:
    """Return the values in a text."""
    rest = unicodedata.normalize("NFKC", text)
    found: list[Value] = []
    for pattern, read in _PATTERNS:
        for match in pattern.finditer(rest):
            found.extend(read(match))
        rest = pattern.sub(lambda match: " " * len(match[0]), rest)
        if pattern is _LAST_BEFORE_TIMES:
            found.extend(_times(rest))
            for start, end in find_times(rest):
                rest = rest[:start] + " " * (end - start) + rest[end:]
    return found


def _as(kind: str) -> Callable[[re.Match[str]], Iterator[Value]]:
    def read(match: re.Match[str]) -> Iterator[Value]:
        yield Value(kind, match[0].casefold().rstrip(".,;"), match[0])

    return read


def _percentage(match: re.Match[str]) -> Iterator[Value]:
    yield Value("percentage", canonical_number(match[1]), match[0])


def _amount(match: re.Match[str]) -> Iterator[Value]:
    parts = match.groupdict()
    currency = (parts.get("currency") or "").casefold()
    amount = float(canonical_number(parts["number"]))
    amount *= _TIMES.get((parts.get("times") or "").casefold(), 1)
    written = f"{amount:.2f}".rstrip("0").rstrip(".")
    local = not currency or currency in _LOCAL
    yield Value("amount", written if local else f"{currency} {written}", match[0])


def _day(year: str | None, month: int, day: int, text: str) -> Iterator[Value]:
    try:
        date(int(year or 2024), month, day)
    except ValueError:
        yield Value("date", text, text)
        return
    yield Value("date", f"{year}-{month:02}-{day:02}" if year else f"{month:02}-{day:02}", text)


def _iso(match: re.Match[str]) -> Iterator[Value]:
    yield from _day(match[1], int(match[2]), int(match[3]), match[0])


def _slashes(match: re.Match[str]) -> Iterator[Value]:
    yield from _day(match[3], int(match[2]), int(match[1]), match[0])


def _named(match: re.Match[str]) -> Iterator[Value]:
    name = match["month"].casefold()
    month = next(at for at, one in enumerate(_MONTHS, start=1) if re.fullmatch(one, name))
    yield from _day(match["year"], month, int(match["day"]), match[0])


def _number(match: re.Match[str]) -> Iterator[Value]:
    unit = (match[2] or "").casefold()
    unit = _IRREGULAR.get(unit, unit.removesuffix("s"))
    yield Value("number", canonical_number(match[1]), match[0], unit)


def _times(text: str) -> Iterator[Value]:
    for start, end in find_times(text):
        yield Value("time", unify_times(text[start:end]).strip(), text[start:end])


_MANY = "|".join(sorted(_TIMES, key=len, reverse=True))
_BEFORE = r"(?<!\w)(?:VND|USD|EUR)|\$|€|£"
_AFTER = r"VND|USD|EUR|đồng|dong|dollars?|euros?|₫|đ|\$|€|£"
_LAST_BEFORE_TIMES = re.compile(
    r"(?<!\w)(?:ngày\s+)?(\d{1,2})(?:/|\s+tháng\s+)(\d{1,2})(?:(?:/|,?\s+năm\s+)(\d{4}))?(?![\d/])"
)
_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Iterator[Value]]], ...] = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*"), _as("email")),
    (re.compile(r"(?:https?://|www\.)\S+|(?<!\w)[\w-]+\.(?:com|net|org|info|io|vn)\b\S*", re.I),
     _as("address")),
    (re.compile(r"(?<![\w-])(?=[\w-]*\d)[^\W\d_][\w-]*"), _as("code")),
    (re.compile(rf"({_NUMBER})\s*(?:%|percent\b|phần\s+trăm)", re.I), _percentage),
    (re.compile(rf"(?P<currency>{_BEFORE})\s?(?P<number>{_NUMBER})(?:\s*(?P<times>{_MANY})(?!\w))?",
                re.I), _amount),
    (re.compile(rf"(?P<number>{_NUMBER})\s*(?:(?P<times>{_MANY})\s*)?(?P<currency>{_AFTER})(?!\w)",
                re.I), _amount),
    (re.compile(rf"(?P<number>{_NUMBER})\s*(?P<times>{_MANY})(?!\w)", re.I), _amount),
    (re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)"), _iso),
    (re.compile(rf"(?<!\w)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\b"
                r"(?:,?\s+(?P<year>\d{4}))?", re.I), _named),
    (re.compile(rf"\b(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])"
                r"(?:,?\s+(?P<year>\d{4}))?", re.I), _named),
    (_LAST_BEFORE_TIMES, _slashes),
    (re.compile(rf"({_NUMBER})(?:[\s-]+({_UNITS})(?!\w))?", re.I), _number),
)  # fmt: skip
