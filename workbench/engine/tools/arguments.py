"""Arguments that can be read from the words of a question, without a model.

A room number or a booking's id is found by rule in a millisecond, where a small model needs two
seconds and may get it wrong. An argument that says how it is found is taken from the question when
the question names it.
"""

from collections.abc import Awaitable, Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import islice, product
from typing import Any

from pydantic import ValidationError

from workbench.engine.tools.context import ToolContext
from workbench.engine.tools.tool import Tool

MOST_CALLS = 14
"""Calls of one tool for one question."""
Find = Callable[[str, date], Sequence[Any]]
"""Takes the question and the assistant's date; returns the values in their order."""
ReadNames = Callable[[ToolContext], Awaitable[Sequence[str]]]
"""Reads from a table the names that the operator may see."""


@dataclass(frozen=True, slots=True)
class FoundBy:
    """How an argument is found; stands in its annotation.

    Attributes:
        find: Finds its values in a question; `None` among several stands for leaving it out.
        unless: Other arguments of the tool, beside which this one says nothing more.
        names: The names that a table knows; the question is read with these spelt as they stand
            there, whatever their case and diacritics.
    """

    find: Find
    unless: tuple[str, ...] = ()
    names: ReadNames | None = None


@dataclass(frozen=True, slots=True)
class ReadBy:
    """How an argument is read from what is wanted, where the words need not name it as it is.

    "Two more towels" is for Housekeeping; a person may well put it otherwise. Stands in the
    annotation of an argument, like `FoundBy`, but a follow-up does not take it over, and nobody
    has to have named it.

    Attributes:
        find: Reads its values from a question.
    """

    find: Find


Mark = FoundBy | ReadBy


def found_arguments(
    tool: Tool, question: str, today: date, clauses: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Return the arguments that a question names, for each call that it asks for.

    A question that names several rooms asks for a call for each. Where it names several values of
    more than one argument, those that stand in one clause belong together; if the clauses do not
    tell, each goes with each.

    Args:
        tool: Whose arguments.
        question: What was asked.
        today: What "tomorrow" counts from.
        clauses: The parts of the question, in their order.

    Returns:
        One mapping at least, which may be empty; `MOST_CALLS` at most.
    """
    found = _values(tool, question, today)
    several = [name for name, values in found.items() if len(values) > 1]
    if len(several) > 1 or (tool.writes and several):
        groups = _grouped(tool, clauses, several, today)
        paired = _paired(tool, found, [_values(tool, each, today) for each in groups])
        if paired:
            return paired[:MOST_CALLS]
    names = list(found)
    combined = islice(product(*found.values()), MOST_CALLS)
    return [_given(zip(names, values, strict=True)) for values in combined]


def _values(tool: Tool, question: str, today: date) -> dict[str, list[Any]]:
    """Return the values of each argument that a text names."""
    marks = list(_marks(tool))
    found = {
        name: values
        for name, mark in marks
        if (values := list(dict.fromkeys(mark.find(question, today))))
    }
    needless = needless_arguments(tool, found)
    return {name: values for name, values in found.items() if name not in needless}


def needless_arguments(tool: Tool, given: Container[str]) -> set[str]:
    """Return the arguments that say nothing more beside those that are given."""
    return {
        name
        for name, mark in _marks(tool)
        if isinstance(mark, FoundBy) and any(other in given for other in mark.unless)
    }


def _grouped(tool: Tool, clauses: Sequence[str], several: Sequence[str], today: date) -> list[str]:
    """Return the clauses, joined so that each names its own value of what has several."""
    groups: list[list[str]] = []
    named: set[str] = set()
    for clause in clauses:
        own = {name for name in _values(tool, clause, today) if name in several}
        if not groups or (own and own & named):
            groups.append([])
            named = set()
        groups[-1].append(clause)
        named |= own
    return [", ".join(group) for group in groups]


def _paired(
    tool: Tool, found: Mapping[str, list[Any]], parts: Sequence[Mapping[str, list[Any]]]
) -> list[dict[str, Any]]:
    """Return a call for each part that names one of several values; none where a value is lost.

    What a part leaves out comes from the whole question, if that names one value of it.
    """
    single = {name: values[0] for name, values in found.items() if len(values) == 1}
    several = [name for name in found if name not in single]
    calls = []
    for part in parts:
        own = {name: values[0] for name, values in part.items() if len(values) == 1}
        if any(len(values) > 1 for values in part.values()):
            return []
        if any(name in own for name in several):
            calls.append(_given({**single, **own}.items()))
    told = all({call.get(name) for call in calls} >= set(found[name]) for name in several) and all(
        is_complete(tool, call) for call in calls
    )
    return calls if told else []


def _given(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in pairs if value is not None}


def _marks(tool: Tool) -> Iterator[tuple[str, Mark]]:
    for name, field in tool.arguments.model_fields.items():
        for mark in field.metadata:
            if isinstance(mark, FoundBy | ReadBy):
                yield name, mark


def finders_of(tools: Mapping[str, Tool]) -> list[Find]:
    """Return what finds arguments of some tools, each once, in a stable order."""
    return list(dict.fromkeys(mark.find for tool in tools.values() for _, mark in _marks(tool)))


def name_readers(tools: Mapping[str, Tool]) -> list[tuple[str, ReadNames]]:
    """Return what reads the names that some tools' arguments know, each with its permission."""
    found = [
        (tool.permission, mark.names)
        for tool in tools.values()
        for _, mark in _marks(tool)
        if isinstance(mark, FoundBy) and mark.names is not None
    ]
    return list(dict.fromkeys(found))


def carried_values(tools: Mapping[str, Tool], text: str, today: date) -> dict[Find, list[Any]]:
    """Return what a follow-up may leave out, by what finds it in a text."""
    finders = dict.fromkeys(
        mark.find
        for tool in tools.values()
        for _, mark in _marks(tool)
        if isinstance(mark, FoundBy)
    )
    return {
        find: values
        for find in finders
        if (values := [each for each in find(text, today) if each is not None])
    }


def missing_arguments(tool: Tool, given: Mapping[str, Any]) -> list[str]:
    """Return the names of the arguments that a tool still needs: not given, or given in vain.

    Where the arguments are only refused together, such as "name a booking, a room or a guest", any
    of those that are open may be what is lacking: they are one entry, joined by slashes.
    """
    try:
        tool.arguments.model_validate(dict(given))
    except ValidationError as error:
        places = [one["loc"] for one in error.errors()]
        needed = dict.fromkeys(str(place[0]) for place in places if place)
        either = [name for name in tool.arguments.model_fields if name not in given]
        return list(needed) or [" / ".join(either or tool.arguments.model_fields)]
    return []


def is_complete(tool: Tool, given: Mapping[str, Any]) -> bool:
    """Tell whether a tool can be called with some arguments."""
    return not missing_arguments(tool, given)


def inherited_arguments(
    tool: Tool,
    given: Mapping[str, Any],
    earlier: Sequence[tuple[str, Mapping[str, Any]]],
    today: date,
) -> dict[str, Any]:
    """Return what open arguments take from the results of other tools.

    They take what has their name, or what the tool says that it takes from that tool; a value that
    a rule reads otherwise, such as a type of room by its name, is taken as read.

    Args:
        tool: Whose arguments.
        given: Those that are known.
        earlier: The names of earlier tools with the data of their results, the oldest first; the
            latest counts.
        today: What "tomorrow" counts from.
    """
    known: dict[str, Any] = {}
    for name, data in earlier:
        taken = tool.after.get(name)
        known |= {taken[key]: data[key] for key in taken if key in data} if taken else data
    marks = dict(_marks(tool))
    inherited = {}
    for name in tool.arguments.model_fields:
        value = known.get(name)
        if name not in given and value is not None:
            read = marks[name].find(str(value), today) if name in marks else ()
            inherited[name] = read[0] if len(read) == 1 else value
    return inherited


def plain_arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments as plain JSON types; a time of day is written "14:30"."""
    return {name: _plain(value) for name, value in arguments.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value.isoformat() if isinstance(value, date) else value
