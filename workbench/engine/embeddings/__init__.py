"""Encoders of questions and passages behind one interface."""

from typing import Protocol

from workbench.config import Settings
from workbench.engine.embeddings.e5 import NAME as DEFAULT_EMBEDDER
from workbench.engine.embeddings.e5 import E5Embedder
from workbench.engine.embeddings.text import prepare_text

__all__ = ["DEFAULT_EMBEDDER", "Embedder", "load_embedder", "prepare_text"]


class Embedder(Protocol):
    """Turns texts into unit vectors, so that a dot product is a cosine."""

    @property
    def name(self) -> str:
        """The model's name, stored with each collection."""
        ...

    @property
    def dimension(self) -> int:
        """The length of its vectors, stored with each collection."""
        ...

    def embed_query(self, text: str) -> list[float]:
        """Return the unit vector of a question."""
        ...

    def embed_passages(self, texts: list[str]) -> list[list[float]]:
        """Return the unit vectors of passages, in their order."""
        ...


def load_embedder(settings: Settings) -> Embedder:
    """Return the encoder that the settings name; weights are read when first needed.

    Raises:
        ConfigError: The setting names a hub model that cannot be loaded.
    """
    if settings.embedder == DEFAULT_EMBEDDER:
        return E5Embedder(settings.cache_dir / "models" / DEFAULT_EMBEDDER)
    from workbench.engine.embeddings.hub import HubEmbedder

    return HubEmbedder(settings.embedder)
