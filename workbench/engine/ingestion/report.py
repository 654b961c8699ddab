"""What an indexing run did."""

from dataclasses import asdict, dataclass, field
from typing import Any

from workbench.engine.ingestion.corpus import Problem


@dataclass(slots=True, kw_only=True)
class IndexReport:
    """What an indexing run did.

    Attributes:
        collection: The collection's name.
        embedder: The encoder of its vectors.
        indexed: Documents that were new or had changed.
        unchanged: How many documents were left as they were.
        removed: Documents that are no longer in the corpus.
        problems: Documents that could not be indexed, and why.
        chunks: Passages embedded in this run.
        chunks_total: Passages in the collection now.
        documents_total: Documents in the collection now.
        index: How its vectors are searched: "exact" or "hnsw".
        seconds: How long it took.
    """

    collection: str
    embedder: str
    indexed: list[str] = field(default_factory=list)
    unchanged: int = 0
    removed: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    chunks: int = 0
    chunks_total: int = 0
    documents_total: int = 0
    index: str = "exact"
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types; the contract of `workbench index --json`."""
        record = asdict(self)
        record["problems"] = [{"document": p.path, "reason": p.reason} for p in self.problems]
        record["seconds"] = round(self.seconds, 3)
        return record
