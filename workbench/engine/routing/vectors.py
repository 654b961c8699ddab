"""Vectors of labelled texts, kept in a file so that they are computed once."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from workbench.engine.embeddings import Embedder


class KeptVectors:
    """An encoder that keeps the vectors of passages in a folder, one file for a list of texts.

    Args:
        embedder: The encoder.
        folder: Where the files lie.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self._folder = folder

    @property
    def name(self) -> str:
        """The encoder's name."""
        return self._embedder.name

    @property
    def dimension(self) -> int:
        """The length of its vectors."""
        return self._embedder.dimension

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question; it is not kept."""
        return self._embedder.embed_query(text)

    def embed_passages(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of texts; those of a single text are not kept."""
        if len(texts) == 1:
            return self._embedder.embed_passages(texts)
        path = self._folder / f"{self._key(texts)}.npy"
        try:
            kept: list[list[float]] = np.load(path, allow_pickle=False).tolist()
            if len(kept) == len(texts):
                return kept
        except (OSError, ValueError):
            pass  # not there, or damaged: computed anew
        vectors = self._embedder.embed_passages(texts)
        self._write(path, vectors)
        return vectors

    def _key(self, texts: Sequence[str]) -> str:
        parts = "\0".join([self._embedder.name, *texts])
        return hashlib.sha256(parts.encode()).hexdigest()

    def _write(self, path: Path, vectors: Sequence[Sequence[float]]) -> None:
        """Write a file, whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=self._folder, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            np.save(file, np.asarray(vectors, dtype=np.float32))
        Path(partial).replace(path)
