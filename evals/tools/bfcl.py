"""Tasks of the Berkeley Function Calling Leaderboard: what is asked, which functions there are.

The set (Patil et al., "The Berkeley Function Calling Leaderboard", ICML 2025; Apache-2.0) stays
outside the repository: `WORKBENCH_PUBLIC_DATA` names the folder that holds `bfcl/`. Only parts
with one call or none at all are read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import ConfigError, UsageError
from workbench.evaluation.retrieval_sets import public_data
from workbench.json_lines import filled_lines, read_object_at

FOLDER = "bfcl"
SCORED = ("simple_python", "multiple", "irrelevance")
"""Parts that are only scored."""
TUNED = ("live_simple", "live_multiple", "live_irrelevance")
"""Parts on which thresholds and prompts may be chosen."""
PARTS = (*SCORED, *TUNED)

Function = Mapping[str, Any]
"""A function as the set describes it: name, description, parameters with the set's own types."""
Accepted = Mapping[str, Sequence[Any]]
"""By argument the values that are right; "" among them means that it may be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One request with the functions that are offered.

    Attributes:
        id: Unique within the set.
        part: One of `PARTS`.
        messages: The chat: objects with `role` and `content`.
        functions: What may be called; there may be none.
        wanted: The name of the function that is to be called; empty where none is.
        accepted: The accepted values of its arguments.
    """

    id: str
    part: str
    messages: tuple[Mapping[str, str], ...]
    functions: tuple[Function, ...]
    wanted: str = ""
    accepted: Accepted

    @property
    def text(self) -> str:
        """What is asked, as one text."""
        return "\n".join(message["content"] for message in self.messages)

    def function(self, name: str) -> Function:
        """Return the function of a name.

        Raises:
            KeyError: There is none.
        """
        for function in self.functions:
            if function["name"] == name:
                return function
        raise KeyError(name)


def load_part(part: str) -> list[Task]:
    """Read a part of the set, in its order.

    Raises:
        ConfigError: The set is not there.
        UsageError: A line is no task, or an answer is missing.
    """
    if part not in PARTS:
        raise UsageError(f"there is no part {part!r}", f"the parts are {', '.join(PARTS)}")
    path = public_data() / FOLDER / f"{part}.jsonl"
    if not path.is_file():
        raise ConfigError(f"{path} is not there", "put the set into the folder of public data")
    answers = _answers(path.with_name(f"answers_{path.name}")) if _wants_calls(part) else {}
    return [
        _task(part, read_object_at(line, f"{path}, line {number}"), answers)
        for number, line in filled_lines(path, "tasks")
    ]


def _wants_calls(part: str) -> bool:
    return not part.endswith("irrelevance")


def _answers(path: Path) -> dict[str, Mapping[str, Accepted]]:
    """Return by id the one call that is right."""
    if not path.is_file():
        raise ConfigError(f"{path} is not there", "put the set into the folder of public data")
    found: dict[str, Mapping[str, Accepted]] = {}
    for number, line in filled_lines(path, "answers"):
        record = read_object_at(line, f"{path}, line {number}")
        [found[record["id"]]] = record["ground_truth"]
    return found


def _task(
    part: str, record: Mapping[str, Any], answers: Mapping[str, Mapping[str, Accepted]]
) -> Task:
    [messages] = record["question"]
    if _wants_calls(part) and record["id"] not in answers:
        raise UsageError(f"the answer of {record['id']} is missing", f"see the part {part}")
    [(name, accepted)] = answers.get(record["id"], {"": {}}).items()
    return Task(
        id=record["id"],
        part=part,
        messages=tuple(messages),
        functions=tuple(record["function"]),
        wanted=name,
        accepted=accepted,
    )
