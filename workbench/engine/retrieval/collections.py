"""The collections of a database and the documents in them."""

import difflib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from workbench.errors import IndexingError, UnknownNameError

_SELECT = "SELECT id, name, embedder, dimension, indexed_at FROM workbench.collections"


@dataclass(frozen=True, slots=True)
class Collection:
    """An index of documents.

    Attributes:
        id: Its number, part of its table's name.
        name: The name by which it is searched.
        embedder: The encoder of its vectors.
        dimension: Their length.
        indexed_at: When it was last indexed; `None` before the first time.
    """

    id: int
    name: str
    embedder: str
    dimension: int
    indexed_at: datetime | None

    def check_embedder(self, name: str, dimension: int) -> None:
        """Refuse an encoder other than the one of the index.

        Raises:
            IndexingError: The encoder or the length of its vectors differs.
        """
        if (self.embedder, self.dimension) != (name, dimension):
            raise IndexingError(
                f"collection {self.name!r} was indexed with {self.embedder} ({self.dimension} "
                f"dimensions), the settings name {name} ({dimension})",
                "set 'embedder' back, or index again: workbench index --collection "
                f"{self.name} --rebuild (with its ASSISTANT or --corpus)",
            )


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as it is recorded.

    Attributes:
        path: Its path relative to the corpus, or its id in a JSONL corpus.
        content_hash: The hash of what was indexed.
        title: Its title, empty when it has none.
        lang: Its language.
        pages: The number of pages of a PDF.
        chunks: How many passages it was cut into.
    """

    path: str
    content_hash: str
    title: str
    lang: str
    pages: int | None
    chunks: int


async def find_collection(connection: psycopg.AsyncConnection, name: str) -> Collection:
    """Return a collection by name.

    Raises:
        UnknownNameError: There is none.
    """
    cursor = await connection.execute(f"{_SELECT} WHERE name = %s", (name,))
    row = await cursor.fetchone()
    if row is not None:
        return Collection(*row)
    cursor = await connection.execute("SELECT name FROM workbench.collections ORDER BY name")
    raise unknown_collection(name, [str(other) for (other,) in await cursor.fetchall()])


def unknown_collection(name: str, names: Sequence[str]) -> UnknownNameError:
    """Return the error for a collection that does not exist, with the nearest that does."""
    if not names:
        return UnknownNameError("nothing is indexed yet", "index documents with: workbench index")
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return UnknownNameError(
        f"there is no collection {name!r}",
        f"{hint}there are: {', '.join(names)}; add one with: workbench index",
    )


def get_collection(connection: psycopg.Connection, name: str) -> Collection | None:
    """Return a collection by name, `None` when there is none."""
    row: Any = connection.execute(f"{_SELECT} WHERE name = %s", (name,)).fetchone()
    return Collection(*row) if row else None


def add_collection(
    connection: psycopg.Connection, name: str, embedder: str, dimension: int
) -> Collection:
    """Record a new collection."""
    row: Any = connection.execute(
        "INSERT INTO workbench.collections (name, embedder, dimension) VALUES (%s, %s, %s)"
        " RETURNING id, name, embedder, dimension, indexed_at",
        (name, embedder, dimension),
    ).fetchone()
    return Collection(*row)


def remove_collection(connection: psycopg.Connection, collection_id: int) -> None:
    """Remove a collection and the records of its documents."""
    connection.execute("DELETE FROM workbench.collections WHERE id = %s", (collection_id,))


def mark_indexed(connection: psycopg.Connection, collection_id: int) -> None:
    """Record that a collection has just been indexed."""
    connection.execute(
        "UPDATE workbench.collections SET indexed_at = clock_timestamp() WHERE id = %s",
        (collection_id,),
    )


def document_hashes(connection: psycopg.Connection, collection_id: int) -> dict[str, str]:
    """Return the content hash of each document of a collection, by path."""
    rows = connection.execute(
        "SELECT path, content_hash FROM workbench.documents WHERE collection_id = %s",
        (collection_id,),
    ).fetchall()
    return {str(path): str(content_hash) for path, content_hash in rows}


def count_passages(connection: psycopg.Connection, collection_id: int) -> int:
    """Return how many passages a collection has."""
    row: Any = connection.execute(
        "SELECT coalesce(sum(chunks), 0) FROM workbench.documents WHERE collection_id = %s",
        (collection_id,),
    ).fetchone()
    return int(row[0])


def save_document(
    connection: psycopg.Connection, collection_id: int, document: StoredDocument
) -> None:
    """Record a document, new or changed."""
    connection.execute(
        "INSERT INTO workbench.documents"
        " (collection_id, path, content_hash, title, lang, pages, chunks, indexed_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, clock_timestamp())"
        " ON CONFLICT (collection_id, path) DO UPDATE SET content_hash = EXCLUDED.content_hash,"
        " title = EXCLUDED.title, lang = EXCLUDED.lang, pages = EXCLUDED.pages,"
        " chunks = EXCLUDED.chunks, indexed_at = EXCLUDED.indexed_at",
        (
            collection_id,
            document.path,
            document.content_hash,
            document.title,
            document.lang,
            document.pages,
            document.chunks,
        ),
    )


def forget_document(connection: psycopg.Connection, collection_id: int, path: str) -> None:
    """Remove the record of a document."""
    connection.execute(
        "DELETE FROM workbench.documents WHERE collection_id = %s AND path = %s",
        (collection_id, path),
    )


def collection_identity(connection: psycopg.Connection, collection: Collection) -> dict[str, Any]:
    """Return what a collection holds, as plain JSON types: equal content gives an equal one."""
    hashes = document_hashes(connection, collection.id)
    rows = "\n".join(f"{path} {digest}" for path, digest in sorted(hashes.items()))
    return {
        "collection": collection.name,
        "embedder": collection.embedder,
        "dimension": collection.dimension,
        "documents": len(hashes),
        "passages": count_passages(connection, collection.id),
        "content_sha256": hashlib.sha256(rows.encode()).hexdigest(),
    }
