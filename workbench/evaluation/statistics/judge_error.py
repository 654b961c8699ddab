"""A judge that errs: how far people agree with it, and what its verdicts are worth."""

from dataclasses import dataclass

import numpy as np

from workbench.evaluation.statistics.intervals import RESAMPLES, SEED, Interval, wilson


@dataclass(frozen=True, slots=True)
class Labels:
    """How a judge's verdicts fall on what people said, in counts.

    Attributes:
        both: Both say yes.
        only_judge: The judge says yes, people say no.
        only_people: People say yes, the judge says no.
        neither: Both say no.
    """

    both: int
    only_judge: int
    only_people: int
    neither: int

    @property
    def n(self) -> int:
        """All labels."""
        return self.both + self.only_judge + self.only_people + self.neither

    @property
    def sensitivity(self) -> float | None:
        """The judge's yes among people's; `None` where people never say yes."""
        said = self.both + self.only_people
        return self.both / said if said else None

    @property
    def specificity(self) -> float | None:
        """The judge's no among people's; `None` where people never say no."""
        said = self.neither + self.only_judge
        return self.neither / said if said else None

    @property
    def base_rate(self) -> float | None:
        """People's yes among all."""
        return (self.both + self.only_people) / self.n if self.n else None

    def sensitivity_interval(self) -> Interval:
        """Return Wilson's interval of the sensitivity."""
        return wilson(self.both, self.both + self.only_people)

    def specificity_interval(self) -> Interval:
        """Return Wilson's interval of the specificity."""
        return wilson(self.neither, self.neither + self.only_judge)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95% interval."""

    value: float
    low: float
    high: float


def sample_inflation(sensitivity: float, specificity: float) -> float:
    """Return how many times more items a judge needs than people would for the same difference.

    A true difference is seen (sensitivity + specificity - 1) times as large.

    Raises:
        ValueError: The judge is no better than chance.
    """
    shrunk = sensitivity + specificity - 1
    if shrunk <= 0:
        raise ValueError("a judge that is no better than chance shows nothing")
    return 1 / shrunk**2


def corrected_share(positives: int, n: int, labels: Labels) -> Estimate | None:
    """Return the true share behind a judge's, with the doubt about both sets of verdicts.

    (observed + specificity - 1) / (sensitivity + specificity - 1), within 0 to 1 (Rogan and
    Gladen, "Estimating prevalence from the results of a screening test", 1978). The interval is a
    percentile bootstrap of the judged items and of the labels; of zeros and ones, that is a
    binomial draw and one of the table's four counts.

    Args:
        positives: How often the judge said yes.
        n: Out of how many judged items; at least one.
        labels: How the judge does against people.

    Returns:
        `None` where the judge is not shown to be better than chance, so that nothing follows.
    """
    sensitivity, specificity = labels.sensitivity, labels.specificity
    if sensitivity is None or specificity is None or sensitivity + specificity <= 1:
        return None
    generator = np.random.default_rng(SEED)
    observed = generator.binomial(n, positives / n, size=RESAMPLES) / n
    counts = np.array([labels.both, labels.only_judge, labels.only_people, labels.neither])
    both, judge, people, none = generator.multinomial(labels.n, counts / labels.n, RESAMPLES).T
    with np.errstate(divide="ignore", invalid="ignore"):
        right, left = both / (both + people), none / (none + judge)
        drawn = np.clip((observed + left - 1) / (right + left - 1), 0, 1)
    usable = drawn[right + left > 1]
    if len(usable) < 0.95 * RESAMPLES:
        return None
    low, high = np.percentile(usable, [2.5, 97.5])
    value = (positives / n + specificity - 1) / (sensitivity + specificity - 1)
    return Estimate(min(1.0, max(0.0, value)), float(low), float(high))
