"""Calls in the plain text of a model: in any wrapping, as long as they are JSON.

Small models often write a right call in a form that the server's parser does not read: in code
fences, in the wrong tags, or bare. An object counts as a call when it names a known function.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evals.tools.rule import Made
from evals.tools.schemas import call_name

_NAMES = ("name", "function", "tool", "function_name")
_ARGUMENTS = ("arguments", "parameters", "args", "kwargs")
_DECODER = json.JSONDecoder()


def lenient_calls(text: str, functions: Sequence[str]) -> list[Made]:
    """Return the calls that a text holds, each once, in their order.

    Args:
        text: What a model wrote.
        functions: The names of the functions that it may call.
    """
    names = {call_name(name): name for name in functions}
    found: list[Made] = []
    for record in _objects(text):
        call = _call(record, names)
        if call is not None and call not in found:
            found.append(call)
    return found


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    """Yield the outermost JSON objects of a text."""
    at = text.find("{")
    while at >= 0:
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            yield value
        at = text.find("{", end)


def _call(record: Mapping[str, Any], names: Mapping[str, str]) -> Made | None:
    inner = record.get("function")
    if isinstance(inner, dict):
        return _call(inner, names)
    named = next((record[key] for key in _NAMES if isinstance(record.get(key), str)), "")
    name = names.get(call_name(named))
    if name is None:
        return None
    given: Any = next((record[key] for key in _ARGUMENTS if key in record), {})
    if isinstance(given, str):
        given = read_arguments(given)
    return Made(name, given) if isinstance(given, dict) else None


def read_arguments(text: str) -> dict[str, Any] | None:
    """Return the arguments of a call from their JSON; `None` where they are none."""
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
