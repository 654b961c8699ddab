"""Intervals of a mean: Wilson's for what is 0 or 1, bootstrap and t for the rest."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from workbench.evaluation.statistics.clusters import (
    Clusters,
    cluster_sums,
    effective_size,
    shared,
    standard_error,
)

RESAMPLES = 10_000
SEED = 20_261_121
_BATCH = 500

Interval = tuple[float, float]


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Return Wilson's score interval for a proportion.

    Wilson, "Probable Inference, the Law of Succession, and Statistical Inference" (JASA 1927).

    Args:
        successes: How often the event happened.
        n: Out of how many trials; (0, 1) is returned for none.
        confidence: The two-sided confidence.

    Returns:
        The lower and the upper end, both within [0, 1].
    """
    if n == 0:
        return 0.0, 1.0
    found = stats.binomtest(successes, n).proportion_ci(confidence, method="wilson")
    return float(found.low), float(found.high)


def share_interval(
    values: Sequence[float], clusters: Clusters | None = None, confidence: float = 0.95
) -> Interval:
    """Return the interval of a proportion whose items may share clusters.

    Wilson's, at the effective sample size; of the intervals for clustered proportions it is among
    those that keep their coverage (Franco, Little, Louis and Slud, Journal of Survey Statistics
    and Methodology 7, 2019).

    Args:
        values: 0 or 1 an item.
        clusters: The cluster of each item; each item is its own when `None`.
        confidence: The two-sided confidence.
    """
    successes = round(sum(values))
    if not shared(clusters):
        return wilson(successes, len(values), confidence)
    from statsmodels.stats.proportion import proportion_confint

    size = effective_size(values, clusters)
    if size == 0:
        return 0.0, 1.0
    count = size * successes / len(values)
    low, high = proportion_confint(count, size, 1 - confidence, method="wilson")
    return float(low), float(high)


def mean_interval(
    values: Sequence[float],
    clusters: Clusters | None = None,
    confidence: float = 0.95,
    bounded: bool = False,
) -> Interval:
    """Return the interval of a mean: the wider of the cluster bootstrap's and the cluster t's.

    The percentile bootstrap follows skewed values but is too narrow for few clusters; the t
    interval with C - 1 degrees of freedom is the cure for that (Cameron, Gelbach and Miller,
    "Bootstrap-Based Improvements for Inference with Clustered Errors", 2008).

    Args:
        values: One number an item; at least one.
        clusters: The cluster of each item; each item is its own when `None`.
        confidence: The two-sided confidence.
        bounded: Whether values lie from 0 to 1, and so the interval too. Values of which no two
            differ then get Wilson's interval at the effective sample size, since a bootstrap would
            give them none.

    Returns:
        The lower and the upper end; infinite for a single cluster that is not bounded.
    """
    if bounded and min(values) == max(values):
        return _unvaried(values, clusters, confidence)
    ends = [bootstrap_mean(values, clusters, confidence), t_interval(values, clusters, confidence)]
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    return (max(low, 0.0), min(high, 1.0)) if bounded else (low, high)


def _unvaried(values: Sequence[float], clusters: Clusters | None, confidence: float) -> Interval:
    from statsmodels.stats.proportion import proportion_confint

    size = effective_size(values, clusters)
    if size == 0:
        return 0.0, 1.0
    low, high = proportion_confint(size * values[0], size, 1 - confidence, method="wilson")
    return max(0.0, float(low)), min(1.0, float(high))


def t_interval(
    values: Sequence[float], clusters: Clusters | None = None, confidence: float = 0.95
) -> Interval:
    """Return Student's interval of a mean, with the cluster-robust standard error.

    Returns:
        The lower and the upper end; infinite for a single cluster.
    """
    count = len(values) if clusters is None else len(set(clusters))
    if count < 2:
        return -np.inf, np.inf
    half = stats.t.ppf(0.5 + confidence / 2, count - 1) * standard_error(values, clusters)
    mean = float(np.mean(values))
    return mean - float(half), mean + float(half)


def bootstrap_mean(
    values: Sequence[float], clusters: Clusters | None = None, confidence: float = 0.95
) -> Interval:
    """Return the percentile bootstrap interval of a mean (Efron, 1979).

    Whole clusters are drawn, so that items that share a document or a conversation do not count
    as independent. The draws are seeded: the same values give the same interval. For a paired
    comparison, give the differences.

    Args:
        values: One number an item; at least one.
        clusters: The cluster of each item; each item is its own when `None`.
        confidence: The two-sided confidence.

    Returns:
        The lower and the upper end; infinite for a single cluster.
    """
    sums, sizes = cluster_sums(values, clusters)
    if len(sums) < 2:
        return -np.inf, np.inf
    found = stats.bootstrap(
        (sums, sizes),
        _mean_of_clusters,
        n_resamples=RESAMPLES,
        batch=_BATCH,
        vectorized=True,
        paired=True,
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return float(found.low), float(found.high)


def _mean_of_clusters(sums: NDArray[Any], sizes: NDArray[Any], axis: int = -1) -> NDArray[Any]:
    means: NDArray[Any] = sums.sum(axis=axis) / sizes.sum(axis=axis)
    return means
