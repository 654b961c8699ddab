"""What a router learns from decisions whose outcome is known: when to decline, how sure to be."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LOST = 0.05
"""The share of texts in scope that may be declined where no example is out of scope."""
EXPECTED_OOS = 0.2
"""The share of texts out of scope that a router is made for."""
_RIDGE = 1e-3

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def choose_threshold(
    scores: Floats, right: Flags, in_scope: Flags, expected_oos: float = EXPECTED_OOS
) -> float:
    """Return the score below which a text counts as out of scope.

    It makes the accuracy greatest that is to be expected where the given share of texts is out of
    scope; how many there happen to be among the examples does not matter. Where there are none, it
    declines the lowest `LOST` of the texts in scope.

    Args:
        scores: How far each text looks like one in scope.
        right: Whether its labels would be right.
        in_scope: Whether it is in scope.
        expected_oos: The share of texts that are out of scope, from 0 to 1.
    """
    if in_scope.all():
        return float(np.quantile(scores, LOST))
    order = np.argsort(scores, kind="stable")
    # position i: the i lowest are declined
    lost = np.concatenate([[0], np.cumsum((right & in_scope)[order])]) / max(1, in_scope.sum())
    found = np.concatenate([[0], np.cumsum(~in_scope[order])]) / (~in_scope).sum()
    ordered = scores[order]
    possible = np.concatenate([[True], ordered[1:] > ordered[:-1], [True]])
    gain = expected_oos * found - (1 - expected_oos) * lost
    best = int(np.argmax(np.where(possible, gain, -np.inf)))
    edges = np.concatenate([[ordered[0] - 1e-6], ordered, [ordered[-1] + 1e-6]])
    return float((edges[best] + edges[best + 1]) / 2)


@dataclass(frozen=True, slots=True)
class Confidence:
    """How likely a decision is to be right, given the vote behind it.

    A logistic curve over numbers of the vote (Platt, "Probabilistic Outputs for Support Vector
    Machines", 1999).

    Attributes:
        weights: The constant first, then one for each number.
    """

    weights: tuple[float, ...]

    @classmethod
    def fit(cls, numbers: Floats, right: Flags) -> "Confidence":
        """Fit the curve to decisions; a small ridge keeps it finite where they never go wrong.

        Args:
            numbers: The numbers of each decision's vote, one row a decision.
            right: Whether it was right.
        """
        from scipy.optimize import minimize
        from scipy.special import expit

        rows = np.column_stack([np.ones(len(numbers)), numbers])
        signs = np.where(right, 1.0, -1.0)

        def loss(weights: Floats) -> tuple[float, Floats]:
            margins = signs * (rows @ weights)
            slope = -(signs * expit(-margins)) @ rows / max(1, len(rows))
            value = np.logaddexp(0.0, -margins).sum() / max(1, len(rows))
            return float(value + _RIDGE / 2 * weights @ weights), slope + _RIDGE * weights

        found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B")
        return cls(tuple(float(weight) for weight in found.x))

    def of(self, *numbers: float) -> float:
        """Return the confidence in a decision, from 0 to 1."""
        constant, *weights = self.weights
        logit = constant + sum(w * x for w, x in zip(weights, numbers, strict=True))
        return float(1 / (1 + np.exp(-np.clip(logit, -50, 50))))
