"""Whether the tool calls that were made are those that a right answer makes.

Calls are compared as multisets: the order is free, since a question set does not say which calls
depend on which, and a call made twice counts twice. Two calls are the same when name and arguments
are:

- numbers by value: "1", 1 and 1.0 are one; a number with leading zeros, such as "007", is a name;
- "true" and true are one, in any case; true is not 1;
- times of day by value: "17:00" and "17:00:00" are one;
- other texts in NFC without spaces around them, else letter by letter;
- an argument that is null counts as not given; any other that is given and not expected is wrong,
  as is one that is missing;
- lists in their order, objects in any order of their keys.

No call expected and none made is right. A failed call is a call.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
"""A number as JSON writes it, with an exponent of at most three digits."""


_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d):00")


class Call(NamedTuple):
    """A call of a tool: its name and arguments, of plain JSON types."""

    name: str
    arguments: Mapping[str, Any]


def tool_name_accuracy(expected: Iterable[Call], made: Iterable[Call]) -> float:
    """Return 1 where exactly the expected tools were called, each as often as expected, else 0."""
    return float(_names(expected) == _names(made))


def tool_argument_accuracy(expected: Iterable[Call], made: Iterable[Call]) -> float:
    """Return 1 where exactly the expected calls were made, arguments included, else 0."""
    return float(_calls(expected) == _calls(made))


def _names(calls: Iterable[Call]) -> Counter[str]:
    return Counter(call.name for call in calls)


def _calls(calls: Iterable[Call]) -> Counter[Hashable]:
    return Counter((call.name, canonical_value(dict(call.arguments))) for call in calls)


def canonical_value(value: Any) -> Hashable:
    """Return what a JSON value says, so that two values are equal when they say the same."""
    if isinstance(value, Mapping):
        given = {key: canonical_value(each) for key, each in value.items() if each is not None}
        return ("object", frozenset(given.items()))
    if isinstance(value, list | tuple):
        return ("list", tuple(canonical_value(each) for each in value))
    if value is None or isinstance(value, bool):
        return ("constant", value)
    text = unicodedata.normalize("NFC", str(value)).strip()
    if _NUMBER.fullmatch(text):
        return ("number", Decimal(text))
    if text.casefold() in ("true", "false"):
        return ("constant", text.casefold() == "true")
    return ("text", _TIME.sub(r"\1:\2", text) if _TIME.fullmatch(text) else text)
