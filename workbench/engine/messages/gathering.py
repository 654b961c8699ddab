"""Gathering the facts of a message: from a record, from whoever asks, and by default."""

import difflib
from collections.abc import Mapping
from typing import Any

from workbench.engine.messages.declared import KindDeclared
from workbench.engine.messages.facts import Fact, read_value, write_fact
from workbench.engine.messages.kinds import Found, Messages
from workbench.engine.tools.context import ToolContext
from workbench.errors import UnknownNameError, UsageError


async def find_record(
    messages: Messages, kind: str, record: str | None, context: ToolContext
) -> Found | None:
    """Return the record that a message is about; `None` when none is named.

    Raises:
        UnknownNameError: There is none that the operator may see.
        UsageError: The message may not be written about a record in its state.
    """
    if record is None:
        return None
    found = await messages.look_up(record, context)
    if found is None:
        raise UnknownNameError(
            f"there is no {messages.declared.record} {record!r} that your role may see",
            "check its id",
        )
    states = messages.kind(kind).states
    if states and found.state not in states:
        raise UsageError(
            f"no {kind} can be written about {found.id}: it is {found.state}",
            f"it can where one is: {', '.join(states)}",
        )
    return found


def gather_facts(
    messages: Messages, kind: str, found: Found | None, given: Mapping[str, str], lang: str
) -> dict[str, Fact]:
    """Return the facts of a message, by name, with their words.

    What stands in the tables cannot be set to something else.

    Args:
        messages: The assistant's messages.
        kind: Which one.
        found: The record that it is about.
        given: What whoever asks gave, as written.
        lang: The language of the message.

    Raises:
        UnknownNameError: A given fact is not one of this kind.
        UsageError: A given fact is not as it should be, stands in the tables, or a needed one
            is missing; the message names it.
    """
    declared = messages.kind(kind)
    _check_names(kind, declared, found, given)
    values: dict[str, Any] = {}
    for name in declared.facts:
        one = messages.declared.facts[name]
        if found is not None and name in found.facts:
            values[name] = found.facts[name]
        elif name in given or one.default is not None:
            values[name] = read_value(name, one, given.get(name, one.default or ""))
    _check_missing(messages, kind, values, found)
    return {
        name: write_fact(name, messages.declared.facts[name], value, lang, messages.write)
        for name, value in values.items()
    }


def check_dates(
    messages: Messages, kind: str, facts: Mapping[str, Fact], context: ToolContext
) -> None:
    """Refuse dates that must not have passed.

    Raises:
        UsageError: One has.
    """
    today = context.now.date()
    for name in messages.kind(kind).future:
        if name in facts and facts[name].value < today:
            raise UsageError(f"{name} {facts[name].value} has passed", f"today is {today}")


def _check_names(
    kind: str, declared: KindDeclared, found: Found | None, given: Mapping[str, str]
) -> None:
    for name in given:
        if name not in declared.facts:
            near = difflib.get_close_matches(name, declared.facts, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise UnknownNameError(
                f"{kind} knows no {name!r}", f"{hint}it takes: {', '.join(declared.facts)}"
            )
        if found is not None and name in found.facts:
            raise UsageError(
                f"{name} comes from {found.id} and cannot be set", "correct it there first"
            )


def _check_missing(
    messages: Messages, kind: str, values: Mapping[str, Any], found: Found | None
) -> None:
    missing = [name for name in messages.kind(kind).needs if name not in values]
    if missing:
        told = ", ".join(f"{name} ({messages.declared.facts[name].about})" for name in missing)
        record = "" if found else f", or name a {messages.declared.record} that holds it"
        raise UsageError(f"{kind} needs {told}", f"give it: --set {missing[0]}=...{record}")
