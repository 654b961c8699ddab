"""What can be calibrated: a judge, or the metric that needs none."""

from collections.abc import Mapping
from typing import Any, Protocol

from workbench.errors import UsageError
from workbench.evaluation.judges.client import Judge
from workbench.evaluation.judges.correctness import judge_correctness
from workbench.evaluation.judges.faithfulness import judge_faithfulness
from workbench.evaluation.judges.kinds import METRIC, Kind
from workbench.evaluation.judges.labelled import Label
from workbench.evaluation.judges.pairwise import judge_preference
from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.metrics.facts import states_facts
from workbench.evaluation.metrics.score import Score, scored
from workbench.evaluation.questions import Question

ANSWER_METRIC = "answer_accuracy"
"""The judge-free metric that is calibrated like a judge."""


class Subject(Protocol):
    """What gives verdicts on labelled answers."""

    name: str
    judged: bool

    def metric(self, kind: Kind) -> str:
        """Return the metric that its verdicts are of."""
        ...

    def identity(self, kind: Kind) -> dict[str, Any]:
        """Return what decides its verdicts."""
        ...

    async def verdicts(self, kind: Kind, label: Label) -> list[Score]:
        """Return its verdict on a label; for a preference, one for each order."""
        ...


class JudgeSubject:
    """A judge, through the same functions that score a run.

    Args:
        name: The name of its cards.
        judge: The judge.
    """

    judged = True

    def __init__(self, name: str, judge: Judge) -> None:
        self.name = name
        self._judge = judge

    def metric(self, kind: Kind) -> str:
        """Return the metric that its verdicts are of."""
        return METRIC[kind]

    def identity(self, kind: Kind) -> dict[str, Any]:
        """Return its identity with the prompt of this kind alone."""
        whole: Mapping[str, Any] = self._judge.identity
        return {**whole, "prompts": {kind: whole["prompts"][kind]}}

    async def verdicts(self, kind: Kind, label: Label) -> list[Score]:
        """Return its verdict on a label; for a preference, one for each order."""
        if kind == "correctness":
            return [await judge_correctness(self._judge, _question(label), label.answer)]
        if kind == "faithfulness":
            return [await judge_faithfulness(self._judge, label.answer, label.contexts)]
        both = await judge_preference(
            self._judge, label.question, label.answer, label.other, label.reference
        )
        return [both.shown_first, both.shown_second]


class AnswerMetricSubject:
    """`answer_accuracy`, which looks for the facts of the reference."""

    name = ANSWER_METRIC
    judged = False

    def metric(self, kind: Kind) -> str:
        """Return its own name.

        Raises:
            UsageError: The labels are not of correctness.
        """
        if kind != "correctness":
            raise UsageError(
                f"{ANSWER_METRIC} says nothing of {kind}", "choose labels of correctness: evouna"
            )
        return ANSWER_METRIC

    def identity(self, kind: Kind) -> dict[str, Any]:
        """Return the metric's version."""
        return {"metric": self.metric(kind), "version": metric_named(ANSWER_METRIC).version}

    async def verdicts(self, kind: Kind, label: Label) -> list[Score]:
        """Return whether the answer states the facts of the reference."""
        return [scored(float(states_facts(label.answer, label.facts)))]


def _question(label: Label) -> Question:
    facts = [list(forms) for forms in label.facts]
    return Question(id=label.id, user_input=label.question, reference_facts=facts)
