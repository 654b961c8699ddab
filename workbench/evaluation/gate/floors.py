"""The floor: what a run must reach by itself; the most that it may be where less is better."""

import math

from workbench.evaluation.columns import Column
from workbench.evaluation.gate.measured import Finding
from workbench.evaluation.statistics.clusters import standard_error
from workbench.evaluation.statistics.intervals import Interval
from workbench.evaluation.statistics.power import items_for_difference

_MOST = 1_000_000
_Z2 = 1.959964**2


def floor_in_unit(found: Column, floor: float) -> float:
    """Return a floor in the metric's own unit; of shares it is given in percent."""
    return floor / 100 if found.metric.scale in ("binary", "share") else floor


def judge_floor(found: Column, interval: Interval, floor: float) -> tuple[Finding, int | None]:
    """Return what a floor says, and how many items would decide where it is undecided.

    PASS if the 95% interval lies above the floor, FAIL if below, else INCONCLUSIVE.

    Args:
        found: The metric over the run's items, of which at least one is scored.
        interval: The mean's 95% interval.
        floor: In the metric's own unit.
    """
    low, high = interval
    above, below = low > floor, high < floor
    good, bad = (above, below) if found.metric.higher_is_better else (below, above)
    where = f"the mean lies from {low:.4g} to {high:.4g}"
    limit = f"the {'floor' if found.metric.higher_is_better else 'ceiling'} is {floor:.4g}"
    if good:
        return Finding("PASS", f"{where}, and {limit}"), None
    if bad:
        return Finding("FAIL", f"{where}, but {limit}"), None
    needed = items_to_decide(found, floor)
    told = f"it needs {needed} items and has {len(found.values)}" if needed else ""
    told = told or "no reasonable number of items decides"
    return Finding("INCONCLUSIVE", f"undecided: {where}, and {limit}; {told}"), needed


def items_to_decide(found: Column, floor: float) -> int | None:
    """Return how many items would decide four times out of five, were the mean as it is.

    Where no two scores differ, it is how many such scores bring Wilson's interval past the floor.

    Returns:
        `None` where that is more than a million, or cannot be known.
    """
    n, mean = len(found.values), found.mean()
    variance = n * standard_error(found.values, found.clusters) ** 2
    distance = abs(mean - floor)
    if not math.isfinite(variance) or distance == 0:
        return None
    needed = items_for_difference(variance, distance)
    if variance == 0 and found.bounded:
        side = floor if mean > floor else 1 - floor
        needed = math.ceil(_Z2 * side / (1 - side)) if side < 1 else _MOST + 1
    return max(n + 1, needed) if needed <= _MOST else None
