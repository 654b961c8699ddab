"""When a call counts as right: BFCL's rule for syntax trees, for functions of Python.

Exactly one call, of the wanted function, with every argument that it requires and no unknown one.
Each value has the declared type (a whole number also where a fraction is declared) and is among
those that are accepted; an argument may be left out that is not required and has "" among its
accepted values. Texts are compared in lower case, without spaces and the marks , . / - _ * ^, and
with either kind of quotes; so are texts within lists and objects, one level deep. Where the
accepted values are of another type than the declared one, the value is compared as it is: they
name a variable.

Irrelevance: right where no call is made.

The rule is that of Patil et al.'s `ast_checker` ("The Berkeley Function Calling Leaderboard", ICML
2025); this code is our own. It keeps the rule's corners: a list that may be left out may be empty,
and within a list a whole number is no fraction unless the accepted ones are whole too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from evals.tools.bfcl import Accepted, Function, Task

Fault = Literal[
    "no call",
    "needless call",
    "several calls",
    "wrong function",
    "missing argument",
    "unexpected argument",
    "wrong type",
    "wrong value",
]
"""Why a reply is wrong; the first that applies."""

_TYPES: dict[str, type] = {
    "string": str,
    "any": str,
    "integer": int,
    "float": float,
    "boolean": bool,
    "array": list,
    "tuple": list,
    "dict": dict,
}
_IGNORED = re.compile(r"[ ,./\-_*^]")


@dataclass(frozen=True, slots=True)
class Made:
    """A call that a model makes: the function's name and the arguments, of plain JSON types."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


def fault_of(task: Task, calls: Sequence[Made]) -> Fault | None:
    """Return why the calls of a reply are wrong; `None` where they are right.

    Args:
        task: What was asked.
        calls: All calls of the reply.
    """
    if not task.wanted:
        return "needless call" if calls else None
    if not calls:
        return "no call"
    if len(calls) > 1:
        return "several calls"
    if calls[0].name != task.wanted:
        return "wrong function"
    return arguments_fault(task.function(task.wanted), task.accepted, calls[0].arguments)


def arguments_fault(
    function: Function, accepted: Accepted, given: Mapping[str, Any]
) -> Fault | None:
    """Return what is wrong with the arguments of a call of a function; `None` for nothing."""
    declared = function["parameters"]["properties"]
    if any(name not in given for name in function["parameters"].get("required", ())):
        return "missing argument"
    for name, value in given.items():
        if name not in declared or name not in accepted:
            return "unexpected argument"
        fault = value_fault(declared[name], accepted[name], value)
        if fault is not None:
            return fault
    left_out = (name for name in accepted if name not in given)
    return "missing argument" if any("" not in accepted[name] for name in left_out) else None


def value_fault(declared: Mapping[str, Any], accepted: Sequence[Any], value: Any) -> Fault | None:
    """Return what is wrong with the value of an argument; `None` for nothing.

    Args:
        declared: The argument's own description.
        accepted: The values that are right.
        value: What was given.
    """
    wanted = _TYPES[declared.get("type", "string")]
    inner = _TYPES[declared["items"]["type"]] if wanted is list and "items" in declared else None
    if wanted is float and type(value) is int:
        value = float(value)
    if not _has_type(value, wanted, inner, accepted):
        return "wrong type"
    if wanted is _type_of(accepted, wanted) and type(value) is wanted:
        return None if _accepts(accepted, value, inner) else "wrong value"
    return None if value in accepted else "wrong value"


def _type_of(accepted: Sequence[Any], otherwise: type) -> type:
    return next((type(one) for one in accepted if one != ""), otherwise)


def _has_type(value: Any, wanted: type, inner: type | None, accepted: Sequence[Any]) -> bool:
    """Tell whether a value has the declared type, or that of the accepted values."""
    if type(value) is not wanted:
        return any(one != "" for one in accepted) and type(value) is _type_of(accepted, wanted)
    if inner is None or not isinstance(value, list):
        return True
    return any(
        not isinstance(one, list) or all(_has_type(item, inner, None, one) for item in value)
        for one in accepted
    )


def _accepts(accepted: Sequence[Any], value: Any, inner: type | None) -> bool:
    if isinstance(value, dict):
        return any(_same_object(one, value) for one in accepted)
    if isinstance(value, list) and inner is dict:
        return any(_same_objects(one, value) for one in accepted)
    if isinstance(value, list):
        return _plain(value) in [_plain(one) if one != "" else [] for one in accepted]
    return _plain(value) in [_plain(one) for one in accepted]


def _same_objects(accepted: Sequence[Any], value: Sequence[Any]) -> bool:
    return len(accepted) == len(value) and all(
        _same_object(one, item) for one, item in zip(accepted, value, strict=True)
    )


def _same_object(accepted: Any, value: Any) -> bool:
    if not isinstance(accepted, dict) or not isinstance(value, dict):
        return False
    if any(
        key not in accepted or _text(item) not in [_text(one) for one in accepted[key]]
        for key, item in value.items()
    ):
        return False
    return all(key in value or "" in options for key, options in accepted.items())


def _plain(value: Any) -> Any:
    """Return a text, or the texts of a list, as they are compared."""
    return [_text(item) for item in value] if isinstance(value, list) else _text(value)


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _IGNORED.sub("", value).lower().replace("'", '"')
