"""The scores of one answer: every metric ends as scored, a system error or not applicable."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from workbench.engine.turn import Turn
from workbench.evaluation.metrics.citations import citation_precision
from workbench.evaluation.metrics.facts import states_facts, token_f1
from workbench.evaluation.metrics.ranking import hit_at, ndcg_at, reciprocal_rank
from workbench.evaluation.metrics.refusal import is_refusal
from workbench.evaluation.questions import Question

Status = Literal["scored", "system_error", "not_applicable"]

PROPORTIONS = ("answer_accuracy", "refusal_recall", "false_refusal", "hit_at_5")
"""Metrics that are 0 or 1 for an item."""
UNFINISHED = ("failed", "cancelled")
"""Outcomes of turns that broke: system errors, not wrong answers."""
TIMES = ("first_token_s", "latency_total_s")
"""Metrics in seconds, shown with percentiles."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a metric says of an item; the value is a number exactly when it is scored."""

    status: Status
    value: float | None = None


def score(question: Question, turn: Turn | None) -> dict[str, Score]:
    """Return every metric's score of a turn; `None` stands for one that could not begin.

    A metric that does not apply to the question is not applicable even where the turn failed; one
    that does is a system error then.
    """
    scores = {}
    for name, (applies, measure) in METRICS.items():
        if not applies(question):
            scores[name] = Score("not_applicable")
        elif turn is None or turn.outcome in UNFINISHED:
            scores[name] = Score("system_error")
        else:
            value = measure(question, turn)
            scores[name] = Score("not_applicable") if value is None else Score("scored", value)
    return scores


def _always(_: Question) -> bool:
    return True


def _has_facts(question: Question) -> bool:
    return question.answerable and bool(question.facts)


def _has_reference(question: Question) -> bool:
    return question.answerable and bool(question.reference.strip())


def _accuracy(question: Question, turn: Turn) -> float:
    return float(states_facts(turn.answer, question.facts, question.forbidden_facts))


def _refused(_: Question, turn: Turn) -> float:
    return float(is_refusal(turn.answer))


def _ranked(measure: Callable[..., float]) -> Callable[[Question, Turn], float]:
    def measured(question: Question, turn: Turn) -> float:
        retrieved = [(source.document, source.page) for source in turn.retrieved]
        return measure(retrieved, question.places)

    return measured


def _citations(_: Question, turn: Turn) -> float | None:
    passages = {
        source.number: f"{source.title}\n{source.heading or ''}\n{source.text}"
        for source in turn.sources
    }
    return citation_precision(turn.answer, passages)


_Measure = Callable[[Question, Turn], float | None]
METRICS: dict[str, tuple[Callable[[Question], bool], _Measure]] = {
    "answer_accuracy": (_has_facts, _accuracy),
    "answer_f1": (_has_reference, lambda q, turn: token_f1(turn.answer, q.reference)),
    "refusal_recall": (lambda q: not q.answerable, _refused),
    "false_refusal": (lambda q: q.answerable, _refused),
    "hit_at_5": (lambda q: bool(q.places), _ranked(hit_at)),
    "mrr": (lambda q: bool(q.places), _ranked(reciprocal_rank)),
    "ndcg_at_5": (lambda q: bool(q.places), _ranked(ndcg_at)),
    "citation_precision": (_always, _citations),
    "first_token_s": (_always, lambda _, turn: turn.timings.first_token),
    "latency_total_s": (_always, lambda _, turn: turn.timings.total),
    "cost": (_always, lambda _, turn: turn.cost.amount),
}
"""By name: for which questions a metric applies, and what it measures; `None`: not applicable."""
