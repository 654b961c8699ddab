"""Text as canonical tokens, so that one fact has one form however it is written.

The text is brought to NFC; Markdown emphasis is dropped. Then, from left to right:

- numbers: "700,000", "700.000" and "700000" are one; a lone separator before exactly three digits
  groups thousands (unless the number begins with 0), any other last separator is the decimal one;
- money: amount, multiplier (k, nghìn, triệu, ribu, juta, million, ...) and currency are one token;
  an amount with a colloquial multiplier and no currency ("700k") may be of any currency;
- times: "3 PM", "15:00", "15h", "15 giờ", "3 giờ chiều", "pukul 15.00" are one; "4 giờ" and "4h"
  can be a time or a number of hours, and count as both;
- dates: ISO, day first with digits, and with month names in English, Vietnamese and Indonesian;
- percentages; all else is words, case folded; punctuation separates.

Numbers that are written as words stay words: a question set lists them as further forms.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbench.evaluation.metrics.clock import PERIODS, on_the_clock
from workbench.evaluation.metrics.vocabulary import (
    COLLOQUIAL,
    CURRENCIES,
    MONTHS,
    MULTIPLIERS,
    alternatives,
)

Reading = tuple[str | int | Decimal | None, ...]

_CITATION = re.compile(r"\s*\[\d+(?:\s*[,;–-]\s*\d+)*\]")
_EMPHASIS = re.compile(r"[*`~]+")
_SPACES = "\u00a0\u202f"

_NUMBER = (
    rf"(?:[0-9]{{1,3}}(?:[.,{_SPACES}][0-9]{{3}})+(?![0-9])(?:[.,][0-9]+)?|[0-9]+(?:[.,][0-9]+)?)"
)
_AMOUNT = rf"(?:[0-9]{{1,3}}(?:\ [0-9]{{3}})+(?![0-9])|{_NUMBER})"
_END = r"(?!\w)"


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a value.

    Attributes:
        text: How it was written.
        exact: What it says; several readings where it is ambiguous.
        implied: What it says besides: the number of a sum of money, the year of a date.
    """

    text: str
    exact: frozenset[Reading]
    implied: frozenset[Reading] = frozenset()

    @property
    def is_word(self) -> bool:
        """Tell whether it is a plain word rather than a value."""
        return any(reading[0] == "word" for reading in self.exact)

    def states(self, wanted: "Token") -> bool:
        """Tell whether it says what `wanted` says."""
        return bool(wanted.exact & (self.exact | self.implied))


def without_citations(text: str) -> str:
    """Return `text` without citation marks such as "[1]" or "[1, 2]"."""
    return _CITATION.sub("", text)


def tokens(text: str) -> tuple[Token, ...]:
    """Return the canonical tokens of a text."""
    clean = _EMPHASIS.sub("", unicodedata.normalize("NFC", text))
    found: list[Token] = []
    position = 0
    while position < len(clean):
        token, position = _next_token(clean, position)
        if token is not None:
            found.append(token)
    return tuple(found)


def occurs(form: Sequence[Token], text: Sequence[Token]) -> bool:
    """Tell whether the tokens of `form` stand in `text` one after the other."""
    if not form:
        return False
    return any(
        all(text[start + i].states(wanted) for i, wanted in enumerate(form))
        for start in range(len(text) - len(form) + 1)
    )


def read_number(text: str) -> Decimal:
    """Return the value of a number with or without separators."""
    plain = re.sub(rf"[\s{_SPACES}]", "", text)
    marks = [char for char in plain if char in ".,"]
    if not marks:
        return Decimal(plain)
    whole, _, tail = plain.rpartition(marks[-1])
    grouped = len(tail) == 3 and len(set(marks)) == 1 and not plain.startswith("0")
    if grouped or marks.count(marks[-1]) > 1:
        return Decimal(re.sub("[.,]", "", plain))
    return Decimal(f"{re.sub('[.,]', '', whole)}.{tail}")


def _next_token(text: str, position: int) -> tuple[Token | None, int]:
    for pattern, read in _READERS:
        match = pattern.match(text, position)
        token = read(match) if match else None
        if match and token:
            return token, match.end()
    return None, position + 1


def _token(match: re.Match[str], exact: Sequence[Reading], *implied: Reading) -> Token:
    return Token(match.group(), frozenset(exact), frozenset(implied))


def _word(match: re.Match[str]) -> Token:
    folded = unicodedata.normalize("NFC", match.group().casefold())
    return _token(match, [("word", folded)])


def _plain_number(match: re.Match[str]) -> Token:
    value = read_number(match["number"])
    return _token(match, [("number", -value if match["minus"] else value)])


def _percentage(match: re.Match[str]) -> Token:
    value = read_number(match["number"])
    return _token(match, [("percent", value)], ("number", value))


def _money(match: re.Match[str]) -> Token:
    scale = MULTIPLIERS[match["scale"].casefold()] if match["scale"] else 1
    value = read_number(match["number"]) * scale
    currency = CURRENCIES[match["currency"].casefold().rstrip(".")]
    return _token(match, [("money", currency, value)], ("number", value))


def _scaled(match: re.Match[str]) -> Token:
    name = match["scale"].casefold()
    value = read_number(match["number"]) * MULTIPLIERS[name]
    readings: list[Reading] = [("number", value)]
    if name in COLLOQUIAL:
        readings += [("money", currency, value) for currency in set(CURRENCIES.values())]
    return _token(match, readings)


def _hours(match: re.Match[str]) -> Token:
    value = read_number(match["number"])
    return _token(match, [("hours", value)], ("number", value))


def _time(match: re.Match[str]) -> Token | None:
    """Read a time; a bare "4 giờ" or "4h" is a number of hours as well."""
    groups = match.groupdict()
    minute = 30 if groups.get("half") else int(groups.get("minute") or 0)
    period = (groups.get("period") or "").casefold().replace(".", "")
    hour = int(groups["hour"])
    clock = on_the_clock(hour, minute, period)
    readings: list[Reading] = [("time", *clock)] if clock else []
    if groups.get("unit") and not (groups.get("minute") or groups.get("half") or period):
        hours = Decimal(hour)
        return _token(match, [*readings, ("hours", hours)], ("number", hours))
    return _token(match, readings) if readings else None


def _time_word(match: re.Match[str]) -> Token:
    return _token(match, [("time", 12 if match.group().casefold() == "noon" else 0, 0)])


def _date(match: re.Match[str]) -> Token | None:
    groups = match.groupdict()
    name = groups.get("month")
    if name == "may":  # the verb; the month is written "May"
        return None
    month = MONTHS[name.casefold()] if name else int(groups["m"])
    day = int(groups["d"]) if groups.get("d") else None
    year = int(groups["y"]) if groups.get("y") else None
    if month > 12 and day is not None and day <= 12:
        day, month = month, day
    if not 1 <= month <= 12 or (day is not None and not 1 <= day <= 31):
        return None
    implied: list[Reading] = [("date", None, month, day), ("date", year, month, None)]
    if year is not None:
        implied.append(("number", Decimal(year)))
    return _token(match, [("date", year, month, day)], *implied)


_CURRENCY = alternatives(CURRENCIES)
_SCALE = alternatives(MULTIPLIERS)
_MONTH = alternatives(MONTHS)
_PERIOD = rf"(?:\s*(?P<period>{alternatives(PERIODS)}){_END})?"
_YEAR = r"(?P<y>[0-9]{4})(?![0-9])"
_DAY = r"(?P<d>[0-9]{1,2})"
_MONTH_NUMBER = r"(?P<m>[0-9]{1,2})(?![0-9])"
_HOUR = r"(?P<hour>[0-9]{1,2})"
_MINUTE = r"(?P<minute>[0-5][0-9])(?![0-9])"

_Reader = Callable[[re.Match[str]], Token | None]
_PATTERNS: tuple[tuple[str, _Reader], ...] = (
    (rf"{_YEAR}-(?P<m>[0-9]{{1,2}})-{_DAY}(?![0-9])", _date),
    (rf"(?:ngày\s+)?{_DAY}(?P<mark>[/.-])(?P<m>[0-9]{{1,2}})(?P=mark){_YEAR}", _date),
    (rf"(?:ngày|tanggal)\s+{_DAY}/{_MONTH_NUMBER}(?!/)", _date),
    (
        rf"(?:ngày\s+)?{_DAY}\s+th[áa]ng\s+{_MONTH_NUMBER}(?!\s*ngày)"
        rf"(?:(?:\s*,|\s*/|\s*-|\s+năm)?\s*{_YEAR})?",
        _date,
    ),
    (rf"th[áa]ng\s+{_MONTH_NUMBER}(?:\s*/\s*|\s+năm\s+|\s*-\s*|\s+){_YEAR}", _date),
    (
        rf"(?:tanggal\s+)?{_DAY}(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH}){_END}"
        rf"\.?(?:,?\s+{_YEAR})?",
        _date,
    ),
    (
        rf"(?P<month>{_MONTH}){_END}\.?\s+{_DAY}(?![0-9])(?:st|nd|rd|th)?(?:,?\s+{_YEAR})?",
        _date,
    ),
    (rf"(?P<month>{_MONTH}){_END}\.?,?\s+{_YEAR}", _date),
    (rf"(?:pukul|jam)\s+{_HOUR}(?:[.:]{_MINUTE})?(?![0-9]){_PERIOD}", _time),
    (rf"{_HOUR}:{_MINUTE}(?::[0-5][0-9])?{_PERIOD}", _time),
    (rf"{_HOUR}\.{_MINUTE}\s*(?:wib|wita|wit){_END}", _time),
    (rf"{_HOUR}(?:\.{_MINUTE})?\s*(?P<period>[ap]\.?m\.?){_END}", _time),
    (
        rf"{_HOUR}\s*(?P<unit>giờ|gio)(?!\w)(?:\s+{_MINUTE}(?!\s*(?:giờ|gio|h))"
        rf"(?:\s*(?:phút|phut|p){_END})?|\s+(?P<half>rưỡi|ruoi){_END})?{_PERIOD}",
        _time,
    ),
    (
        rf"{_HOUR}\s?(?P<unit>h)(?![^\W\d])(?:{_MINUTE})?{_PERIOD}",
        _time,
    ),
    (rf"(?:noon|midnight){_END}", _time_word),
    (r"(?:năm|tahun)\s+(?P<minus>)(?P<number>[0-9]{4})(?![0-9])", _plain_number),
    (
        rf"(?P<number>{_AMOUNT})\s*(?P<scale>{_SCALE})?\s*(?P<currency>{_CURRENCY}){_END}",
        _money,
    ),
    (
        rf"(?P<currency>{_CURRENCY})\.?\s*(?P<number>{_NUMBER})(?:\s*(?P<scale>{_SCALE}){_END})?",
        _money,
    ),
    (
        rf"(?P<number>{_NUMBER})\s*(?:%|(?:percent|per cent|phần trăm|phan tram|persen){_END})",
        _percentage,
    ),
    (rf"(?P<number>{_NUMBER})\s*(?P<scale>{_SCALE}){_END}", _scaled),
    (rf"(?P<number>{_NUMBER})[\s-]*(?:hours?|hrs?|tiếng|tieng|jam){_END}", _hours),
    (rf"(?P<minus>(?<![\w)])[-−])?(?P<number>{_NUMBER})", _plain_number),
    (r"[^\W_]+", _word),
)
_READERS = tuple((re.compile(pattern, re.IGNORECASE), read) for pattern, read in _PATTERNS)
