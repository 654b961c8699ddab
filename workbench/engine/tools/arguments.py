"""Arguments that can be read from the words of a question, without a model.

A room number or a booking's id is found by rule in a millisecond, where a small model needs two
seconds and may get it wrong. An argument that says how it is found is taken from the question when
the question names it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from workbench.engine.tools.tool import Tool

MOST_CALLS = 3
"""Calls of one tool for one question."""
Find = Callable[[str, date], Sequence[Any]]
"""Takes the question and the assistant's date; returns the values in their order."""


@dataclass(frozen=True, slots=True)
class FoundBy:
    """How an argument is found; stands in its annotation.

    Attributes:
        find: Finds its values in a question.
    """

    find: Find


def found_arguments(tool: Tool, question: str, today: date) -> list[dict[str, Any]]:
    """Return the arguments that a question names, for each call that it asks for.

    A question that names several rooms asks for a call for each; one that names several values of
    more than one argument is left to the model.

    Args:
        tool: Whose arguments.
        question: What was asked.
        today: What "tomorrow" counts from.

    Returns:
        One mapping at least, which may be empty.
    """
    found = {name: values for name, values in _values(tool, question, today) if values}
    single = {name: values[0] for name, values in found.items() if len(values) == 1}
    several = [name for name, values in found.items() if len(values) > 1]
    if len(several) != 1:
        return [single]
    return [{**single, several[0]: value} for value in found[several[0]][:MOST_CALLS]]


def _values(tool: Tool, question: str, today: date) -> Iterator[tuple[str, list[Any]]]:
    for name, field in tool.arguments.model_fields.items():
        for mark in field.metadata:
            if isinstance(mark, FoundBy):
                yield name, list(dict.fromkeys(mark.find(question, today)))


def missing_arguments(tool: Tool, given: Mapping[str, Any]) -> list[str]:
    """Return the names of the arguments that a tool needs and were not given."""
    fields = tool.arguments.model_fields.items()
    return [name for name, field in fields if field.is_required() and name not in given]


def is_complete(tool: Tool, given: Mapping[str, Any]) -> bool:
    """Tell whether a tool can be called with some arguments."""
    try:
        tool.arguments.model_validate(dict(given))
    except ValidationError:
        return False
    return True


def inherited_arguments(
    tool: Tool, given: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what open arguments take from the results of other tools, by their names.

    Args:
        tool: Whose arguments.
        given: Those that are known.
        earlier: The data of earlier results, the oldest first; the latest counts.
    """
    known: dict[str, Any] = {}
    for data in earlier:
        known |= data
    open_names = [name for name in tool.arguments.model_fields if name not in given]
    return {name: known[name] for name in open_names if known.get(name) is not None}
