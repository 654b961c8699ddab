"""Resolving references and comparing values while a plan runs."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from workbench.engine.tasks.plan import GIVEN, TODAY, Condition, as_reference
from workbench.engine.tools.arguments import FoundBy, plain_arguments
from workbench.engine.tools.tool import Tool

Results = Mapping[str, Mapping[str, Any]]
"""What references point into: by "given" or the number of a step as text, values by name."""


class MissingValueError(Exception):
    """A reference points to something that is not there."""


def resolve(value: Any, results: Results) -> Any:
    """Return what an argument stands for; what is found is taken as it is.

    Raises:
        MissingValueError: It refers to something that is not there, or is null.
    """
    reference = as_reference(value)
    if reference is None:
        return value
    found = results.get(reference.source, {}).get(reference.field)
    if found is None:
        raise MissingValueError(str(reference))
    return found


def read_as(tool: Tool, name: str, value: Any, results: Results) -> Any:
    """Return a value of a step's result as an argument takes it.

    A value that a rule of the argument reads otherwise is taken as read, such as a type of room by
    its name; any other is taken as it is.

    Args:
        tool: Whose argument.
        name: Its name.
        value: What the step gave.
        results: What references point into, the assistant's date among it.
    """
    day = results.get(GIVEN, {}).get(TODAY)
    marks = [one for one in tool.arguments.model_fields[name].metadata if isinstance(one, FoundBy)]
    if day is None or not marks or not isinstance(value, str):
        return value
    read = marks[0].find(value, date.fromisoformat(str(day)))
    return plain_arguments({name: read[0]})[name] if len(read) == 1 and read[0] else value


def is_missing(value: Any, results: Results) -> bool:
    """Tell whether a reference points to something that is not there."""
    try:
        resolve(value, results)
    except MissingValueError:
        return True
    return False


def holds(condition: Condition, results: Results) -> bool:
    """Tell whether a condition holds; one about something that is not known never does."""
    try:
        left, right = resolve(condition.of, results), resolve(condition.value, results)
    except MissingValueError:
        return False
    if condition.operator == "is_true":
        return left is True
    if condition.operator == "is_false":
        return left is False
    if condition.operator == "equals":
        return _same(left, right)
    if condition.operator == "not_equals":
        return not _same(left, right)
    return _reaches(left, right, at_least=condition.operator == "at_least")


def _same(left: Any, right: Any) -> bool:
    return str(left).strip().casefold() == str(right).strip().casefold()


def _reaches(left: Any, right: Any, *, at_least: bool) -> bool:
    """Compare numbers; what is not one reaches nothing."""
    try:
        first, second = float(left), float(right)
    except (TypeError, ValueError):
        return False
    return first >= second if at_least else first <= second
