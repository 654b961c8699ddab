"""Two systems on the same items: bounds of the difference, and tests of a drop.

What is exact or nearly so is used where it exists: for verdicts that are 0 or 1, McNemar's test
and Tango's score interval, which keep their level even where hardly a pair differs, as a bootstrap
does not. Everything else gets the paired cluster bootstrap, and sign flips of whole clusters.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import optimize, stats

from workbench.evaluation.statistics.clusters import Clusters, cluster_sums, effective_size, shared
from workbench.evaluation.statistics.intervals import RESAMPLES, SEED, Interval, mean_interval

_EDGE = 1e-12


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed from the first system to the second, pair by pair.

    Attributes:
        values: Second minus first, one number a pair; at least one.
        clusters: The cluster of each pair; each pair is its own when `None`.
        bounded: Whether scores lie from 0 to 1, and so changes from -1 to 1.
    """

    values: Sequence[float]
    clusters: Clusters | None = None
    bounded: bool = True
    binary: bool = field(init=False)
    """Whether every pair was lost, gained or did not change."""

    def __post_init__(self) -> None:
        whole = self.bounded and all(value in (-1, 0, 1) for value in self.values)
        object.__setattr__(self, "binary", whole)

    @property
    def mean(self) -> float:
        """The mean change."""
        return math.fsum(self.values) / len(self.values)

    @property
    def lost(self) -> int:
        """How many pairs became less."""
        return sum(value < 0 for value in self.values)

    @property
    def gained(self) -> int:
        """How many became more."""
        return sum(value > 0 for value in self.values)


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the two-sided exact p-value of McNemar's test.

    Under the hypothesis that two systems are equally good, a pair on which exactly one succeeds
    favours either with probability one half: p = min(1, 2 P(X <= min(b, c))) with X binomial over
    b + c trials.

    Args:
        only_first: Pairs on which only the first system succeeds (b).
        only_second: Pairs on which only the second one does (c).
    """
    if only_first + only_second == 0:
        return 1.0
    return float(stats.binomtest(only_first, only_first + only_second).pvalue)


def mcnemar_drop(lost: int, gained: int) -> float:
    """Return the one-sided exact p-value of McNemar's test that the second system is worse."""
    if lost + gained == 0:
        return 1.0
    return float(stats.binomtest(lost, lost + gained, alternative="greater").pvalue)


def score_interval(lost: float, gained: float, n: float, confidence: float = 0.95) -> Interval:
    """Return Tango's score interval for a difference of paired proportions.

    It inverts the score test of (c - b) / n with the nuisance share estimated under each
    hypothesis. At a difference of 0 that test is McNemar's, and without any discordant pair the
    interval still has a width, z^2 / (n + z^2) to either side. Tango, "Equivalence test and
    confidence interval for the difference in proportions for the paired-sample design",
    Statistics in Medicine 17 (1998), equations 24 to 26.

    Args:
        lost: Pairs on which only the first succeeds (b); a fraction at an effective size.
        gained: Pairs on which only the second does (c).
        n: All pairs; (-1, 1) is returned for none.
        confidence: The two-sided confidence.
    """
    if n <= 0:
        return -1.0, 1.0
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    middle = (gained - lost) / n

    def excess(difference: float, side: float) -> float:
        return gained - lost - n * difference - side * z * _spread(lost, gained, n, difference)

    low, high = -1.0, 1.0
    if middle > -1 + _EDGE:
        low = optimize.brentq(excess, -1 + _EDGE, middle - _EDGE, args=(1.0,))
    if middle < 1 - _EDGE:
        high = optimize.brentq(excess, middle + _EDGE, 1 - _EDGE, args=(-1.0,))
    return float(low), float(high)


def _spread(lost: float, gained: float, n: float, difference: float) -> float:
    """Return the standard deviation of c - b if the true difference were `difference`."""
    linear = (2 * n - gained + lost) * difference - lost - gained
    constant = -lost * difference * (1 - difference)
    share_lost = (math.sqrt(max(0.0, linear**2 - 8 * n * constant)) - linear) / (4 * n)
    return math.sqrt(max(0.0, n * (2 * share_lost + difference * (1 - difference))))


def change_interval(changes: Changes, confidence: float = 0.95) -> Interval:
    """Return the interval of the mean change.

    Verdicts of 0 or 1 get Tango's interval, at the effective size where items share clusters (Rao
    and Scott, "A simple method for the analysis of clustered binary data", Biometrics 48, 1992).
    Everything else gets the wider of the cluster bootstrap's and the cluster t's; where scores
    are bounded it is not narrower than if no pair at all had changed, or a few pairs without a
    change would show more than they can.

    Args:
        changes: What changed.
        confidence: The two-sided confidence; the lower end alone has half of what is left, so 0.9
            gives a one-sided bound of 95%.

    Returns:
        The lower and the upper end; infinite for a single cluster that is not bounded.
    """
    n = len(changes.values)
    if changes.binary:
        scale = effective_size(changes.values, changes.clusters) / n
        return score_interval(scale * changes.lost, scale * changes.gained, scale * n, confidence)
    low, high = mean_interval(changes.values, changes.clusters, confidence)
    if not changes.bounded:
        return low, high
    _, half = score_interval(0, 0, n, confidence)
    mean = changes.mean
    return max(-1.0, min(low, mean - half)), min(1.0, max(high, mean + half))


def lower_bound(changes: Changes, confidence: float = 0.95) -> float:
    """Return the one-sided lower bound of the mean change."""
    return change_interval(changes, 2 * confidence - 1)[0]


def drop_p(changes: Changes) -> float:
    """Return the one-sided p-value that the second system is worse."""
    if changes.binary and not shared(changes.clusters):
        return mcnemar_drop(changes.lost, changes.gained)
    return _sign_flips(changes, "less")


def change_p(changes: Changes) -> float:
    """Return the two-sided p-value that the two systems differ."""
    if changes.binary and not shared(changes.clusters):
        return mcnemar(changes.lost, changes.gained)
    return _sign_flips(changes, "two-sided")


def _sign_flips(changes: Changes, alternative: str) -> float:
    """Return the p-value of flipping the signs of whole clusters (Fisher, 1935).

    If both systems are the same, either run might have been the first, cluster by cluster: the
    test holds its level for any number of clusters and any shape of the values.
    """
    sums, _ = cluster_sums(changes.values, changes.clusters)
    moved = sums[np.abs(sums) > _EDGE]
    if len(moved) < 2:
        one_sided = 0.5 if moved.sum() < 0 else 1.0
        return one_sided if alternative == "less" else 1.0
    found = stats.permutation_test(
        (moved,),
        np.sum,
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=500,
        alternative=alternative,
        rng=np.random.default_rng(SEED),
    )
    return float(found.pvalue)
