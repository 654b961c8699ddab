"""Intervals and tests for proportions."""

import math
from statistics import NormalDist


def wilson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
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
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    return low, high


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the two-sided exact p-value of McNemar's test.

    Under the hypothesis that two systems are equally good, a pair on which exactly one succeeds
    favours either with probability one half: p = min(1, 2 P(X <= min(b, c))) with X binomial over
    b + c trials.

    Args:
        only_first: Pairs on which only the first system succeeds (b).
        only_second: Pairs on which only the second one does (c).
    """
    discordant = only_first + only_second
    fewer = min(only_first, only_second)
    tail: int = sum(math.comb(discordant, i) for i in range(fewer + 1))
    probability: float = 2 * tail / 2**discordant
    return min(1.0, probability)


def percentile(values: list[float], share: float) -> float:
    """Return the value below which `share` of the values lie, interpolated between neighbours."""
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)
