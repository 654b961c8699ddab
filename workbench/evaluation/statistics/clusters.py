"""Items that share a document or a conversation: they do not count as independent."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Clusters = Sequence[Hashable]


def cluster_sums(
    values: Sequence[float], clusters: Clusters | None
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the sum of the values and the number of items of each cluster.

    Args:
        values: One number an item.
        clusters: The cluster of each item; each item is its own when `None`.
    """
    names = range(len(values)) if clusters is None else clusters
    index = {name: position for position, name in enumerate(dict.fromkeys(names))}
    place = [index[name] for name in names]
    return np.bincount(place, weights=np.asarray(values, dtype=float)), np.bincount(place)


def shared(clusters: Clusters | None) -> bool:
    """Tell whether any two items share a cluster."""
    return clusters is not None and len(set(clusters)) < len(clusters)


def standard_error(values: Sequence[float], clusters: Clusters | None = None) -> float:
    """Return the standard error of a mean, robust to clusters.

    (1/n) sqrt(sum over clusters of (sum of (s_i - m))^2 * C / (C - 1)), as Inspect AI computes
    it; Miller, "Adding Error Bars to Evals" (2024). Without shared clusters this is s / sqrt(n).

    Returns:
        Infinity for fewer than two clusters, from which nothing can be known.
    """
    sums, sizes = cluster_sums(values, clusters)
    count = len(sums)
    if count < 2:
        return float("inf")
    residuals = sums - sizes * np.mean(values)
    return float(np.sqrt(np.sum(residuals**2) * count / (count - 1)) / len(values))


def design_effect(values: Sequence[float], clusters: Clusters | None = None) -> float:
    """Return by how much clusters raise the variance of a mean; at least 1.

    For equal clusters of m items it estimates 1 + (m - 1) icc (Kish, "Survey Sampling", 1965).
    Where no two values differ it cannot be known, and is 1.
    """
    alone = standard_error(values)
    if not shared(clusters) or alone == 0:
        return 1.0
    return max(1.0, (standard_error(values, clusters) / alone) ** 2)


def effective_size(values: Sequence[float], clusters: Clusters | None = None) -> float:
    """Return how many independent items would tell as much as these.

    n / design effect, times (t(n - 1) / t(C - 1))^2 since few clusters tell the design effect
    badly (Korn and Graubard, "Confidence intervals for proportions with small expected number of
    positive counts", Survey Methodology 24, 1998).

    Returns:
        From 0, for one cluster only, to the number of items.
    """
    if not shared(clusters):
        return float(len(values))
    count = len(set(clusters or ()))
    if count < 2:
        return 0.0
    items, few = (float(stats.t.ppf(0.975, df)) for df in (len(values) - 1, count - 1))
    return len(values) / design_effect(values, clusters) * (items / few) ** 2
