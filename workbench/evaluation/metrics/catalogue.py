"""All metrics by name: on which scale each measures, and in which direction it is better."""

from dataclasses import dataclass
from typing import Literal

Scale = Literal["binary", "share", "seconds", "amount"]
"""0 or 1 an item; a number from 0 to 1; a time; an amount of money or of tokens."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's properties.

    Attributes:
        name: Its name in suites and results.
        scale: What its numbers are.
        higher_is_better: Its direction.
        judged: Whether a model decides it.
        embedded: Whether an encoder decides it.
        version: Raised when its definition changes, so that nothing stale is reused.
    """

    name: str
    scale: Scale = "share"
    higher_is_better: bool = True
    judged: bool = False
    embedded: bool = False
    version: int = 1


_ALL = (
    Metric("answer_accuracy", "binary"),
    Metric("answer_f1"),
    Metric("refusal_recall", "binary"),
    Metric("false_refusal", "binary", higher_is_better=False),
    Metric("hit_at_5", "binary"),
    Metric("mrr"),
    Metric("ndcg_at_5"),
    Metric("context_precision"),
    Metric("context_recall"),
    Metric("citation_precision"),
    Metric("citation_recall"),
    Metric("tool_name_accuracy", "binary"),
    Metric("tool_argument_accuracy", "binary"),
    Metric("route_accuracy", "binary"),
    Metric("in_scope_accuracy", "binary"),
    Metric("oos_recall", "binary"),
    Metric("oos_precision", "binary"),
    Metric("queue_s", "seconds", higher_is_better=False),
    Metric("retrieval_s", "seconds", higher_is_better=False),
    Metric("first_token_s", "seconds", higher_is_better=False),
    Metric("token_s", "seconds", higher_is_better=False),
    Metric("latency_total_s", "seconds", higher_is_better=False),
    Metric("prompt_tokens", "amount", higher_is_better=False),
    Metric("completion_tokens", "amount", higher_is_better=False),
    Metric("cost", "amount", higher_is_better=False),
    Metric("ragas_faithfulness", judged=True),
    Metric("ragas_response_relevancy", judged=True, embedded=True),
    Metric("ragas_factual_correctness", judged=True),
    Metric("ragas_answer_accuracy", judged=True),
    Metric("ragas_context_precision", judged=True),
    Metric("ragas_context_recall", judged=True),
    Metric("ragas_noise_sensitivity", higher_is_better=False, judged=True),
    Metric("ragas_semantic_similarity", embedded=True),
    Metric("ragas_rouge"),
    Metric("blame_retrieval", "binary", higher_is_better=False),
    Metric("blame_generation", "binary", higher_is_better=False),
    Metric("judged_correctness", "binary", judged=True),
    Metric("judged_faithfulness", "binary", judged=True),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}


def metric_named(name: str) -> Metric:
    """Return a metric's properties; an unknown one, such as an assistant's own, is a share."""
    return METRICS.get(name, Metric(name))
