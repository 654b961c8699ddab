"""Any encoder in the layout of sentence-transformers: a folder, or a name on the hub."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from workbench.engine.embeddings.text import prepare_text
from workbench.errors import ConfigError


class HubEmbedder:
    """An encoder loaded with transformers; meant for a machine with a GPU.

    Its prompts come from `config_sentence_transformers.json` ("query" and "passage" or
    "document"), its pooling from `1_Pooling/config.json`; mean pooling and no prompts without them.

    Args:
        source: A folder or a hub name such as "intfloat/multilingual-e5-base".
        query_prefix: Put before a question instead of the folder's own prompt.
        passage_prefix: Put before a passage instead of the folder's own prompt.

    Raises:
        ConfigError: There is no such model, or it cannot be loaded.
    """

    def __init__(
        self, source: str, *, query_prefix: str | None = None, passage_prefix: str | None = None
    ) -> None:
        from transformers import AutoTokenizer

        from workbench.engine.embeddings.batches import BatchEncoder

        prompts = _read_part(source, "config_sentence_transformers.json").get("prompts", {})
        pooling = _read_part(source, "1_Pooling/config.json")
        stored = prompts.get("passage", prompts.get("document", ""))
        self._query_prefix = prompts.get("query", "") if query_prefix is None else query_prefix
        self._passage_prefix = stored if passage_prefix is None else passage_prefix
        first_token = bool(pooling.get("pooling_mode_cls_token"))
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(source)
            self._encoder = BatchEncoder(source, mean_pooling=not first_token)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0]
            message = f"the embedder {source!r} cannot be loaded ({reason})"
            raise ConfigError(message, "correct the setting 'embedder'") from error
        self.name = source
        self.dimension = self._encoder.dimension

    def embed_query(self, text: str) -> list[float]:
        """Return the unit vector of a question."""
        return self._embed([self._query_prefix + prepare_text(text)])[0]

    def embed_passages(self, texts: list[str]) -> list[list[float]]:
        """Return the unit vectors of passages, in their order."""
        return self._embed([self._passage_prefix + prepare_text(text) for text in texts])

    def _embed(self, texts: list[str]) -> list[list[float]]:
        if not texts:
            return []
        longest = min(int(self._tokenizer.model_max_length), 8_192)
        tokens = self._tokenizer(texts, truncation=True, max_length=longest)["input_ids"]
        vectors = np.asarray(self._encoder.encode(tokens))
        unit: list[list[float]] = (
            vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        ).tolist()
        return unit


def _read_part(source: str, name: str) -> dict[str, Any]:
    """Return a small JSON file of a model, empty where the model has none."""
    path = Path(source) / name
    if not Path(source).is_dir():
        from transformers.utils import cached_file

        optional = {
            "_raise_exceptions_for_missing_entries": False,
            "_raise_exceptions_for_connection_errors": False,
        }
        path = Path(cached_file(source, name, **optional) or path)
    record: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return record
