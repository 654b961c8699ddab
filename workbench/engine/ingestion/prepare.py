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
from workbench.engine.ingestion.sections import Reading, Section
from workbench.engine.language import detect_language
from workbench.engine.retrieval.table import Row
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
        texts: What is embedded of each passage.
    """

    document: Document
    title: str
    lang: str
    pages: int | None
    cuts: list[Cut]
    texts: list[str]


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
    lang = detect_language("\n".join(cut.text for cut in cuts)[:_LANGUAGE_SAMPLE])
    texts = [cut.embedded_text(reading.title) for cut in cuts]
    return Prepared(document, reading.title, lang, reading.pages, cuts, texts)


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
    """Join a document's passages with their vectors."""
    ids = chunk_ids(collection, prepared.document.path, prepared.texts)
    return [
        Row(
            node_id=node_id,
            text=cut.text,
            metadata=_metadata(node_id, prepared, cut, position),
            embedding=vector,
            document=prepared.document.path,
            heading=cut.heading,
            lang=prepared.lang,
            searched=text,
        )
        for position, (node_id, cut, text, vector) in enumerate(
            zip(ids, prepared.cuts, prepared.texts, vectors, strict=True)
        )
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


def _metadata(node_id: str, prepared: Prepared, cut: Cut, position: int) -> dict[str, Any]:
    """Return the record that LlamaIndex stores beside a node, with our fields in it."""
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
    from llama_index.core.vector_stores.utils import node_to_metadata_dict

    source = RelatedNodeInfo(node_id=prepared.document.path)
    node = TextNode(
        id_=node_id,
        text=cut.text,
        metadata={
            "document": prepared.document.path,
            "title": prepared.title,
            "heading": cut.heading,
            "page": cut.page,
            "lang": prepared.lang,
            "position": position,
        },
        relationships={NodeRelationship.SOURCE: source},
    )
    record: dict[str, Any] = node_to_metadata_dict(node, remove_text=True)
    return record
