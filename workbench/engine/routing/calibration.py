"""How sure a trained router is of a decision: three ways, of which the data choose one.

- "joint": the probability of exactly the given labels, from the classes' own probabilities;
- "logistic": a logistic curve over that and the distance from the threshold (Platt, 1999);
- "isotonic": the same curve, then made to fit by isotonic regression (Zadrozny and Elkan,
  "Transforming Classifier Scores into Accurate Multiclass Probability Estimates", KDD 2002).

Declining follows a curve of its own. The way is the one with the least expected calibration error
(Guo et al., "On Calibration of Modern Neural Networks", ICML 2017) on decisions that it was not
fitted to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import isotonic_regression, minimize_scalar
from scipy.special import expit, logsumexp

from workbench.engine.routing.features import Array
from workbench.engine.routing.fitting import Confidence, Flags

Way = Literal["joint", "logistic", "isotonic"]
WAYS: tuple[Way, ...] = ("joint", "logistic", "isotonic")
BINS = 15
_FOLDS = 5
_SEED = 20_261_122


@dataclass(frozen=True, slots=True)
class Curves:
    """From the numbers of decisions to how likely they are right.

    Attributes:
        way: One of `WAYS`.
        accepting: The curve where labels are given; over both numbers.
        declining: The curve where none is given; over both numbers.
        steps: For "isotonic", at which values of the curve it is corrected, and to what.
    """

    way: Way
    accepting: Confidence
    declining: Confidence
    steps: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())

    def of(self, numbers: Array, accepted: Flags) -> Array:
        """Return the confidence of decisions.

        Args:
            numbers: For each decision the log-odds of the joint probability and the distance from
                the threshold.
            accepted: Whether it gave labels.
        """
        said = np.where(accepted, _along(self.accepting, numbers), _along(self.declining, numbers))
        if self.way == "joint":
            said = np.where(accepted, expit(numbers[:, 0]), said)
        elif self.way == "isotonic" and self.steps[0]:
            said = np.interp(said, *self.steps)
        return np.clip(said, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The confidence that was chosen.

    Attributes:
        curves: The confidence.
        said: How sure it was of each decision, fitted to the others alone.
        errors: By way the error of what was said so.
    """

    curves: Curves
    said: Array
    errors: dict[str, float]


def fit_curves(numbers: Array, accepted: Flags, right: Flags) -> Calibrated:
    """Fit each way and choose one.

    Args:
        numbers: See `Curves.of`.
        accepted: Whether each decision gave labels.
        right: Whether it was right.
    """
    place = np.random.default_rng(_SEED).permutation(len(right)) % _FOLDS
    every = {way: np.zeros(len(right)) for way in WAYS}
    for way in WAYS:
        said = every[way]
        for fold in range(_FOLDS):
            rest, part = place != fold, place == fold
            curves = _fit(way, numbers[rest], accepted[rest], right[rest])
            said[part] = curves.of(numbers[part], accepted[part])
    errors: dict[str, float] = {way: calibration_error(said, right) for way, said in every.items()}
    best = min(WAYS, key=errors.__getitem__)
    return Calibrated(_fit(best, numbers, accepted, right), every[best], errors)


def calibration_error(said: Array, right: Flags) -> float:
    """Return the expected calibration error, with 15 bins of equal width."""
    place = np.maximum(0, np.ceil(said * BINS) - 1).astype(int)
    gaps = np.bincount(place, said - right, minlength=BINS)
    return float(np.abs(gaps).sum() / max(1, len(said)))


def fit_temperature(logits: Array, wanted: Array, exclusive: bool) -> float:
    """Return what to divide logits by so that they fit best (temperature scaling, Guo et al.).

    Args:
        logits: One row a text, one column a class.
        wanted: 1 where a text is of a class and 0 elsewhere.
        exclusive: Whether classes exclude each other.
    """

    def loss(power: float) -> float:
        scaled = logits / np.exp(power)
        if exclusive:
            return float((logsumexp(scaled, axis=1) - (scaled * wanted).sum(axis=1)).sum())
        return float((np.logaddexp(0, scaled) - wanted * scaled).sum())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def _fit(way: Way, numbers: Array, accepted: Flags, right: Flags) -> Curves:
    curves = Curves(
        "logistic",
        Confidence.fit(numbers[accepted], right[accepted]),
        Confidence.fit(numbers[~accepted], right[~accepted]),
    )
    if way != "isotonic" or not len(right):
        return Curves(way, curves.accepting, curves.declining)
    said = curves.of(numbers, accepted)
    order = np.argsort(said, kind="stable")
    fitted = isotonic_regression(right[order].astype(float)).x
    steps = _ends(said[order].tolist(), fitted.tolist())
    return Curves(way, curves.accepting, curves.declining, steps)


def _ends(at: Sequence[float], to: Sequence[float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the first and last point of each level, which say all of a step function."""
    kept = [
        place
        for place in range(len(to))
        if place in (0, len(to) - 1) or not to[place - 1] == to[place] == to[place + 1]
    ]
    return tuple(at[place] for place in kept), tuple(to[place] for place in kept)


def _along(curve: Confidence, numbers: Array) -> Array:
    constant, *weights = curve.weights
    said: Array = expit(constant + numbers @ np.asarray(weights))
    return said
