"""A router that asks the nearest examples."""

import asyncio
import time
from collections.abc import Callable, Sequence

import numpy as np

from workbench.engine.embeddings import Embedder
from workbench.engine.routing.examples import RoutingExample
from workbench.engine.routing.fitting import EXPECTED_OOS, Confidence, choose_threshold
from workbench.engine.routing.router import Route
from workbench.engine.routing.votes import Electorate, Vectors, Votes
from workbench.errors import UsageError

METHOD = "nearest"
_BATCH = 1_024

Progress = Callable[[str], None]


class NearestRouter:
    """Gives a text the labels of the examples that are nearest to it; see `votes`.

    It is made by `train`. Both sides are encoded as passages: texts of the same kind are compared,
    and on CLINC150's training part that told them apart better than encoding both as questions.

    Attributes:
        threshold: The score below which a text is out of scope.
        labels: All labels that it knows.
    """

    def __init__(
        self,
        embedder: Embedder,
        electorate: Electorate,
        threshold: float,
        confidence: tuple[Confidence, Confidence],
    ) -> None:
        self._embedder = embedder
        self._electorate = electorate
        self._accepting, self._declining = confidence
        self.threshold = threshold

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels that it knows."""
        return self._electorate.names

    @classmethod
    def train(
        cls,
        examples: Sequence[RoutingExample],
        embedder: Embedder,
        validation: Sequence[RoutingExample] | None = None,
        progress: Progress | None = None,
        expected_oos: float = EXPECTED_OOS,
    ) -> "NearestRouter":
        """Learn from examples.

        Args:
            examples: Who votes; some of them may be out of scope.
            embedder: The encoder of texts; nothing is kept but the vectors of the examples.
            validation: On which the threshold is chosen and the confidence fitted. When `None`,
                every example serves for that in turn, judged by all others.
            progress: Told, in a few words, how far the encoding is.
            expected_oos: The share of texts out of scope that the router is made for.

        Raises:
            UsageError: There are fewer than two examples, or none has a label.
        """
        if len(examples) < 2 or not any(example.labels for example in examples):
            raise UsageError(
                "a router needs at least two examples, one of them with a label", "add examples"
            )
        tell = progress or (lambda _: None)
        vectors = _encode([example.text for example in examples], embedder, tell)
        electorate = Electorate(vectors, [example.labels for example in examples])
        if validation is None:
            known, votes = examples, electorate.vote_on_each_other()
        else:
            known = validation
            votes = electorate.vote(_encode([each.text for each in known], embedder, tell))
        return cls(embedder, electorate, *_fit(electorate, votes, known, expected_oos))

    async def route(self, text: str) -> Route:
        """Return the route of a text."""
        return await asyncio.to_thread(self._route, text)

    def _route(self, text: str) -> Route:
        started = time.perf_counter()
        votes = self._electorate.vote(_encode([text], self._embedder, lambda _: None))
        shares, best, score = votes.shares[0], float(votes.best[0]), float(votes.scores[0])
        accepted = score >= self.threshold
        confidence = self._accepting if accepted else self._declining
        found = {name: float(shares[at]) for at, name in enumerate(self.labels) if shares[at]}
        return Route(
            labels=self._electorate.labels(shares) if accepted else (),
            probabilities=dict(sorted(found.items(), key=lambda pair: -pair[1])),
            confidence=confidence.of(best, score - self.threshold),
            method=METHOD,
            seconds=time.perf_counter() - started,
        )


def _fit(
    electorate: Electorate,
    votes: Votes,
    known: Sequence[RoutingExample],
    expected_oos: float,
) -> tuple[float, tuple[Confidence, Confidence]]:
    """Return the threshold, and the confidence in accepting and in declining."""
    in_scope = np.array([bool(example.labels) for example in known])
    right = np.array(
        [
            set(electorate.labels(shares)) == set(example.labels)
            for shares, example in zip(votes.shares, known, strict=True)
        ]
    )
    threshold = choose_threshold(votes.scores, right, in_scope, expected_oos)
    numbers = np.column_stack([votes.best, votes.scores - threshold])
    accepted = votes.scores >= threshold
    return threshold, (
        Confidence.fit(numbers[accepted], right[accepted]),
        Confidence.fit(numbers[~accepted], ~in_scope[~accepted]),
    )


def _encode(texts: Sequence[str], embedder: Embedder, progress: Progress) -> Vectors:
    """Return the vectors of texts, a batch at a time: as lists they take eight times the space."""
    parts = []
    for start in range(0, len(texts), _BATCH):
        if start:
            progress(f"encoding texts, {start} of {len(texts)}")
        batch = embedder.embed_passages(list(texts[start : start + _BATCH]))
        parts.append(np.asarray(batch, dtype=np.float32))
    return np.concatenate(parts)
