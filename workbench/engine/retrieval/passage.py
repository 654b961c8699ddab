"""A passage that a search found."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.engine.turn import ScoreKind

if TYPE_CHECKING:
    from llama_index.core.schema import TextNode


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, or a row of its tables with the names of its columns.

    Attributes:
        text: Its words.
        relevance: How near it is to the question: its cosine less what all sentences of its
            language have in common with the question, so that two languages can be compared.
    """

    text: str
    relevance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """An indexed passage with what the search knows about it.

    Attributes:
        chunk_id: Its stable id; unchanged text keeps it over re-indexing.
        document: The path relative to the corpus root, or the id in a JSONL corpus.
        title: The document's title, empty when it has none.
        heading: The headings above it, joined by " > "; `None` for a PDF.
        page: The page of a PDF, from 1.
        lang: The document's language.
        text: Its words.
        score: What the results are ordered by.
        score_kind: What the score is: "rrf", "cosine" or "bm25".
        cosine: How similar it is to the question, where the dense leg found it: a mean of the
            cosines of its best sentence and of all its sentences' mean direction.
        bm25: Its BM25 score, where the text leg found it.
        dense_rank: Its rank in the dense leg, from 1.
        text_rank: Its rank in the text leg among the passages of its language, from 1.
        coverage: The share of the question's words that it holds, each weighted by its rarity.
        sentences: Its sentences in reading order; empty in a search without the dense leg.
    """

    chunk_id: str
    document: str
    title: str = ""
    heading: str | None = None
    page: int | None = None
    lang: str = "en"
    text: str
    score: float
    score_kind: ScoreKind
    cosine: float | None = None
    bm25: float | None = None
    dense_rank: int | None = None
    text_rank: int | None = None
    coverage: float | None = None
    sentences: tuple[Sentence, ...] = ()

    @property
    def label(self) -> str:
        """Return where it stands, in one line: title with headings or page."""
        name = self.title or self.document
        if self.page is not None:
            return f"{name}, p. {self.page}"
        return f"{name} > {self.heading}" if self.heading else name

    def to_node(self) -> "TextNode":
        """Return it as a LlamaIndex node; the metadata is that of the stored row."""
        from llama_index.core.schema import TextNode

        metadata: dict[str, Any] = {
            "document": self.document,
            "title": self.title,
            "heading": self.heading,
            "page": self.page,
            "lang": self.lang,
        }
        return TextNode(id_=self.chunk_id, text=self.text, metadata=metadata)


def passage_from_row(
    chunk_id: str, text: str, metadata: dict[str, Any], kind: ScoreKind, score: float, rank: int
) -> Passage:
    """Build a passage from a stored row and its place in one leg's results."""
    dense = kind == "cosine"
    return Passage(
        chunk_id=chunk_id,
        document=str(metadata["document"]),
        title=str(metadata.get("title") or ""),
        lang=str(metadata.get("lang") or "en"),
        text=text,
        score=score,
        score_kind=kind,
        cosine=score if dense else None,
        bm25=None if dense else score,
        dense_rank=rank if dense else None,
        text_rank=None if dense else rank,
        heading=metadata.get("heading"),
        page=metadata.get("page"),
    )
