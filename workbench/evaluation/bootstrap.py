"""Bootstrap intervals for means, by whole clusters."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
SEED = 20_261_121
_BATCH = 500


def bootstrap_mean(
    values: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a mean (Efron, 1979).

    Whole clusters are drawn, so that items that share a document or a conversation do not count
    as independent. The draws are seeded: the same values give the same interval. For a paired
    comparison, give the differences.

    Args:
        values: One number an item; at least one.
        clusters: The cluster of each item; each item is its own when `None`.
        confidence: The two-sided confidence.

    Returns:
        The lower and the upper end.
    """
    names = list(range(len(values))) if clusters is None else list(clusters)
    index = {name: position for position, name in enumerate(dict.fromkeys(names))}
    place = [index[name] for name in names]
    sums = np.bincount(place, weights=np.asarray(values, dtype=float))
    sizes = np.bincount(place)
    tail = (1 - confidence) / 2 * 100
    low, high = np.percentile(_resampled_means(sums, sizes), [tail, 100 - tail])
    return float(low), float(high)


def _resampled_means(sums: NDArray[Any], sizes: NDArray[Any]) -> NDArray[np.float64]:
    generator = np.random.default_rng(SEED)
    means = []
    for _ in range(RESAMPLES // _BATCH):
        drawn = generator.integers(len(sums), size=(_BATCH, len(sums)))
        means.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    return np.concatenate(means)
