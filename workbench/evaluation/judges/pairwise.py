"""Which of two answers is better, asked in both orders."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from workbench.evaluation.judges.client import Judge
from workbench.evaluation.metrics.score import Score

Better = Literal["first", "second", "neither"]


@dataclass(frozen=True, slots=True)
class Preference:
    """What a judge says of two answers.

    Attributes:
        shown_first: 1 where it prefers the first answer while that one is shown first.
        shown_second: 1 where it prefers the first answer while that one is shown second.
    """

    shown_first: Score
    shown_second: Score

    @property
    def failed(self) -> Score | None:
        """The first of the two that has no value."""
        both = (self.shown_first, self.shown_second)
        return next((score for score in both if score.status != "scored"), None)

    @property
    def better(self) -> Better | None:
        """The better answer; neither where the order decided, `None` where a call failed."""
        if self.failed:
            return None
        if self.shown_first.value != self.shown_second.value:
            return "neither"
        return "first" if self.shown_first.value else "second"


async def judge_preference(
    judge: Judge, question: str, first: str, second: str, reference: str = ""
) -> Preference:
    """Ask which of two answers is better, once in each order, at the same time.

    Args:
        judge: Who decides.
        question: What both answers answer.
        first: One answer.
        second: The other one.
        reference: A right answer, where there is one.
    """
    shared = {
        "question": question,
        "reference": f"Reference answer:\n{reference}\n\n" if reference else "",
    }
    straight, turned = await asyncio.gather(
        judge.ask("preference", {**shared, "first": first, "second": second}),
        judge.ask("preference", {**shared, "first": second, "second": first}),
    )
    return Preference(straight, _opposite(turned))


def _opposite(score: Score) -> Score:
    if score.value is None:
        return score
    return Score(score.status, 1.0 - score.value, score.reason)
