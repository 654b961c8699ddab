"""A router with one linear decision for each label: for few labels and some hundred examples.

Logistic regression on the encoder's vectors, one label against the rest, so that a text can have
several labels or none. Numbers are hidden from the encoder, since which room is meant says nothing
of what is wanted; instead marks tell whether rules find a room number, a date and the like.
`evals/tool_choice.py` measures it, by cross-validation and on requests.
"""

import asyncio
import re
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from workbench.engine.embeddings import Embedder
from workbench.engine.routing.examples import RoutingExample
from workbench.engine.routing.router import Route
from workbench.errors import UsageError

METHOD = "linear"
INVERSE_PENALTY = 100.0
"""How little large weights cost; of 30, 100 and 300 a middle one, which did as well as any."""
MARK_SCALE = 0.3
"""What a mark counts beside a unit vector."""
LABEL_FROM = 0.5
_DIGIT = re.compile(r"\d")

Array = NDArray[np.float64]
Mark = Callable[[str], bool]
"""Tells something about a text."""


class LinearRouter:
    """Gives a text every label whose probability is at least one half.

    It is made by `train`. The confidence is the probability that exactly these labels are right,
    as if they were independent.

    Attributes:
        labels: All labels that it knows.
    """

    def __init__(
        self,
        embedder: Embedder,
        marks: Sequence[Mark],
        mean: Array,
        weights: Array,
        labels: Sequence[str],
    ) -> None:
        self._embedder = embedder
        self._marks = marks
        self._mean = mean
        self._weights = weights
        self.labels = tuple(labels)

    @classmethod
    def train(
        cls, examples: Sequence[RoutingExample], embedder: Embedder, marks: Sequence[Mark] = ()
    ) -> "LinearRouter":
        """Learn from examples.

        Args:
            examples: Labelled texts; those without a label are out of scope.
            embedder: The encoder of texts.
            marks: What else describes a text.

        Raises:
            UsageError: There are fewer than two examples, or none has a label.
        """
        labels = sorted({label for each in examples for label in each.labels})
        if len(examples) < 2 or not labels:
            raise UsageError(
                "a router needs at least two examples, one of them with a label", "add examples"
            )
        features = _features([each.text for each in examples], embedder, marks)
        mean = features.mean(axis=0)
        weights = [
            _fit(features - mean, np.array([float(label in each.labels) for each in examples]))
            for label in labels
        ]
        return cls(embedder, marks, mean, np.array(weights), labels)

    async def route(self, text: str) -> Route:
        """Return the route of a text."""
        return await asyncio.to_thread(self._route, text)

    def _route(self, text: str) -> Route:
        started = time.perf_counter()
        [features] = _features([text], self._embedder, self._marks) - self._mean
        shares = expit(self._weights[:, :-1] @ features + self._weights[:, -1])
        found = sorted(zip(self.labels, map(float, shares), strict=True), key=lambda one: -one[1])
        return Route(
            labels=tuple(label for label, share in found if share >= LABEL_FROM),
            probabilities=dict(found),
            confidence=float(np.prod(np.maximum(shares, 1 - shares))),
            method=METHOD,
            seconds=time.perf_counter() - started,
        )


def _features(texts: list[str], embedder: Embedder, marks: Sequence[Mark]) -> Array:
    hidden = [_DIGIT.sub("0", text) for text in texts]
    vectors = np.asarray(embedder.embed_passages(hidden), dtype=np.float64)
    told = [[MARK_SCALE * mark(text) for mark in marks] for text in texts]
    return np.hstack([vectors, np.asarray(told, dtype=np.float64).reshape(len(texts), len(marks))])


def _fit(features: Array, wanted: Array) -> Array:
    """Return the weights, the constant last, of the penalised logistic regression of a label."""

    def loss(weights: Array) -> tuple[float, Array]:
        scores = features @ weights[:-1] + weights[-1]
        errors = expit(scores) - wanted
        cost = np.logaddexp(0.0, scores) - wanted * scores
        slope = np.append(features.T @ errors + weights[:-1] / INVERSE_PENALTY, errors.sum())
        return float(cost.sum() + weights[:-1] @ weights[:-1] / (2 * INVERSE_PENALTY)), slope

    found = minimize(loss, np.zeros(features.shape[1] + 1), jac=True, method="L-BFGS-B")
    weights: Array = found.x
    return weights
