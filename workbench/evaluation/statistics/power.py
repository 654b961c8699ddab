"""How small a difference so many items can show, and how many items a margin needs."""

import math

from scipy import stats

ALPHA = 0.05
POWER = 0.8


def detectable_difference(standard_error: float, power: float = POWER) -> float:
    """Return the difference that a two-sided test at 5% finds with the given power.

    (z(0.975) + z(power)) SE, which is 2.80 SE at 80% (Miller, "Adding Error Bars to Evals", 2024).

    Args:
        standard_error: Of the difference.
        power: How often a true difference of that size is found.
    """
    return _z(1 - ALPHA / 2, power) * standard_error


def items_for_difference(variance: float, difference: float, power: float = POWER) -> int:
    """Return how many items a two-sided test at 5% needs to find a difference.

    Args:
        variance: Of one item's difference, from `difference_variance`, or of one item's score.
        difference: What is to be found, in the same unit; not 0.
        power: How often it is to be found.
    """
    return math.ceil(_z(1 - ALPHA / 2, power) ** 2 * variance / difference**2)


def items_for_margin(variance: float, margin: float, power: float = POWER) -> int:
    """Return how many items show that a system is not worse by more than a margin.

    That many keep the one-sided 95% bound of the difference above -margin, with the given power,
    if nothing truly changed: (z(0.95) + z(power))^2 variance / margin^2.

    Args:
        variance: Of one item's difference; of verdicts, the share of them that differs.
        margin: In the same unit, above 0.
        power: How often it is to be shown.
    """
    return math.ceil(_z(1 - ALPHA, power) ** 2 * variance / margin**2)


def items_if_unchanged(margin: float) -> int:
    """Return how many verdicts show the same of a margin if not one of them changes.

    The one-sided 95% bound of `score_interval` is -z^2 / (n + z^2) then.
    """
    squared = float(stats.norm.ppf(1 - ALPHA)) ** 2
    return math.floor(squared * (1 / margin - 1)) + 1


def difference_variance(between: float, within: float, repeats: int = 1) -> float:
    """Return the variance of one item's difference between two systems.

    w^2 + 2 sigma^2 / K, each item's score being the mean of K repeats in both systems: repeats
    lessen the noise only, never the w^2 by which systems differ from item to item (Miller, 2024).

    Args:
        between: w^2.
        within: sigma^2, the variance of one item's score from run to run.
        repeats: K.
    """
    return between + 2 * within / repeats


def share_error(share: float, n: int) -> float:
    """Return the standard error of a proportion."""
    return math.sqrt(share * (1 - share) / n)


def paired_share_error(share: float, correlation: float, n: int) -> float:
    """Return the standard error of a difference of two proportions of the same items.

    Args:
        share: Both proportions.
        correlation: Between the two systems' verdicts on an item; 0 for different items.
        n: How many items.
    """
    return math.sqrt(2 * share * (1 - share) * (1 - correlation) / n)


def flip_error(discordant: float, n: int) -> float:
    """Return the standard error of a difference when that share of the verdicts differs."""
    return math.sqrt(discordant / n)


def mcnemar_power(n: int, discordant: float, difference: float) -> float:
    """Return how often McNemar's exact two-sided test at 5% finds a drop.

    Computed over all numbers of discordant pairs and all ways in which they fall.

    Args:
        n: How many items.
        discordant: The share of items whose verdict differs.
        difference: The true drop, a share, at most `discordant`.
    """
    lost = (discordant + difference) / (2 * discordant)
    total = 0.0
    for pairs in range(n + 1):
        weight = float(stats.binom.pmf(pairs, n, discordant))
        if weight > 1e-9:
            total += weight * _rejected(pairs, lost)
    return total


def _rejected(pairs: int, lost: float) -> float:
    """Return how often the test rejects, given the number of discordant pairs."""
    most = int(stats.binom.ppf(ALPHA / 2, pairs, 0.5))
    if stats.binom.cdf(most, pairs, 0.5) > ALPHA / 2:
        most -= 1
    if most < 0:
        return 0.0
    tails = stats.binom.cdf(most, pairs, lost) + stats.binom.sf(pairs - most - 1, pairs, lost)
    return float(tails)


def mcnemar_detectable(n: int, discordant: float, step: float = 0.005) -> float | None:
    """Return the smallest drop, in steps, that McNemar's exact test finds four times out of five.

    `None` where even a drop in all discordant pairs is not found that often.
    """
    steps = math.floor(discordant / step + 1e-9)
    for number in range(1, steps + 1):
        if mcnemar_power(n, discordant, number * step) >= POWER:
            return number * step
    return None


def most_after_none(n: int) -> float:
    """Return the one-sided 95% upper bound of a share of which none was seen among n.

    About 3 / n: a hundred clean probes show no more than below 3%.
    """
    return float(1 - ALPHA ** (1 / n))


def _z(level: float, power: float) -> float:
    return float(stats.norm.ppf(level) + stats.norm.ppf(power))
