"""Ingestion: documents of several formats cut into passages, embedded and stored."""

from workbench.engine.ingestion.indexer import index_corpus
from workbench.engine.ingestion.report import IndexReport

__all__ = ["IndexReport", "index_corpus"]
