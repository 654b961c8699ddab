"""Finding passages: dense and full-text legs over one table, fused by weighted reciprocal rank."""

from workbench.engine.retrieval.filters import Filters
from workbench.engine.retrieval.passage import Passage, Sentence
from workbench.engine.retrieval.retriever import Mode, Retriever

__all__ = ["Filters", "Mode", "Passage", "Retriever", "Sentence"]
