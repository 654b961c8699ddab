"""A run's figures by group: each metric by language, by tag or by what the turns did."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.errors import UsageError
from workbench.evaluation.columns import metric_names
from workbench.evaluation.grouping import FEWEST, GROUPINGS, grouped
from workbench.evaluation.results import Item, Results
from workbench.evaluation.summary import metric_figures
from workbench.evaluation.time_parts import median_parts

_LACKING = {
    "lang": "no item of {} says its language",
    "tag": "no item of {} has a tag",
    "route": "no item of {} says what its turn did",
}
_EXPORT_AGAIN = "baselines keep it since they have groups: export the run again"
_DIGITS = 5
"""Significant digits of the figures that a baseline keeps."""


def figures_by(results: Results, by: str) -> dict[str, Any]:
    """Return the figures of each group as plain JSON types.

    The statistics are those of the whole run (see `summary.metric_figures`), over the group's items
    alone: proportions have Wilson's intervals, as wide as shared clusters demand, and times exact
    intervals of their percentiles.

    Args:
        results: The run.
        by: One of `GROUPINGS`.

    Returns:
        Under "groups" for each its name, number of items, whether those are few, its metrics, and
        the medians of where the time went.

    Raises:
        UsageError: There is no such grouping, or nothing is known of any item.
    """
    if by not in GROUPINGS:
        raise UsageError(f"--by {by!r} is unknown", "use lang, tag or route")
    items = _run_items(results)
    groups = grouped(items, by)
    if not groups:
        raise UsageError(_LACKING[by].format(results.run), _EXPORT_AGAIN)
    return {
        "run": results.run,
        "suite": results.suite,
        "by": by,
        "asked": len(results.asked or results.items),
        "n": len(items),
        "groups": [_group(name, inside) for name, inside in groups.items()],
    }


def known_figures(results: Results) -> list[dict[str, Any]]:
    """Return what `figures_by` gives for every grouping of which something is known."""
    items = _run_items(results)
    return [figures_by(results, by) for by in GROUPINGS if grouped(items, by)]


def short_figures(results: Results) -> dict[str, dict[str, dict[str, list[float | int | None]]]]:
    """Return by grouping, group and metric: mean, ends of the interval and n, where scored."""
    return {
        found["by"]: {group["group"]: _short(group["metrics"]) for group in found["groups"]}
        for found in known_figures(results)
    }


def _run_items(results: Results) -> list[Item]:
    about = results.asked or results.items
    return [results.items[each] for each in about if each in results.items]


def _group(name: str, items: Sequence[Item]) -> dict[str, Any]:
    return {
        "group": name,
        "n": len(items),
        "few": len(items) < FEWEST,
        "metrics": {metric: metric_figures(metric, items) for metric in metric_names(items)},
        "times": median_parts(items),
    }


def _short(metrics: Mapping[str, Any]) -> dict[str, list[float | int | None]]:
    return {
        name: [*(_rounded(figures[key]) for key in ("mean", "low", "high")), figures["n"]]
        for name, figures in metrics.items()
        if figures["n"]
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{_DIGITS}g}")
