"""Whether an assistant made the calls that a request needs, and what went wrong where it did not.

Arguments are compared as the tool receives them: checked and with its defaults, so that "17:00" and
the time 17:00 are one, and a default that is given is the same as one that is left out. Free texts
(`FREE`) are compared loosely: at least half of the reference's words occur in what was given, in
any case and without diacritics; where the reference gives none, any text will do.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import ValidationError

from workbench.engine.tools import Tool
from workbench.evaluation.metrics.tool_calls import (
    Call,
    tool_argument_accuracy,
    tool_name_accuracy,
)

FREE = ("description", "subject", "body")
"""Arguments that are free text."""
ANY_TOOL = "*"
"""Among the tools that were asked back for: every tool that was not called."""
ENOUGH = 0.5
"""The share of a reference's words that a free text has to hold."""
_ANY_TEXT = "any text at all"

Cause = Literal[
    "wrong tool", "missed tool", "needless tool", "asked back needlessly", "wrong argument",
    "wrong free text",
]  # fmt: skip

Tools = Mapping[str, Tool]


def received(call: Call, tools: Tools) -> Call:
    """Return a call with its arguments as the tool receives them, free texts left out.

    Arguments that the tool refuses stay as they were given.
    """
    arguments = dict(call.arguments)
    if call.name in tools:
        model = tools[call.name].arguments
        free = {name: _ANY_TEXT for name in FREE if name in model.model_fields}
        try:
            # a reference leaves out what is free, such as the text of an e-mail
            checked = model.model_validate({**arguments, **free})
        except ValidationError:
            pass
        else:
            arguments = checked.model_dump(mode="json")
    return Call(call.name, {key: each for key, each in arguments.items() if key not in FREE})


def right_tools(expected: Sequence[Call], made: Sequence[Call]) -> bool:
    """Tell whether exactly the expected tools were called, each as often as expected."""
    return bool(tool_name_accuracy(expected, made))


def right_values(expected: Sequence[Call], made: Sequence[Call], tools: Tools) -> bool:
    """Tell whether exactly the expected calls were made, free texts aside."""
    wanted, found = _received(expected, tools), _received(made, tools)
    return bool(tool_argument_accuracy(wanted, found))


def right_calls(expected: Sequence[Call], made: Sequence[Call], tools: Tools) -> bool:
    """Tell whether exactly the expected calls were made, free texts loosely."""
    if not right_values(expected, made, tools):
        return False
    left = list(made)
    for wanted in expected:
        same = [one for one in left if right_values([wanted], [one], tools)]
        alike = next((one for one in same if _says_the_same(wanted, one)), None)
        if alike is None:
            return False
        left.remove(alike)
    return True


def cause_of(
    expected: Sequence[Call], made: Sequence[Call], asked_back: Iterable[str], tools: Tools
) -> Cause | None:
    """Return what went wrong; `None` where exactly the expected calls were made.

    Args:
        expected: The calls that the request needs.
        made: Those that were made.
        asked_back: The tools that were not called since the operator was asked for an argument.
        tools: Those of the assistant, by name.
    """
    if right_calls(expected, made, tools):
        return None
    missed = Counter(call.name for call in expected) - Counter(call.name for call in made)
    needless = Counter(call.name for call in made) - Counter(call.name for call in expected)
    if missed:
        if {*missed, ANY_TOOL} & set(asked_back):
            return "asked back needlessly"
        return "wrong tool" if needless else "missed tool"
    if needless:
        return "needless tool"
    return "wrong free text" if right_values(expected, made, tools) else "wrong argument"


def _received(calls: Iterable[Call], tools: Tools) -> list[Call]:
    return [received(call, tools) for call in calls]


def _says_the_same(wanted: Call, made: Call) -> bool:
    return all(
        similar(str(wanted.arguments[name]), str(made.arguments.get(name, "")))
        for name in FREE
        if wanted.arguments.get(name)
    )


def similar(wanted: str, given: str) -> bool:
    """Tell whether a free text holds enough of a reference's words."""
    words = _words(wanted)
    return len(words & _words(given)) >= ENOUGH * len(words)


def _words(text: str) -> set[str]:
    folded = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    return set(re.findall(r"\w+", plain))
