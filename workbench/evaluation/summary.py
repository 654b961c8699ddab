"""A run in figures: for each metric its mean, interval, number of items and coverage."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from workbench.evaluation.bootstrap import bootstrap_mean
from workbench.evaluation.metrics.scores import METRICS, PROPORTIONS, TIMES
from workbench.evaluation.results import Item, Results
from workbench.evaluation.statistics import percentile, wilson


def summarise(results: Results, asked: Collection[str]) -> dict[str, Any]:
    """Return the figures of a run as plain JSON types.

    Args:
        results: What there is of the run.
        asked: The ids of the questions that the run is about.
    """
    items = [results.items[identifier] for identifier in asked if identifier in results.items]
    return {
        "run": results.run,
        "suite": results.suite,
        "n": len(asked),
        "complete": sum(item.answered for item in items) == len(asked),
        "outcomes": dict(Counter(item.outcome for item in items)),
        "metrics": {name: metric_figures(name, items) for name in METRICS},
        "fingerprint": results.fingerprint,
    }


def metric_figures(name: str, items: Sequence[Item]) -> dict[str, float | int | None]:
    """Return a metric's mean with its 95% interval.

    The interval is Wilson's for proportions, and a bootstrap over clusters otherwise. Coverage is
    the share of the items to which the metric applies that were scored. Where nothing was scored,
    mean and interval are null; where the metric applies to no item, coverage is null too.
    """
    scored = [item for item in items if item.metrics[name].status == "scored"]
    values = [item.metrics[name].value or 0.0 for item in scored]
    applicable = sum(item.metrics[name].status != "not_applicable" for item in items)
    figures: dict[str, float | int | None] = {
        "mean": sum(values) / len(values) if values else None,
        "low": None,
        "high": None,
        "n": len(values),
        "coverage": len(values) / applicable if applicable else None,
    }
    if values:
        clusters = [item.cluster or item.id for item in scored]
        figures["low"], figures["high"] = _interval(name, values, clusters)
        if name in TIMES:
            figures |= {f"p{p}": percentile(values, p / 100) for p in (50, 95, 99)}
    return figures


def _interval(name: str, values: list[float], clusters: list[str]) -> tuple[float, float]:
    if name in PROPORTIONS:
        return wilson(round(sum(values)), len(values))
    return bootstrap_mean(values, clusters)
