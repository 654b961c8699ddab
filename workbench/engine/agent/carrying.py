"""What a follow-up leaves out: the room, the guest or the day that was asked about before."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from workbench.engine.tools.arguments import carried_values
from workbench.engine.tools.tool import Tool


def carry_over(question: str, earlier: str, tools: Mapping[str, Tool], today: date) -> str:
    """Return a question with what it leaves out of the one before it, in brackets.

    What rules find in the question before and not in this one is added: "and what did he ask for?"
    becomes "and what did he ask for? (402)".

    Args:
        question: As it was asked.
        earlier: What was asked before; empty where the question stands alone.
        tools: Whose arguments are looked for.
        today: What "tomorrow" counts from.
    """
    if not earlier:
        return question
    own = carried_values(tools, question, today)
    added = [
        _written(value)
        for find, values in carried_values(tools, earlier, today).items()
        if find not in own
        for value in values
    ]
    return f"{question} ({', '.join(dict.fromkeys(added))})" if added else question


def _written(value: Any) -> str:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value).replace("_", " ")
