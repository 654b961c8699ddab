"""Calibrating a judge on several labelled sets, card by card; what is finished is kept."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.config import Settings
from workbench.errors import ModelServerError
from workbench.evaluation.judges.calibration import Plan, Progress, calibrate
from workbench.evaluation.judges.cards import write_card
from workbench.evaluation.judges.kinds import Kind
from workbench.evaluation.judges.labelled import LabelledSet
from workbench.evaluation.judges.opening import open_judge
from workbench.evaluation.judges.prompt import variants
from workbench.evaluation.judges.subjects import (
    ANSWER_METRIC,
    AnswerMetricSubject,
    JudgeSubject,
    Subject,
)
from workbench.evaluation.judges.verdicts import VerdictFile
from workbench.locations import workspace_state

UNFINISHED = ("system_error", "judge_timeout")
"""Statuses of calls that another run may mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What is to be calibrated.

    Attributes:
        name: The judge's name, or `answer_accuracy`.
        model: The model or endpoint that judges.
        sets: The labelled sets.
        plan: The samples.
        output: Where cards are written; nowhere when `None`.
    """

    name: str
    model: str
    sets: tuple[LabelledSet, ...]
    plan: Plan
    output: Path | None


async def run_calibration(
    settings: Settings, asked: Calibration, progress: Progress
) -> list[dict[str, Any]]:
    """Make the cards of a judge, each written as soon as it is done.

    On the tuning half, every prompt of a set's kind is tried, the one in use first.

    Raises:
        WorkbenchError: The judge cannot be opened, a set has too few labels, or no call of a set
            gave a verdict.
    """
    cards = []
    async with _subjects(settings, asked, progress) as subjects:
        for labelled in asked.sets:
            for subject in subjects[labelled.kind]:
                card = await calibrate(subject, labelled, asked.plan, progress)
                _check_scored(card)
                if asked.output is not None:
                    write_card(asked.output, card)
                cards.append(card)
    return cards


def unfinished(cards: Sequence[dict[str, Any]]) -> int:
    """Return how many labels another run may still get a verdict on."""
    return sum(card["statuses"].get(status, 0) for card in cards for status in UNFINISHED)


def verdict_file(settings: Settings, name: str) -> Path:
    """Return where a judge's verdicts are kept, so that a calibration can be continued."""
    return workspace_state(settings.workspace) / "judges" / f"{name}.jsonl"


@asynccontextmanager
async def _subjects(
    settings: Settings, asked: Calibration, progress: Progress
) -> AsyncIterator[dict[Kind, list[Subject]]]:
    """Yield what is calibrated on the sets of each kind."""
    kinds: list[Kind] = list(dict.fromkeys(labelled.kind for labelled in asked.sets))
    if asked.name == ANSWER_METRIC:
        yield {kind: [AnswerMetricSubject()] for kind in kinds}
        return
    memo = VerdictFile(verdict_file(settings, asked.name))
    judge = await asyncio.to_thread(open_judge, settings, asked.model, progress, memo)
    tried = {
        kind: [
            judge.with_prompt(kind, prompt)
            for prompt in (variants(kind) if asked.plan.half == "tuning" else [judge.prompts[kind]])
        ]
        for kind in kinds
    }
    try:
        yield {
            kind: [JudgeSubject(asked.name, each) for each in judges]
            for kind, judges in tried.items()
        }
    finally:
        for each in (each for judges in tried.values() for each in judges):
            await each.close()


def _check_scored(card: dict[str, Any]) -> None:
    if card["scored"] == 0:
        statuses = ", ".join(f"{count} {status}" for status, count in card["statuses"].items())
        raise ModelServerError(
            f"{card['judge']} gave no verdict on {card['set']} ({statuses})",
            "see its log: workbench status",
        )
