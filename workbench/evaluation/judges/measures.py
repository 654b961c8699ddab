"""Figures of verdicts against people's, with 95% intervals that respect clusters.

Kappa and correlations are functions of sums over items, so that a bootstrap resample is a weighting
of the clusters' sums.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.evaluation.statistics.intervals import RESAMPLES, SEED, share_interval

Array = NDArray[np.float64]
Statistic = Callable[[Array], Array]
"""Takes sums (..., columns) and returns figures (...); NaN where a figure is not defined."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95% interval; all `None` where it is not defined."""

    value: float | None = None
    low: float | None = None
    high: float | None = None

    def as_json(self) -> dict[str, float | None]:
        """Return it with four decimals."""
        ends = {"value": self.value, "low": self.low, "high": self.high}
        return {name: None if end is None else round(end, 4) for name, end in ends.items()}


UNDEFINED = Estimate()


def confusion(truths: Sequence[bool], said: Sequence[bool]) -> Array:
    """Return one row an item: true positive, false negative, false positive, true negative."""
    truth, verdict = np.asarray(truths, dtype=bool), np.asarray(said, dtype=bool)
    cells = (truth & verdict, truth & ~verdict, ~truth & verdict, ~truth & ~verdict)
    return np.stack(cells, axis=-1).astype(float)


def kappa(sums: Array) -> Array:
    """Return Cohen's kappa: agreement beyond chance (Cohen, 1960).

    Args:
        sums: The four counts of `confusion` in the last axis.
    """
    total = sums.sum(-1)
    people, said = sums[..., 0] + sums[..., 1], sums[..., 0] + sums[..., 2]
    seen = _ratio(sums[..., 0] + sums[..., 3], total)
    chance = _ratio(people * said + (total - people) * (total - said), total * total)
    return _ratio(seen - chance, 1 - chance)


def kappa_of(truths: Sequence[bool], said: Sequence[bool]) -> float:
    """Return Cohen's kappa of verdicts; 0 where it is not defined."""
    value = float(kappa(confusion(truths, said).sum(0)))
    return 0.0 if np.isnan(value) else value


def kappa_lead(sums: Array) -> Array:
    """Return the kappa of the first four columns less that of the next four."""
    return kappa(sums[..., :4]) - kappa(sums[..., 4:8])


def correlation(sums: Array) -> Array:
    """Return Pearson's correlation from the sums of 1, x, y, xx, yy and xy."""
    n, x, y, xx, yy, xy = (sums[..., column] for column in range(6))
    spread = np.sqrt(np.clip(n * xx - x * x, 0, None) * np.clip(n * yy - y * y, 0, None))
    return _ratio(n * xy - x * y, np.where(spread > _NO_SPREAD, spread, 0.0))


_NO_SPREAD = 1e-9


def mean_of(sums: Array) -> Array:
    """Return the mean from the sums of 1 and x."""
    return _ratio(sums[..., 1], sums[..., 0])


def estimate(statistic: Statistic, rows: Array, clusters: Sequence[Hashable]) -> Estimate:
    """Return a figure with its percentile bootstrap interval (Efron, 1979), by whole clusters.

    Resamples in which the figure is not defined are left out.

    Args:
        statistic: The figure, a function of the rows' sums.
        rows: One row an item.
        clusters: The cluster of each item.
    """
    value = float(statistic(rows.sum(0))) if len(rows) else np.nan
    if np.isnan(value):
        return UNDEFINED
    drawn = statistic(_resampled(rows, clusters))
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Estimate(value, float(low), float(high))


def share(hits: Sequence[bool], clusters: Sequence[Hashable]) -> Estimate:
    """Return a share with Wilson's interval at the effective sample size of the clusters.

    A bootstrap of 20 successes in 20 would say that a failure is impossible.
    """
    if not hits:
        return UNDEFINED
    values = [float(hit) for hit in hits]
    return Estimate(sum(values) / len(values), *share_interval(values, clusters))


def _resampled(rows: Array, clusters: Sequence[Hashable]) -> Array:
    index = {name: place for place, name in enumerate(dict.fromkeys(clusters))}
    sums = np.zeros((len(index), rows.shape[1]))
    np.add.at(sums, [index[name] for name in clusters], rows)
    generator = np.random.default_rng(SEED)
    weights = generator.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=RESAMPLES)
    drawn: Array = weights @ sums
    return drawn


def _ratio(above: Any, below: Any) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.asarray(below) == 0, np.nan, np.divide(above, below))
