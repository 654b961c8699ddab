"""What the stored answers used, took and cost, as a text file for Prometheus."""

from collections.abc import Iterator
from typing import Any

from workbench.store.database import Database
from workbench.store.usage import (
    Durations,
    UsedAndSpent,
    durations,
    requests_by_outcome,
    used_and_spent,
)

BUCKETS_S = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
"""The bounds of the histogram: the targets of the first token and the answer among them."""


def metrics_text(database: Database) -> str:
    """Return the metrics of all stored answers in the Prometheus text format.

    Raises:
        DatabaseError: The database went away.
    """
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Stored(database))
    return generate_latest(registry).decode()


class _Stored:
    """A collector of what the store holds."""

    def __init__(self, database: Database) -> None:
        self._requests = requests_by_outcome(database)
        self._used = used_and_spent(database)
        self._durations = durations(database, BUCKETS_S)

    def collect(self) -> Iterator[Any]:
        """Yield the families, each with its samples."""
        from prometheus_client.core import CounterMetricFamily

        requests = CounterMetricFamily(
            "llm_requests", "Answers, however they ended", labels=["assistant", "outcome"]
        )
        for labels, count in self._requests.items():
            requests.add_metric(labels, count)
        yield requests
        yield from _used(self._used)
        yield _took(self._durations)


def _used(used: UsedAndSpent) -> Iterator[Any]:
    from prometheus_client.core import CounterMetricFamily

    tokens = CounterMetricFamily(
        "llm_tokens_used", "Tokens; cached ones are a part of the prompt's", labels=["type"]
    )
    for kind in ("prompt", "completion", "cached"):
        tokens.add_metric([kind], getattr(used, f"{kind}_tokens"))
    yield tokens
    cost = CounterMetricFamily(
        "llm_cost", "Cost of the answers whose price is known", labels=["currency"]
    )
    for currency, amount in used.costs.items():
        cost.add_metric([currency], amount)
    yield cost
    unpriced = CounterMetricFamily(
        "llm_unpriced_requests", "Answers by a model whose price is not known, in no cost"
    )
    unpriced.add_metric([], used.unpriced)
    yield unpriced


def _took(found: Durations) -> Any:
    from prometheus_client.core import HistogramMetricFamily

    buckets = [(str(bound), float(found.within[bound])) for bound in BUCKETS_S]
    family = HistogramMetricFamily(
        "llm_response_duration_seconds", "From the question to the end of its answer"
    )
    family.add_metric([], [*buckets, ("+Inf", float(found.count))], sum_value=found.seconds)
    return family
