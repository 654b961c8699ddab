"""What a trained router sees of a text: the encoder's vector and its n-grams.

Digits are hidden from both: which room or how much is meant says nothing of what is wanted.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from workbench.engine.embeddings import Embedder
from workbench.engine.routing.ngrams import NGrams

BATCH = 1_024
_DIGIT = re.compile(r"\d")

Array = NDArray[np.float64]
Progress = Callable[[str], None]
"""Told, in a few words, how far something is."""


def hidden(text: str) -> str:
    """Return a text without its numbers, as the encoder gets it."""
    return _DIGIT.sub("0", text)


def encode(texts: Sequence[str], embedder: Embedder, progress: Progress) -> Array:
    """Return the unit vectors of texts, one a row, encoded a batch at a time."""
    parts = [np.zeros((0, embedder.dimension))]
    for start in range(0, len(texts), BATCH):
        if start:
            progress(f"encoding texts, {start} of {len(texts)}")
        batch = [hidden(text) for text in texts[start : start + BATCH]]
        parts.append(np.asarray(embedder.embed_passages(batch), dtype=np.float64))
    return np.concatenate(parts)


@dataclass(frozen=True, slots=True)
class Features:
    """What was learned of texts in general; it is made by `learn`.

    Attributes:
        mean: The mean vector of the examples, which is taken away from every vector.
        words: The words and pairs of words that count.
        letters: The runs of letters that count.
    """

    mean: Array
    words: NGrams
    letters: NGrams

    @classmethod
    def learn(cls, texts: Sequence[str], vectors: Array) -> "Features":
        """Learn from examples and their vectors, one a row."""
        mean = vectors.mean(axis=0).astype(np.float32).astype(np.float64)
        return cls(mean, NGrams.learn(texts, "words"), NGrams.learn(texts, "letters"))

    def centred(self, vectors: Array) -> Array:
        """Return vectors without what all examples share."""
        found: Array = vectors - self.mean
        return found

    def grams(self, texts: Sequence[str]) -> csr_matrix:
        """Return the n-grams of texts, one row each: words first, then letters."""
        return hstack([self.words.matrix(texts), self.letters.matrix(texts)], format="csr")
