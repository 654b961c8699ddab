"""Percentiles of times. They are never averaged over runs."""

import math
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.evaluation.statistics.clusters import Clusters
from workbench.evaluation.statistics.intervals import RESAMPLES, SEED, Interval

PERCENTILES = (50, 95, 99)
_BATCH = 500


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the values lie, interpolated between neighbours."""
    return float(np.percentile(np.asarray(values, dtype=float), 100 * share))


def percentile_figures(values: Sequence[float]) -> dict[str, float | None]:
    """Return p50, p95 and p99 with their 95% intervals, as plain JSON types.

    All are null for no value, and an interval where there are too few for one.
    """
    figures: dict[str, float | None] = {}
    for number in PERCENTILES:
        low, high = (percentile_interval(values, number / 100) if values else None) or (None, None)
        figures[f"p{number}"] = percentile(values, number / 100) if values else None
        figures |= {f"p{number}_low": low, f"p{number}_high": high}
    return figures


def samples_needed(share: float) -> int:
    """Return how many values a percentile needs: ten beyond it, so 200 for p95 and 1,000 for p99.

    With fewer, the percentile is hardly more than the greatest value seen.
    """
    return math.ceil(10 / min(share, 1 - share) - 1e-9)


def percentile_interval(values: Sequence[float], share: float) -> Interval | None:
    """Return the exact 95% interval of a percentile, from the ranks of the values.

    Conover, "Practical Nonparametric Statistics" (1999), section 3.2.

    Returns:
        `None` where there are too few values for one.
    """
    from scipy import stats

    found = stats.quantile_test(list(values), p=share).confidence_interval(0.95)
    if math.isnan(found.low) or math.isnan(found.high):
        return None
    return float(found.low), float(found.high)


def percentile_change(
    before: Sequence[float], after: Sequence[float], share: float, clusters: Clusters | None = None
) -> Interval | None:
    """Return the interval of a percentile's change, by a paired bootstrap of whole clusters.

    Args:
        before: The first system's times, one a pair.
        after: The second's, in the same order.
        share: Which percentile, such as 0.95.
        clusters: The cluster of each pair; each pair is its own when `None`.

    Returns:
        The lower and the upper end of the 95% interval; `None` for fewer than two clusters.
    """
    names: Sequence[Hashable] = range(len(before)) if clusters is None else clusters
    index = {name: position for position, name in enumerate(dict.fromkeys(names))}
    if len(index) < 2:
        return None
    place = np.array([index[name] for name in names])
    generator = np.random.default_rng(SEED)
    even = np.full(len(index), 1 / len(index))
    changes = []
    for _ in range(RESAMPLES // _BATCH):
        weights = generator.multinomial(len(index), even, _BATCH)[:, place]
        changes.append(_weighted(after, weights, share) - _weighted(before, weights, share))
    low, high = np.percentile(np.concatenate(changes), [2.5, 97.5])
    return float(low), float(high)


def _weighted(values: Sequence[float], weights: NDArray[Any], share: float) -> NDArray[Any]:
    """Return the percentile of the values for each row of weights."""
    array = np.asarray(values, dtype=float)
    order = np.argsort(array)
    reached = np.cumsum(weights[:, order], axis=1)
    first = np.argmax(reached >= share * reached[:, -1:], axis=1)
    found: NDArray[Any] = array[order][first]
    return found
