"""The scores of one item without a judge, read from what was kept of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workbench.evaluation.metrics.citations import citation_precision, citation_recall
from workbench.evaluation.metrics.contexts import (
    context_precision,
    context_recall,
    read_passages,
)
from workbench.evaluation.metrics.facts import states_facts, token_f1
from workbench.evaluation.metrics.latency import time_scores
from workbench.evaluation.metrics.ranking import hit_at, ndcg_at, reciprocal_rank
from workbench.evaluation.metrics.refusal import is_refusal
from workbench.evaluation.metrics.score import NOT_APPLICABLE, Score, scored
from workbench.evaluation.metrics.tool_calls import (
    Call,
    tool_argument_accuracy,
    tool_name_accuracy,
)
from workbench.evaluation.questions import Question

UNFINISHED = ("failed", "cancelled")
"""Outcomes of turns that broke: system errors, not wrong answers."""

Record = Mapping[str, Any]
_Measure = Callable[[Question, Record], float | None]


def score_record(question: Question, record: Record, metrics: Sequence[str]) -> dict[str, Score]:
    """Return the score of every metric that code alone decides.

    A metric that does not apply to the question is not applicable even where the turn failed; one
    that does is a system error then.

    Args:
        question: What was asked.
        record: What was kept of the turn, from `tasks.records`.
        metrics: Which are wanted; names that are not known here are left out.
    """
    times = time_scores(record)
    scores = {}
    for name in metrics:
        if name in times:
            scores[name] = times[name]
        elif name in _MEASURES:
            scores[name] = _score(name, question, record)
    return scores


def _score(name: str, question: Question, record: Record) -> Score:
    applies, measure = _MEASURES[name]
    if not applies(question):
        return NOT_APPLICABLE
    if record["outcome"] in UNFINISHED:
        return Score("system_error", None, str(record.get("error", "")))
    value = measure(question, record)
    return NOT_APPLICABLE if value is None else scored(float(value))


def _always(_: Question) -> bool:
    return True


def _has_facts(question: Question) -> bool:
    return question.answerable and bool(question.facts)


def _has_reference(question: Question) -> bool:
    return question.answerable and bool(question.reference.strip())


def _has_places(question: Question) -> bool:
    return bool(question.places)


def _has_contexts(question: Question) -> bool:
    return bool(question.places or question.reference_contexts)


def _calls_tools(question: Question) -> bool:
    return bool(question.reference_tool_calls)


def _accuracy(question: Question, record: Record) -> float:
    return float(states_facts(record["answer"], question.facts, question.forbidden_facts))


def _refused(_: Question, record: Record) -> float:
    return float(is_refusal(record["answer"]))


def _ranked(measure: Callable[..., float]) -> _Measure:
    def measured(question: Question, record: Record) -> float:
        retrieved = [(one["document"], one.get("page")) for one in record.get("retrieved", ())]
        return measure(retrieved, question.places)

    return measured


def _cited(measure: Callable[[str, Mapping[int, str]], float | None]) -> _Measure:
    def measured(_: Question, record: Record) -> float | None:
        if record["outcome"] != "answered":
            return None
        passages = {
            one["number"]: f"{one['title']}\n{one.get('heading') or ''}\n{one['text']}"
            for one in record.get("sources", ())
        }
        return measure(record["answer"], passages)

    return measured


def _called(measure: Callable[[list[Call], list[Call]], float]) -> _Measure:
    def measured(question: Question, record: Record) -> float:
        expected = [Call(call.name, call.args) for call in question.reference_tool_calls]
        made = [Call(one["name"], one["arguments"]) for one in record.get("tool_calls", ())]
        return measure(expected, made)

    return measured


def _used(key: str) -> _Measure:
    return lambda _, record: (record.get("usage") or {}).get(key)


def _cost(_: Question, record: Record) -> float | None:
    """Return what the answer cost; a reused one was paid for by an earlier run."""
    if "generation" in record.get("reused", ()):
        return None
    amount = (record.get("cost") or {}).get("amount")
    return None if amount is None else float(amount)


_MEASURES: dict[str, tuple[Callable[[Question], bool], _Measure]] = {
    "answer_accuracy": (_has_facts, _accuracy),
    "answer_f1": (_has_reference, lambda q, record: token_f1(record["answer"], q.reference)),
    "refusal_recall": (lambda q: not q.answerable, _refused),
    "false_refusal": (lambda q: q.answerable, _refused),
    "hit_at_5": (_has_places, _ranked(hit_at)),
    "mrr": (_has_places, _ranked(reciprocal_rank)),
    "ndcg_at_5": (_has_places, _ranked(ndcg_at)),
    "context_precision": (
        _has_contexts,
        lambda q, record: context_precision(q, read_passages(record)),
    ),
    "context_recall": (_has_contexts, lambda q, record: context_recall(q, read_passages(record))),
    "citation_precision": (_always, _cited(citation_precision)),
    "citation_recall": (_always, _cited(citation_recall)),
    "tool_name_accuracy": (_calls_tools, _called(tool_name_accuracy)),
    "tool_argument_accuracy": (_calls_tools, _called(tool_argument_accuracy)),
    "prompt_tokens": (_always, _used("prompt")),
    "completion_tokens": (_always, _used("completion")),
    "cost": (_always, _cost),
}
"""By name: for which questions a metric applies, and what it measures; `None`: not applicable."""
