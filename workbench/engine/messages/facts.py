"""The facts of a message: read from what was given, and written in its language."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from workbench.engine.messages.declared import FactDeclared, FactType
from workbench.errors import UsageError

Write = Callable[[Any, str], str]
"""Takes a value and a language; returns it as it stands in a message."""

_LONGEST: Mapping[str, int] = {"name": 80, "code": 40, "text": 200, "quote": 400}
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*|\d+")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_MOST = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact of a message.

    Attributes:
        name: As it is declared.
        type: What it is.
        value: It, as a plain Python value.
        text: As it stands in the message.
    """

    name: str
    type: FactType
    value: Any
    text: str

    @property
    def quoted(self) -> bool:
        """Whether it is somebody's own words, which give nothing."""
        return self.type == "quote"


def read_value(name: str, declared: FactDeclared, written: str) -> Any:
    """Return the value that a person wrote for a fact.

    Raises:
        UsageError: It is not one; the message says what it should look like.
    """
    try:
        return _READ.get(declared.type, _line)(declared, written)
    except ValueError as error:
        raise UsageError(f"{name}={written!r}: {error}", f"it is {declared.about}") from None


def write_fact(
    name: str, declared: FactDeclared, value: Any, lang: str, write: Mapping[str, Write]
) -> Fact:
    """Return a fact with its words in a language.

    Args:
        name: Its name.
        declared: What it is.
        value: It.
        lang: The language.
        write: How the assistant writes values, by type; others are written as they are.
    """
    if declared.choices:
        text = declared.choices[_choice(value)][lang]
    elif declared.type in write:
        text = write[declared.type](value, lang)
    else:
        text = one_line(str(value))
    return Fact(name=name, type=declared.type, value=value, text=text)


def one_line(text: str) -> str:
    """Return `text` in NFC on one line, without characters that cannot be shown."""
    composed = unicodedata.normalize("NFC", text)
    shown = "".join(" " if one.isspace() else one for one in composed)
    return " ".join("".join(one for one in shown if one.isprintable()).split())


def _line(declared: FactDeclared, written: str) -> str:
    text = one_line(written)
    if not text:
        raise ValueError("it is empty")
    if len(text) > _LONGEST.get(declared.type, 200):
        raise ValueError(f"it is longer than {_LONGEST.get(declared.type, 200)} characters")
    return text


def _name(declared: FactDeclared, written: str) -> str:
    text = _line(declared, written)
    if not all(one.isalpha() or one in " .'’-" or unicodedata.combining(one) for one in text):
        raise ValueError("a name has letters only")
    return text


def _code(declared: FactDeclared, written: str) -> str:
    text = _line(declared, written)
    if not _CODE.fullmatch(text):
        raise ValueError("write letters, digits and dashes")
    return text.upper()


def _date(declared: FactDeclared, written: str) -> date:
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        raise ValueError("write a date as YYYY-MM-DD") from None


def _time(declared: FactDeclared, written: str) -> time:
    try:
        return datetime.strptime(written.strip(), "%H:%M").time()  # noqa: DTZ007 - a clock's face
    except ValueError:
        raise ValueError("write a time as HH:MM, such as 14:00") from None


def _whole(declared: FactDeclared, written: str) -> int:
    found = _GROUPED.fullmatch(written.strip())
    if found is None:
        raise ValueError("write a whole number, such as 7000000")
    number = int(re.sub(r"[.,]", "", found[0]))
    if number > _MOST:
        raise ValueError("it is too large")
    return number


def _chosen(declared: FactDeclared, written: str) -> str:
    wanted = written.strip().casefold()
    known = {each.casefold(): each for each in declared.choices}
    known |= {each.casefold().rstrip("."): each for each in declared.choices}
    if wanted not in known:
        raise ValueError(f"choose one of: {', '.join(declared.choices)}")
    return known[wanted]


def _choice(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


_READ: Mapping[str, Callable[[FactDeclared, str], Any]] = {
    "name": _name,
    "code": _code,
    "date": _date,
    "time": _time,
    "money": _whole,
    "count": _whole,
    "choice": _chosen,
    "title": _chosen,
}
