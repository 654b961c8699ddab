"""A router with one linear decision for each label: for few labels and some hundred examples.

Logistic regression on the encoder's vector and the n-grams of a text, one label against the rest,
so that a text can have several labels or none. Numbers are hidden from both, since which room is
meant says nothing of what is wanted; instead marks tell whether rules find a room number, a date
and the like. `evals/tool_choice.py` measures it, by cross-validation and on requests.
"""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack
from scipy.special import expit

from workbench.engine.embeddings import Embedder
from workbench.engine.routing.examples import RoutingExample
from workbench.engine.routing.ngrams import NGrams
from workbench.engine.routing.router import Route
from workbench.errors import UsageError

METHOD = "linear"
INVERSE_PENALTY = 30.0
"""How little large weights cost; 10 and 100 did no better in cross-validation."""
VECTOR_SCALE = 3.0
"""What the encoder's vector counts beside the n-grams; of 0, 1, 2 and 3 the best."""
MARK_SCALE = 0.3
"""What a mark counts beside a unit vector."""
LABEL_FROM = 0.5
_DIGIT = re.compile(r"\d")

Array = NDArray[np.float64]
Mark = Callable[[str], bool]
"""Tells something about a text."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns texts into features.

    Attributes:
        embedder: The encoder of texts.
        grams: The n-grams that count.
        marks: What else describes a text.
        mean: The mean vector of the examples, which is taken away.
    """

    embedder: Embedder
    grams: NGrams
    marks: Sequence[Mark]
    mean: Array

    def features(self, texts: list[str]) -> csr_matrix:
        """Return the features of texts, one row each."""
        return self.joined(texts, _vectors(texts, self.embedder))

    def joined(self, texts: list[str], vectors: Array) -> csr_matrix:
        """Return the features of texts whose vectors are known."""
        told = [[MARK_SCALE * mark(text) for mark in self.marks] for text in texts]
        marked = np.asarray(told, dtype=np.float64).reshape(len(texts), len(self.marks))
        dense = np.hstack([VECTOR_SCALE * (vectors - self.mean), marked])
        return hstack([self.grams.matrix(texts), csr_matrix(dense)], format="csr")


class LinearRouter:
    """Gives a text every label whose probability is at least one half.

    It is made by `train`. The confidence is the probability that exactly these labels are right,
    as if they were independent.

    Attributes:
        labels: All labels that it knows.
    """

    def __init__(self, reader: _Reader, weights: Array, labels: Sequence[str]) -> None:
        self._reader = reader
        self._weights = weights
        self.labels = tuple(labels)

    @classmethod
    def train(
        cls,
        examples: Sequence[RoutingExample],
        embedder: Embedder,
        marks: Sequence[Mark] = (),
        kept: Embedder | None = None,
    ) -> "LinearRouter":
        """Learn from examples.

        Args:
            examples: Labelled texts; those without a label are out of scope.
            embedder: The encoder of texts.
            marks: What else describes a text.
            kept: The same encoder, where it keeps the vectors of the examples.

        Raises:
            UsageError: There are fewer than two examples, or none has a label.
        """
        labels = sorted({label for each in examples for label in each.labels})
        if len(examples) < 2 or not labels:
            raise UsageError(
                "a router needs at least two examples, one of them with a label", "add examples"
            )
        texts = [each.text for each in examples]
        vectors = _vectors(texts, kept or embedder)
        reader = _Reader(embedder, NGrams.learn(texts), marks, vectors.mean(axis=0))
        features = reader.joined(texts, vectors)
        weights = [
            _fit(features, np.array([float(label in each.labels) for each in examples]))
            for label in labels
        ]
        return cls(reader, np.array(weights), labels)

    async def route(self, text: str) -> Route:
        """Return the route of a text."""
        [route] = await self.route_all([text])
        return route

    async def route_all(self, texts: Sequence[str]) -> list[Route]:
        """Return the routes of several texts, for little more than the time of one."""
        return await asyncio.to_thread(self._route_all, list(texts))

    def _route_all(self, texts: list[str]) -> list[Route]:
        started = time.perf_counter()
        features = self._reader.features(texts)
        shares = expit(features @ self._weights[:, :-1].T + self._weights[:, -1])
        seconds = time.perf_counter() - started
        return [self._route(row, seconds) for row in shares]

    def _route(self, shares: Array, seconds: float) -> Route:
        found = sorted(zip(self.labels, map(float, shares), strict=True), key=lambda one: -one[1])
        return Route(
            labels=tuple(label for label, share in found if share >= LABEL_FROM),
            probabilities=dict(found),
            confidence=float(np.prod(np.maximum(shares, 1 - shares))),
            method=METHOD,
            seconds=seconds,
        )


def _vectors(texts: list[str], embedder: Embedder) -> Array:
    hidden = [_DIGIT.sub("0", text) for text in texts]
    return np.asarray(embedder.embed_passages(hidden), dtype=np.float64)


def _fit(features: csr_matrix, wanted: Array) -> Array:
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
