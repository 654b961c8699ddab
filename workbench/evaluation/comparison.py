"""Two runs side by side, paired by item id."""

import math
from collections.abc import Sequence
from typing import Any

from workbench.errors import UsageError
from workbench.evaluation.columns import Pair, PairedColumn, metric_names, paired_column, score_of
from workbench.evaluation.differences import differing, factor_warnings, other_questions
from workbench.evaluation.results import Results
from workbench.evaluation.statistics.multiple import holm
from workbench.evaluation.statistics.paired import change_interval, change_p
from workbench.evaluation.statistics.percentiles import (
    PERCENTILES,
    percentile,
    percentile_change,
)
from workbench.evaluation.summary import finite

TESTED = ("binary", "share")
"""Scales whose differences get a p-value; times and amounts get their intervals alone."""


def shared_pairs(first: Results, second: Results) -> list[Pair]:
    """Return the items that both runs have, in the first run's order.

    Raises:
        UsageError: They share no item.
    """
    shared = [identifier for identifier in first.items if identifier in second.items]
    if not shared:
        raise UsageError(
            f"runs {first.run} and {second.run} share no item", "compare runs of one question set"
        )
    return [(first.items[identifier], second.items[identifier]) for identifier in shared]


def compare(first: Results, second: Results) -> dict[str, Any]:
    """Compare two runs over the items that both have; differences are second minus first.

    A pair counts for a metric when both runs scored it; the others are counted as unpaired, and
    bound the difference from the worst that they might have been to the best. `p` is McNemar's
    exact one for verdicts of 0 or 1, else that of sign flips; `p_holm` is adjusted over all
    metrics that are tested here.

    Raises:
        UsageError: The runs share no item.
    """
    pairs = shared_pairs(first, second)
    names = metric_names([*first.items.values(), *second.items.values()])
    columns = {name: paired_column(name, pairs) for name in names}
    metrics = {name: _figures(found) for name, found in columns.items()}
    tested = {name: figures["p"] for name, figures in metrics.items() if "p" in figures}
    for name, adjusted in holm(tested).items():
        metrics[name]["p_holm"] = adjusted
    return {
        "run_a": first.run,
        "run_b": second.run,
        "n": len(pairs),
        "only_a": len(first.items) - len(pairs),
        "only_b": len(second.items) - len(pairs),
        "metrics": metrics,
        "flips": [flip for name in names for flip in _flips(name, columns[name])],
        "differs": differing(first.fingerprint, second.fingerprint),
        "warnings": _warnings(first, second),
    }


def _warnings(first: Results, second: Results) -> list[str]:
    before, after = first.fingerprint, second.fingerprint
    other = ["the runs are of different question sets"] if other_questions(before, after) else []
    return other + factor_warnings(before, after)


def _figures(found: PairedColumn) -> dict[str, Any]:
    figures: dict[str, Any] = {"n": len(found.pairs), "unpaired": len(found.unpaired)}
    if not found.pairs:
        return figures | {"mean_a": None, "mean_b": None, "difference": None}
    changes = found.changes()
    low, high = change_interval(changes)
    figures |= {
        "mean_a": math.fsum(found.before) / len(found.before),
        "mean_b": math.fsum(found.after) / len(found.after),
        "difference": changes.mean,
        "low": finite(low),
        "high": finite(high),
        "clusters": len(set(changes.clusters or range(len(changes.values)))),
    }
    figures |= dict(zip(("worst_low", "worst_high"), _bounds(found), strict=True))
    if found.metric.scale == "seconds":
        figures["percentiles"] = _percentiles(found)
    if found.metric.scale in TESTED:
        progress = found.progress()
        figures |= {"lost": progress.lost, "gained": progress.gained, "p": change_p(progress)}
    return figures


def _bounds(found: PairedColumn) -> tuple[float | None, float | None]:
    """Return the difference if every missing score were the one extreme, or the other."""
    if not found.bounded:
        return None, None
    least = most = math.fsum(found.changes().values)
    for pair in found.missing:
        before, after = (score_of(item, found.metric.name).value for item in pair)
        least += (0.0 if after is None else after) - (1.0 if before is None else before)
        most += (1.0 if after is None else after) - (0.0 if before is None else before)
    n = len(found.pairs) + len(found.missing)
    return least / n, most / n


def _percentiles(found: PairedColumn) -> dict[str, dict[str, float | None]]:
    clusters = found.changes().clusters
    figures = {}
    for p in PERCENTILES:
        before, after = (percentile(values, p / 100) for values in (found.before, found.after))
        ends = percentile_change(found.before, found.after, p / 100, clusters) or (None, None)
        figures[f"p{p}"] = {
            "a": before,
            "b": after,
            "difference": after - before,
            "low": ends[0],
            "high": ends[1],
        }
    return figures


def _flips(name: str, found: PairedColumn) -> list[dict[str, Any]]:
    """Return the items whose verdict changed, with both verdicts."""
    if found.metric.scale != "binary":
        return []
    scored: Sequence[tuple[Pair, float, float]] = list(
        zip(found.pairs, found.before, found.after, strict=True)
    )
    return [
        {"id": pair[1].id, "metric": name, "before": before, "after": after}
        for pair, before, after in scored
        if before != after
    ]
