"""Exact comparisons of a count with a baseline.

Two Poisson counts of exposures e and e0 have equal rates exactly when, of their sum, the first is
binomial with the share e / (e + e0) (Przyborowski and Wilenski 1940, "Homogeneity of results in
testing samples from Poisson series"). An exposure is a number of lines or of minutes; for shares
of lines the test is conservative, as the exact law is then narrower.

Lines of a log come in clumps. Counts are divided by their index of dispersion first, which gives
them the information of that many independent ones (Rao and Scott 1992, "A simple method for the
analysis of clustered binary data").
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc

Floats = NDArray[np.float64]


def raised(
    count: ArrayLike, exposure: ArrayLike, count0: ArrayLike, exposure0: ArrayLike
) -> Floats:
    """Return how likely a count at least this high is when the rate is the baseline's.

    Args:
        count: What is judged, above 0; need not be whole.
        exposure: Over how many lines or minutes.
        count0: The baseline's.
        exposure0: The baseline's.
    """
    here, before = np.asarray(count, float), np.asarray(count0, float)
    return np.asarray(betainc(here, before + 1.0, _share(exposure, exposure0)), float)


def lowered(
    count: ArrayLike, exposure: ArrayLike, count0: ArrayLike, exposure0: ArrayLike
) -> Floats:
    """Return how likely a count at most this high is when the rate is the baseline's.

    The baseline's count is above 0; see `raised`.
    """
    here, before = np.asarray(count, float), np.asarray(count0, float)
    return np.asarray(betainc(before, here + 1.0, 1.0 - _share(exposure, exposure0)), float)


def dispersion(count: float, squares: float, exposure: float, windows: float) -> float:
    """Return how many times more counts of windows vary than independent lines would, at least 1.

    It is Pearson's statistic over its degrees of freedom; 1 where too few windows tell.

    Args:
        count: The sum of the windows' counts.
        squares: The sum of their squares, each divided by its window's exposure.
        exposure: The sum of their exposures, lines or windows.
        windows: How many windows have an exposure.
    """
    if windows < 3 or not count:
        return 1.0
    statistic = pearson(np.array([count]), np.array([squares]), np.array([exposure]))
    return max(1.0, float(statistic[0]) / (windows - 1))


def pearson(counts: ArrayLike, squares: ArrayLike, exposures: ArrayLike) -> Floats:
    """Return the sums of (count - expected)**2 / expected over windows; see `dispersion`.

    As the expected counts add up to the counts, it is the sum of count**2 / expected less the
    count.
    """
    sums = np.asarray(counts, float)
    return np.asarray(np.asarray(squares, float) * exposures / sums - sums, float)


def _share(exposure: ArrayLike, exposure0: ArrayLike) -> Floats:
    here = np.asarray(exposure, float)
    return np.asarray(here / (here + np.asarray(exposure0, float)), float)
