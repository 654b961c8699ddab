"""The calls that a question asks for, with the arguments that its words name."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workbench.engine.agent.clauses import clauses_of
from workbench.engine.text import fold
from workbench.engine.tools.arguments import found_arguments, is_complete, needless_arguments
from workbench.engine.tools.tool import Tool

_ALL = re.compile(r"\b(?:all|every\w*|each|whole|tat ca|toan bo|het|moi|semua)\b")


@dataclass(slots=True)
class Wanted:
    """A call that is to be made, with the arguments that are known of it."""

    tool: Tool
    arguments: dict[str, Any]


def wanted_calls(
    tools: Sequence[Tool], question: str, today: date, parts: Mapping[str, str]
) -> list[Wanted]:
    """Return the calls of some tools that a question asks for.

    A tool that a part of the question asks for takes its arguments from there, and from the whole
    what the part leaves out, where the whole names one value of it.

    Args:
        tools: Which.
        question: The whole question.
        today: What "tomorrow" counts from.
        parts: By a tool's name, the part of the question that asks for it.
    """
    wanted = []
    for tool in tools:
        part = parts.get(tool.name, question)
        calls = found_arguments(tool, part, today, clauses_of(part))
        if part != question and not _ALL.search(fold(part)):
            whole = found_arguments(tool, question, today, clauses_of(question))
            if len(whole) == 1:
                calls = [_completed(tool, each, whole[0]) for each in calls]
            elif not all(calls):
                calls = whole
        wanted += [Wanted(tool, each) for each in calls]
    return wanted


def _completed(tool: Tool, own: dict[str, Any], whole: Mapping[str, Any]) -> dict[str, Any]:
    """Return a part's arguments with those that only the whole names; a writing tool takes less."""
    if tool.writes and is_complete(tool, own):
        return own
    needless = needless_arguments(tool, own)
    return {**{name: value for name, value in whole.items() if name not in needless}, **own}
