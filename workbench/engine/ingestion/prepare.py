"""Turns a loaded document into the rows that will be stored, all but their vectors."""

import hashlib
import re
import unicodedata
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from workbench.engine.ingestion.corpus import Document
from workbench.engine.ingestion.passages import Cut, cut_passages
from workbench.engine.ingestion.pieces import split_pieces
from workbench.engine.ingestion.sections import Reading, Section
from workbench.engine.language import detect_language
from workbench.engine.retrieval.table import Row, SentenceRow
from workbench.errors import IndexingError

CHUNK_NAMESPACE = uuid.UUID("6f0b8f6e-3c55-5a0e-9d53-0d1f7a1c2b44")
_LANGUAGE_SAMPLE = 4_000
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that waits for its vectors.

    Attributes:
        document: The loaded document.
        title: Its title.
        lang: Its language.
        pages: The number of pages of a PDF.
        cuts: Its passages.
        texts: The words of each passage that are matched: title and headings stand above them.
        pieces: The sentences of each passage.
    """

    document: Document
    title: str
    lang: str
    pages: int | None
    cuts: list[Cut]
    texts: list[str]
    pieces: list[list[str]]

    @property
    def embedded(self) -> list[str]:
        """What is embedded: each sentence, passage by passage, below title and nearest heading."""
        return [
            ": ".join(
                part for part in (self.title, cut.context.rsplit(" > ", 1)[-1], piece) if part
            )
            for cut, pieces in zip(self.cuts, self.pieces, strict=True)
            for piece in pieces
        ]


def prepare(document: Document) -> Prepared:
    """Read and cut a document.

    Raises:
        IndexingError: It cannot be read, or holds no text.
    """
    reading = _cleaned(document.read())
    cuts = [cut for cut in cut_passages(reading) if cut.text.strip()]
    if not cuts:
        scanned = " (a scan?)" if reading.pages else ""
        raise IndexingError(f"holds no text{scanned}")
    sample = "\n".join(cut.text for cut in cuts)[:_LANGUAGE_SAMPLE]
    lang = document.version.lang or detect_language(sample)
    texts = [cut.embedded_text(reading.title) for cut in cuts]
    pieces = [split_pieces(cut.text, printed=cut.page is not None) for cut in cuts]
    return Prepared(document, reading.title, lang, reading.pages, cuts, texts, pieces)


def _cleaned(reading: Reading) -> Reading:
    """Compose marks (NFC) and drop what Postgres cannot store: NUL, controls, half characters."""
    sections = tuple(
        Section(tuple(map(_clean, section.heading)), _clean(section.text), section.page)
        for section in reading.sections
    )
    return Reading(_clean(reading.title), sections, reading.pages)


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", _UNSTORABLE.sub("", text))


def build_rows(collection: str, prepared: Prepared, vectors: list[list[float]]) -> list[Row]:
    """Join a document's passages with the vectors of their sentences."""
    ids = chunk_ids(collection, prepared.document.path, prepared.texts)
    waiting = iter(vectors)
    parts = zip(ids, prepared.cuts, prepared.texts, prepared.pieces, strict=True)
    return [
        Row(
            node_id=node_id,
            text=cut.text,
            metadata=(shown := _shown(prepared, cut, position)),
            document=prepared.document.path,
            original=prepared.document.version.original,
            heading=cut.heading,
            lang=prepared.lang,
            searched=text,
            sentences=tuple(
                _sentence(node_id, number, piece, shown, next(waiting))
                for number, piece in enumerate(pieces)
            ),
        )
        for position, (node_id, cut, text, pieces) in enumerate(parts)
    ]


def chunk_ids(collection: str, path: str, texts: list[str]) -> list[str]:
    """Return stable ids: by content, so that a passage keeps its id when others come and go."""
    seen: Counter[str] = Counter()
    ids = []
    for text in texts:
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
        ids.append(
            str(uuid.uuid5(CHUNK_NAMESPACE, f"{collection}\0{path}\0{digest}\0{seen[digest]}"))
        )
        seen[digest] += 1
    return ids


def _shown(prepared: Prepared, cut: Cut, position: int) -> dict[str, Any]:
    return {
        "document": prepared.document.version.original,
        "title": prepared.title,
        "heading": cut.heading,
        "page": cut.page,
        "lang": prepared.lang,
        "position": position,
    }


def _sentence(
    passage: str, number: int, text: str, shown: dict[str, Any], vector: list[float]
) -> SentenceRow:
    """Return a sentence with the record that LlamaIndex stores beside a node."""
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
    from llama_index.core.vector_stores.utils import node_to_metadata_dict

    node = TextNode(
        id_=str(uuid.uuid5(CHUNK_NAMESPACE, f"{passage}\0{number}")),
        text=text,
        metadata={**shown, "passage": passage},
        relationships={
            NodeRelationship.SOURCE: RelatedNodeInfo(node_id=str(shown["document"])),
            NodeRelationship.PARENT: RelatedNodeInfo(node_id=passage),
        },
    )
    record: dict[str, Any] = node_to_metadata_dict(node, remove_text=True)
    return SentenceRow(node.id_, text, record, vector)
