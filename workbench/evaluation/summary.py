"""A run in figures: for each metric its mean, interval, number of items and coverage."""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from workbench.evaluation.columns import Column, column, metric_names
from workbench.evaluation.details import details
from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.results import Item, Results
from workbench.evaluation.statistics.percentiles import percentile_figures
from workbench.evaluation.suites.kinds import KINDS

_ASKED_AGAIN = ("judge_timeout", "system_error")
"""How a judged metric ends for now: the next time it may end otherwise."""

Figures = dict[str, float | int | None]


def summarise(results: Results, asked: Collection[str] | None = None) -> dict[str, Any]:
    """Return the figures of a run as plain JSON types.

    A run is complete where every question is answered and every metric of its suite has ended: with
    a number, with a reply that cannot be read, or as not applicable.

    Args:
        results: What there is of the run.
        asked: The ids of the questions that the run is about; as the results say by default.
    """
    about = list(results.asked or results.items) if asked is None else list(asked)
    items = [results.items[identifier] for identifier in about if identifier in results.items]
    return {
        "run": results.run,
        "suite": results.suite,
        "n": len(about),
        "complete": len(items) == len(about) and _complete(results, items),
        "outcomes": dict(Counter(item.outcome for item in items)),
        "metrics": {name: metric_figures(name, items) for name in metric_names(items)},
        **details(items),
        "fingerprint": results.fingerprint,
    }


def _complete(results: Results, items: Sequence[Item]) -> bool:
    """Tell whether all is answered and measured that the suite measures.

    What a model decides comes after the answers, so it may be missing altogether, as where the
    budget ended first; and what the judge could not be asked is asked again by `--resume`.
    """
    suite = results.fingerprint.get("suite_definition") or {}
    measured = suite.get("metrics") or KINDS.get(suite.get("kind", ""), ())
    found = set(metric_names(items))
    wanted = [name for name in measured if _afterwards(name) or name in found]
    return all(item.answered and all(_ended(item, name) for name in wanted) for item in items)


def _afterwards(name: str) -> bool:
    return metric_named(name).judged or name.startswith("ragas_")


def _ended(item: Item, name: str) -> bool:
    score = item.metrics.get(name)
    return score is not None and not (_afterwards(name) and score.status in _ASKED_AGAIN)


def metric_figures(name: str, items: Sequence[Item]) -> Figures:
    """Return a metric's mean with its 95% interval, over the items that were run.

    Where a score is missing, the mean counts it as the worst (0 of a share; 1 where less is
    better), as TREC counts a topic without a result: neither a judge's garbage nor a crash can
    raise it. `mean_scored` leaves the missing out; `worst_low` and `worst_high` are the means if
    all of them were 0 or 1; the interval reaches over both. Times and amounts have no worst, so
    their mean is that of the scored.

    The interval is Wilson's for verdicts of 0 or 1, else the wider of a cluster bootstrap's and a
    cluster t's. Where nothing was scored, all these are null; an end that nothing bounds is null.
    Coverage is the share of the items to which the metric applies that were scored, null where it
    applies to none. Times have percentiles with intervals, of the scored.
    """
    found = column(name, items)
    figures: Figures = {
        "mean": None,
        "low": None,
        "high": None,
        "n": len(found.values),
        "coverage": found.coverage,
        "mean_scored": None,
        "worst_low": None,
        "worst_high": None,
    }
    if found.values:
        figures |= _means(found)
        if found.metric.scale == "seconds":
            figures |= percentile_figures(found.values)
    return figures


def _means(found: Column) -> Figures:
    if not found.bounded:
        low, high = found.interval()
        mean = found.mean()
        return {"mean": mean, "mean_scored": mean, "low": finite(low), "high": finite(high)}
    least, most = found.filled(0.0), found.filled(1.0)
    low, high = least.interval()
    if found.missing:
        high = most.interval()[1]
    return {
        "mean": (least if found.metric.higher_is_better else most).mean(),
        "mean_scored": found.mean(),
        "low": low,
        "high": high,
        "worst_low": least.mean(),
        "worst_high": most.mean(),
    }


def finite(value: float) -> float | None:
    """Return a number, or `None` where nothing bounds it, as JSON has no infinity."""
    return value if math.isfinite(value) else None
