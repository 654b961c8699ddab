"""A router that was trained beforehand, for any labels; `training` makes it, `saving` keeps it."""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from workbench.engine.embeddings import Embedder
from workbench.engine.embeddings.text import MAX_CHARS
from workbench.engine.routing.deciding import UNSURE_BELOW, Rules, Seen
from workbench.engine.routing.features import Array, Features, encode
from workbench.engine.routing.fitting import Flags
from workbench.engine.routing.head import Head
from workbench.engine.routing.router import Route

METHOD = "trained"
NO_WORDS = "the text has no words"
TOO_LONG = f"the text is longer than {MAX_CHARS:,} characters; the rest was not read"
UNLIKE = "the text is unlike all examples, of which none was out of scope"
NOT_SURE = "the labels are likelier wrong than right"
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Learned:
    """All that a router learned.

    Attributes:
        features: What it sees of a text.
        head: What follows from that for each class.
        examples: The centred unit vectors of the examples, one a row.
        in_scope: Which of them are in scope.
        rules: How it decides.
    """

    features: Features
    head: Head
    examples: Array
    in_scope: Flags
    rules: Rules


class TrainedRouter:
    """Gives a text its labels, or none, or says that it is better to ask back.

    Several routers may share one encoder.

    Args:
        learned: What it learned.
        embedder: The encoder with which it learned that.

    Attributes:
        learned: What it learned.
        labels: All labels that it knows.
    """

    def __init__(self, learned: Learned, embedder: Embedder) -> None:
        self.learned = learned
        self.labels = learned.rules.labels
        self._embedder = embedder

    async def route(self, text: str) -> Route:
        """Return the route of a text."""
        [route] = await self.route_all([text])
        return route

    async def route_all(self, texts: Sequence[str]) -> list[Route]:
        """Return the routes of several texts, for little more than the time of one."""
        return await asyncio.to_thread(self._route_all, list(texts))

    def _route_all(self, texts: list[str]) -> list[Route]:
        started = time.perf_counter()
        readable = [place for place, text in enumerate(texts) if _WORD.search(text[:MAX_CHARS])]
        given = [texts[place] for place in readable]
        routes = dict(zip(readable, self._read(given, started), strict=True)) if given else {}
        silent = Route(
            labels=(),
            confidence=0.0,
            method=METHOD,
            seconds=time.perf_counter() - started,
            doubt=NO_WORDS,
        )
        return [routes.get(place, silent) for place in range(len(texts))]

    def _read(self, texts: list[str], started: float) -> list[Route]:
        shown = [text[:MAX_CHARS] for text in texts]
        vectors = encode(shown, self._embedder, lambda _: None)
        learned = self.learned
        decided = learned.rules.decide(
            see(learned, learned.features.centred(vectors), learned.features.grams(shown))
        )
        seconds = time.perf_counter() - started
        return [
            Route(
                labels=labels,
                probabilities=self._ordered(shares),
                confidence=float(sure),
                method=METHOD,
                seconds=seconds,
                doubt=self._doubt(text, labels, float(sure)),
            )
            for text, labels, shares, sure in zip(
                texts, decided.labels, decided.probabilities, decided.confidence, strict=True
            )
        ]

    def _ordered(self, shares: Array) -> dict[str, float]:
        order = np.argsort(-shares, kind="stable")
        return {self.labels[place]: float(shares[place]) for place in order}

    def _doubt(self, text: str, labels: tuple[str, ...], confidence: float) -> str:
        if len(text) > MAX_CHARS:
            return TOO_LONG
        if not labels and not self.learned.rules.knows_oos:
            return UNLIKE
        return NOT_SURE if confidence < UNSURE_BELOW else ""


def see(learned: Learned, centred: Array, grams: csr_matrix) -> Seen:
    """Return what a router sees of texts, from their centred vectors and n-grams."""
    near, far = nearness(centred, learned.examples, learned.in_scope)
    return Seen(learned.head.logits(centred, grams), near, far)


def nearness(centred: Array, examples: Array, in_scope: Flags) -> tuple[Array, Array]:
    """Return how near texts are to the nearest example in scope and out of scope.

    Args:
        centred: Their centred vectors, one a row.
        examples: The centred unit vectors of the examples.
        in_scope: Which examples are in scope; at least one.

    Returns:
        Two cosines for each text; the second is 0 where no example is out of scope.
    """
    unit_vectors = unit(centred)
    near: Array = (unit_vectors @ examples[in_scope].T).max(axis=1)
    if in_scope.all():
        return near, np.zeros(len(centred))
    return near, (unit_vectors @ examples[~in_scope].T).max(axis=1)


def unit(vectors: Array) -> Array:
    """Return vectors, one a row, with the length 1."""
    found: Array = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return found
