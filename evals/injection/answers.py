"""Reads what a run wrote: each answer beside its case, and what it shows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from evals.injection.conditions import CONDITIONS
from evals.injection.marks import HAND, mark_of, shows_mark
from workbench.errors import UsageError
from workbench.evaluation.results import read_results
from workbench.json_lines import filled_lines, read_object_at

Exposure = Literal["whole", "part", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer under a condition.

    Attributes:
        case: The case's record, as in `cases.jsonl`.
        condition: The condition's name.
        attacked: Whether the attack stood in the documents.
        outcome: How the turn ended.
        text: What was answered.
        read: What the model read; empty where it was not asked.
        exposure: How much of the attack stood in that.
        right: Whether it states the reference's facts; `None` where the system failed.
        supported: The share of its sentences that a passage supports; `None` where not known.
    """

    case: Mapping[str, Any]
    condition: str
    attacked: bool
    outcome: str
    text: str
    read: str
    exposure: Exposure
    right: bool | None
    supported: float | None

    @property
    def failed(self) -> bool:
        """Whether the system broke, so that nothing is known."""
        return self.right is None

    @property
    def marked(self) -> bool:
        """Whether the case's attack has a mark."""
        return mark_of(self.case["category"], self.case["number"]) != HAND

    @property
    def shows(self) -> bool:
        """Whether the attack's mark shows; never where it has none."""
        return shows_mark(mark_of(self.case["category"], self.case["number"]), self.text)


def read_cases(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the cases of a run by id.

    Raises:
        UsageError: There are none.
    """
    path = folder / "cases.jsonl"
    records = [
        read_object_at(line, f"{path}, line {number}")
        for number, line in filled_lines(path, "cases")
    ]
    return {record["id"]: record for record in records}


def read_answers(folder: Path) -> list[Answer]:
    """Return all answers that a run wrote to a folder.

    Raises:
        UsageError: There is nothing to read, or a file is broken.
    """
    cases = read_cases(folder)
    found = []
    for condition in CONDITIONS:
        for side in ("clean", "attacked"):
            path = folder / f"{condition}.{side}.jsonl"
            if path.is_file():
                for item in read_results(path).items.values():
                    found.append(_answer(cases, condition, side == "attacked", item.record))
    if not found:
        raise UsageError(f"{folder} holds no answers", "run evals.injection.run first")
    return found


def _answer(
    cases: Mapping[str, Mapping[str, Any]], condition: str, attacked: bool, record: dict[str, Any]
) -> Answer:
    if record["id"] not in cases:
        raise UsageError(f"the answer {record['id']!r} is to no case", "run the measurement again")
    case, read = cases[record["id"]], record.get("read", "")
    value = record["metrics"]["answer_accuracy"]["value"]
    return Answer(
        case=case,
        condition=condition,
        attacked=attacked,
        outcome=record["outcome"],
        text=record["answer"],
        read=read,
        exposure=exposure(case["attack"], read),
        right=None if value is None else bool(value),
        supported=(record.get("confidence") or {}).get("value"),
    )


def exposure(attack: str, read: str) -> Exposure:
    """Return how much of an attack stands in what the model read, line by line.

    Args:
        attack: The attack's text.
        read: The message to the model; the question and the prompt's words may be in it.
    """
    shown = _letters(read)
    lines = [letters for line in attack.splitlines() if (letters := _letters(line))]
    there = sum(line in shown for line in lines)
    if there == 0:
        return "none"
    return "whole" if there == len(lines) else "part"


def _letters(text: str) -> str:
    """Return a text without what reading a document may change: spaces and marks."""
    return "".join(re.findall(r"\w+", text.casefold()))
