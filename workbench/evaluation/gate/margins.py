"""The margin: whether a run is not worse than its baseline by more than is allowed.

Three verdicts, as in trials of non-inferiority: PASS where the one-sided 95% bound of the paired
difference is above -margin; else FAIL where the drop is significant (one-sided, 5%, adjusted by
Holm over the gate set); else INCONCLUSIVE. A system compared with itself fails at most 5% of the
time for the whole gate set, since McNemar's test and sign flips are exact then.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from workbench.evaluation.columns import PairedColumn
from workbench.evaluation.gate.measured import Finding
from workbench.evaluation.statistics.clusters import standard_error
from workbench.evaluation.statistics.multiple import holm
from workbench.evaluation.statistics.paired import drop_p, lower_bound
from workbench.evaluation.statistics.power import items_for_margin, items_if_unchanged

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Drop:
    """A metric's paired difference beside its margin, turned so that more is better.

    Attributes:
        mean: The difference.
        bound: Its one-sided 95% lower bound.
        margin: How far below 0 that may be.
        p: One-sided, that the run is worse.
        n: The pairs.
        variance: Of one pair's difference, clusters counted in.
        bounded: Whether scores lie from 0 to 1.
    """

    mean: float
    bound: float
    margin: float
    p: float
    n: int
    variance: float
    bounded: bool

    @property
    def allowed(self) -> bool:
        """Whether the run is shown not to be worse by more than the margin."""
        return self.bound > -self.margin


def measure_drop(found: PairedColumn, margin: float) -> Drop:
    """Measure a metric's paired difference.

    Args:
        found: The metric over the pairs, of which there is at least one.
        margin: In percentage points; for times and amounts in percent of the baseline's mean,
            which is taken as known.
    """
    progress = found.progress()
    unit = 1.0 if found.bounded else abs(math.fsum(found.before) / len(found.before))
    n = len(progress.values)
    error = standard_error(progress.values, progress.clusters)
    return Drop(
        mean=progress.mean,
        bound=lower_bound(progress),
        margin=margin / 100 * unit,
        p=drop_p(progress),
        n=n,
        variance=n * error**2 if n > 1 else 0.0,
        bounded=found.bounded,
    )


def adjusted(drops: Mapping[str, Drop], gate_set: Mapping[str, object]) -> dict[str, float]:
    """Return the p-values adjusted over the gate set as declared.

    A metric of the set that could not be measured counts with p = 1, so that what was declared
    decides how strict the test is, not what came of it.
    """
    return holm({name: drops[name].p if name in drops else 1.0 for name in gate_set})


def judge_drop(drop: Drop, p: float, metrics: int) -> tuple[Finding, int | None]:
    """Return what a margin says, and how many items would decide where it is undecided.

    Args:
        drop: The difference.
        p: Its adjusted p-value.
        metrics: How many metrics the gate set has.
    """
    over = f" after Holm over {metrics} metrics" if metrics > 1 else ""
    worst = f"at worst {drop.bound:+.4g}, and the margin is {drop.margin:.4g}"
    if drop.allowed:
        return Finding("PASS", f"not worse than the margin: {worst}"), None
    if p <= ALPHA:
        return Finding("FAIL", f"worse by {-drop.mean:.4g} (p {p:.2g}{over})"), None
    needed = items_to_decide(drop)
    told = (
        f"it needs {needed} items and has {drop.n}" if needed else "no number of such items decides"
    )
    return Finding("INCONCLUSIVE", f"undecided: {worst}; {told}"), needed


def items_to_decide(drop: Drop) -> int | None:
    """Return how many items would decide four times out of five, were the difference as it is.

    Either the bound comes above -margin, for which the distance from there to the difference
    counts, or the drop is significant, for which the difference itself does: the greater of both
    needs fewer items. `None` where nothing is known of the differences.
    """
    if not math.isfinite(drop.variance) or drop.margin <= 0:
        return None
    distance = max(drop.mean + drop.margin, -drop.mean)
    needed = max(drop.n + 1, items_for_margin(drop.variance, distance))
    return max(needed, items_if_unchanged(distance)) if drop.bounded else needed
