"""The kinds of suites and what each measures when its file does not say."""

from workbench.evaluation.metrics.catalogue import METRICS

_FREE = (
    "answer_accuracy",
    "answer_f1",
    "refusal_recall",
    "false_refusal",
    "hit_at_5",
    "mrr",
    "ndcg_at_5",
    "context_precision",
    "context_recall",
    "citation_precision",
    "citation_recall",
    "tool_name_accuracy",
    "tool_argument_accuracy",
)
_TIMES = ("queue_s", "retrieval_s", "first_token_s", "token_s", "latency_total_s")
_SPENT = ("prompt_tokens", "completion_tokens", "cost")

ROUTED = ("route_accuracy", "in_scope_accuracy", "oos_recall", "oos_precision")
"""What only a routing suite can measure."""

KINDS: dict[str, tuple[str, ...]] = {
    "answers": (*_FREE, *_TIMES, *_SPENT),
    "retrieval": (
        "hit_at_5",
        "mrr",
        "ndcg_at_5",
        "context_precision",
        "context_recall",
        "retrieval_s",
    ),
    "routing": (*ROUTED, "latency_total_s"),
    "latency": _TIMES,
    "cost": (*_SPENT, "latency_total_s"),
}
"""By kind: the metrics, in the order of reports."""

MODEL_FREE = ("retrieval", "routing")
"""Kinds that ask no language model."""

ALWAYS_FRESH = ("latency", "cost")
"""Kinds that measure the work itself, so that no earlier reply is reused."""

ONE_AT_A_TIME = ("latency",)
"""Kinds whose items are asked one after another unless the suite says otherwise."""


def measurable(kind: str) -> tuple[str, ...]:
    """Return the metrics that a suite of a kind can measure."""
    if kind in MODEL_FREE:
        return KINDS[kind]
    return tuple(name for name in METRICS if name not in ROUTED)
