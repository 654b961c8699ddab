"""How many items, repeats, calls and minutes a margin needs."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from workbench.errors import UsageError
from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.statistics.power import (
    detectable_difference,
    difference_variance,
    items_for_margin,
    items_if_unchanged,
)

CHANGED = (0.05, 0.10, 0.20)
"""Shares of the verdicts that a change of the system is assumed to turn, in either direction."""
REPEATS = (1, 2, 4)


def plan(
    metrics: Iterable[str],
    margin: float,
    noise: Mapping[str, Any] | None = None,
    items: int | None = None,
) -> dict[str, Any]:
    """Return what a margin needs, for each metric, as plain JSON types.

    `n` items keep the one-sided 95% bound of a paired difference above -margin four times out of
    five, if the change did no harm. Each plan assumes how many verdicts the change turns besides
    what noise does; for shares, that is the most that so many changed scores can vary. Times and
    amounts vary by their noise alone. Calls are those of one run: one an item for the answer, and
    at least one for each judged metric.

    Args:
        metrics: What is gated.
        margin: In percentage points; for times and amounts in percent of their mean.
        noise: What `measure_noise` found; without it nothing is known of repeats and minutes, and
            times and amounts cannot be planned.
        items: How many items there are, to say what they can show.

    Raises:
        UsageError: The margin is not above 0 and at most 100, or there is no metric to plan.
    """
    if not 0 < margin <= 100:
        raise UsageError(f"a margin of {margin:g} points cannot be shown", "give one from 0 to 100")
    names = list(dict.fromkeys(metrics))
    if not names:
        raise UsageError("there is no metric to plan", "give the suite a gate or metrics")
    judged = sum(metric_named(name).judged for name in names)
    planned = [_plan_metric(name, margin, noise, items, judged) for name in names]
    return {
        "margin": margin,
        "items": items,
        "noise": list(noise["runs"]) if noise else [],
        "metrics": planned,
    }


def _plan_metric(
    name: str, margin: float, noise: Mapping[str, Any] | None, items: int | None, judged: int
) -> dict[str, Any]:
    known = noise["metrics"].get(name) if noise else None
    share = metric_named(name).scale in ("binary", "share")
    unit = 1.0 if share else abs(known["mean"]) if known else 0.0
    within = known["sd"] ** 2 if known else 0.0
    plans = []
    for repeats in REPEATS if known and within else (1,):
        for changed in CHANGED if share else (0.0,):
            variance = difference_variance(changed, within, repeats)
            n = _items(variance, margin / 100 * unit, share)
            if n is not None:
                cost = _cost(n * repeats, noise, judged)
                shown = _shown(variance, unit, items)
                plans.append(
                    {"repeats": repeats, "changed": changed, "n": n, "detectable": shown, **cost}
                )
    return {"metric": name, "sd": known["sd"] if known else None, "plans": plans}


def _items(variance: float, margin: float, share: bool) -> int | None:
    if margin <= 0 or (not share and variance == 0):
        return None
    found = items_for_margin(variance, margin)
    return max(found, items_if_unchanged(margin)) if share else found


def _shown(variance: float, unit: float, items: int | None) -> float | None:
    """Return the difference in points that the present items find four times out of five."""
    if not items or unit == 0:
        return None
    return 100 * detectable_difference(math.sqrt(variance / items)) / unit


def _cost(answers: int, noise: Mapping[str, Any] | None, judged: int) -> dict[str, Any]:
    seconds = noise.get("seconds_per_item") if noise else None
    minutes = answers * seconds / 60 if seconds else None
    return {"calls": answers * (1 + judged), "minutes": minutes}
