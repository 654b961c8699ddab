"""A router that knows its labels by what they are for: it needs no labelled example.

The text is compared with each label's description, both without what all texts of their kind share
(`background`). The nearest label wins where it is near enough; how near that is, and how likely the
label is right then, was fitted to public requests (`python -m evals.tools.encoder`). A router that
learned from an assistant's own examples knows more; this one serves where there are none.
"""

import asyncio
import re
import time
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from workbench.engine.embeddings import Embedder
from workbench.engine.routing.background import Background
from workbench.engine.routing.router import Route
from workbench.errors import UsageError

METHOD = "described"
MIDDLE = 0.21
"""The nearness at which a text is as likely to be in scope as not, where half of all texts are."""
WIDTH = 0.10
"""How fast that changes: a nearness higher by so much multiplies the odds by e."""
SPREAD = 0.03
"""How far apart two labels lie when one is e times as likely to be meant as the other."""

Array = NDArray[np.float64]


def describe(name: str, description: str, arguments: Mapping[str, str]) -> str:
    """Return what a tool is for as one text.

    Args:
        name: Its name; the words in it count.
        description: What it does.
        arguments: What each of its arguments means, by name.
    """
    told = [f"{_words(key)}: {meaning}" for key, meaning in arguments.items()]
    return " ".join([f"{_words(name)}: {description}", *told])


def _words(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip()


class DescribingRouter:
    """Gives a text the label whose description is nearest, or none.

    The probabilities are those of being meant alone: they add up to the probability that the text
    is in scope. The confidence is the probability that `labels` is right.

    Args:
        described: By label what it is for, from `describe`; at least one.
        embedder: The encoder of texts.
        background: The encoder's background.
        middle: The nearness from which a text counts as in scope.

    Attributes:
        labels: All labels that it knows.

    Raises:
        UsageError: There is no label.
    """

    def __init__(
        self,
        described: Mapping[str, str],
        embedder: Embedder,
        background: Background,
        middle: float = MIDDLE,
    ) -> None:
        if not described:
            raise UsageError("a router needs at least one label", "describe what is looked for")
        self.labels = tuple(described)
        self._embedder = embedder
        self._background = background
        self._middle = middle
        vectors = np.asarray(embedder.embed_passages(list(described.values())), np.float64)
        self._vectors = background.description(vectors)

    async def route(self, text: str) -> Route:
        """Return the route of a text."""
        return await asyncio.to_thread(self._route, text)

    def nearness(self, text: str) -> Array:
        """Return how near a text is to each label's description, from -1 to 1."""
        vector = np.asarray(self._embedder.embed_query(text), np.float64)
        found: Array = self._vectors @ self._background.request(vector)
        return found

    def _route(self, text: str) -> Route:
        started = time.perf_counter()
        near = self.nearness(text)
        best = int(np.argmax(near))
        accepted = bool(near[best] >= self._middle)
        in_scope = 1 / (1 + np.exp(-np.clip((near[best] - self._middle) / WIDTH, -50, 50)))
        shares = np.exp((near - near[best]) / SPREAD)
        shares *= in_scope / shares.sum()
        found = sorted(zip(self.labels, map(float, shares), strict=True), key=lambda one: -one[1])
        return Route(
            labels=(self.labels[best],) if accepted else (),
            probabilities=dict(found),
            confidence=float(shares[best] if accepted else 1 - in_scope),
            method=METHOD,
            seconds=time.perf_counter() - started,
        )
