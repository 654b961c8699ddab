"""Brings a collection in line with its corpus.

Documents are read and embedded first; then each is written in one transaction of its own, so that
whatever stops a run leaves whole documents behind, and the next run does the rest.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from workbench.engine.embeddings import Embedder
from workbench.engine.ingestion.corpus import Document, Problem, load_corpus
from workbench.engine.ingestion.prepare import Prepared, build_rows, prepare
from workbench.engine.ingestion.report import IndexReport
from workbench.engine.retrieval import collections as store
from workbench.engine.retrieval import table
from workbench.errors import IndexingError
from workbench.store.database import Database

Progress = Callable[[str], None]


class NothingIndexedError(IndexingError):
    """Nothing in a corpus can be indexed."""

    exit_code = 1


EXACT_BELOW = 20_000
BATCH_SENTENCES = 64
"""Sentences of several documents are embedded together up to about so many."""
_LOCK_CLASS = 0x776B6978


def index_corpus(
    database: Database,
    embedder: Embedder,
    corpus: Path,
    collection: str,
    progress: Progress | None = None,
    *,
    rebuild: bool = False,
    exact_below: int = EXACT_BELOW,
) -> IndexReport:
    """Index what is new or changed in a corpus, and remove what is gone from it.

    Args:
        database: The open database.
        embedder: The encoder of passages.
        corpus: A folder, or a JSONL file of `{"id", "title", "text"}`.
        collection: The collection's name; made when it does not exist.
        progress: Told what is being done.
        rebuild: Index everything anew, for instance with another encoder.
        exact_below: Collections with fewer sentences get no vector index.

    Raises:
        IndexingError: There is no such corpus, or the collection has another encoder.
        NothingIndexedError: Nothing in the corpus can be indexed.
        DatabaseError: The database went away; finished documents stay.
    """
    started = time.monotonic()
    entries = load_corpus(corpus)
    say = progress or (lambda _: None)
    with (
        database.faults_named(),
        database.connect(autocommit=True) as connection,
        _only_indexer(connection, collection, say),
    ):
        target = _open_collection(connection, embedder, collection, rebuild)
        run = _Run(connection, embedder, target, say)
        run.take(entries)
        report = run.finish(exact_below)
    report.seconds = time.monotonic() - started
    return report


@contextmanager
def _only_indexer(connection: psycopg.Connection, collection: str, say: Progress) -> Iterator[None]:
    """Let one command at a time index a collection; the lock ends with the connection."""
    key = (_LOCK_CLASS, collection)
    attempt = "SELECT pg_try_advisory_lock(%s, hashtext(%s))"
    row = connection.execute(attempt, key).fetchone()
    if row is None or not row[0]:
        say(f"another command is indexing {collection}; waiting for it")
        connection.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", key)
    yield
    connection.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", key)


def _open_collection(
    connection: psycopg.Connection, embedder: Embedder, name: str, rebuild: bool
) -> store.Collection:
    with connection.transaction():
        found = store.get_collection(connection, name)
        if found is not None and rebuild:
            _drop_collection(connection, found.id)
            found = None
        if found is None:
            found = store.add_collection(connection, name, embedder.name, embedder.dimension)
            table.create_tables(connection, found.id, found.dimension)
    found.check_embedder(embedder.name, embedder.dimension)
    return found


def _drop_collection(connection: psycopg.Connection, collection_id: int) -> None:
    with connection.transaction():
        table.drop_tables(connection, collection_id)
        store.remove_collection(connection, collection_id)


class _Run:
    """One run over a corpus."""

    def __init__(
        self,
        connection: psycopg.Connection,
        embedder: Embedder,
        collection: store.Collection,
        say: Progress,
    ) -> None:
        self._connection = connection
        self._embedder = embedder
        self._collection = collection
        self._say = say
        self._stored = store.document_hashes(connection, collection.id)
        self._present: set[str] = set()
        self._waiting: list[Prepared] = []
        self._report = IndexReport(collection=collection.name, embedder=collection.embedder)

    def take(self, entries: Iterator[Document | Problem]) -> None:
        """Go through a corpus."""
        for entry in entries:
            if isinstance(entry, Problem):
                self._skip(entry)
            elif self._stored.get(entry.path) == entry.content_hash:
                self._present.add(entry.path)
                self._report.unchanged += 1
            else:
                self._prepare(entry)
        self._write_waiting()

    def finish(self, exact_below: int) -> IndexReport:
        """Remove what is gone, tune the indexes, and return the report.

        Raises:
            NothingIndexedError: Nothing can be indexed; what was indexed before stays.
        """
        report, collection = self._report, self._collection
        if not self._present:
            if not self._stored:
                _drop_collection(self._connection, collection.id)
            raise _nothing_indexed(report)
        for path in sorted(self._stored.keys() - self._present):
            with self._connection.transaction():
                table.delete_document(self._connection, collection.id, path)
                store.forget_document(self._connection, collection.id, path)
            report.removed.append(path)
        table.tell_translations(self._connection, collection.id)
        report.chunks_total = store.count_passages(self._connection, collection.id)
        report.documents_total = len(self._present)
        if report.indexed or report.removed or collection.indexed_at is None:
            self._say("updating the search index")
        large = table.tune_indexes(self._connection, collection.id, exact_below)
        report.index = "hnsw" if large else "exact"
        store.mark_indexed(self._connection, collection.id)
        return report

    def _skip(self, problem: Problem) -> None:
        self._report.problems.append(problem)
        if problem.keep and problem.path in self._stored:
            self._present.add(problem.path)

    def _prepare(self, document: Document) -> None:
        try:
            self._waiting.append(prepare(document))
        except IndexingError as error:
            self._skip(Problem(document.path, error.message))
            return
        waiting = sum(len(pieces) for prepared in self._waiting for pieces in prepared.pieces)
        if waiting >= BATCH_SENTENCES:
            self._write_waiting()

    def _write_waiting(self) -> None:
        """Embed the waiting documents together and write each in its own transaction."""
        if not self._waiting:
            return
        last = self._waiting[-1].document.path
        self._say(f"indexing {last} ({len(self._report.indexed)} documents done)")
        texts = [prepared.embedded for prepared in self._waiting]
        vectors = iter(self._embedder.embed_passages(list(itertools.chain.from_iterable(texts))))
        for prepared, own in zip(self._waiting, texts, strict=True):
            self._write(prepared, [next(vectors) for _ in own])
        self._waiting.clear()

    def _write(self, prepared: Prepared, vectors: list[list[float]]) -> None:
        document, number = prepared.document, self._collection.id
        rows = build_rows(self._collection.name, prepared, vectors)
        record = store.StoredDocument(
            path=document.path,
            content_hash=document.content_hash,
            title=prepared.title,
            lang=prepared.lang,
            pages=prepared.pages,
            chunks=len(rows),
        )
        with self._connection.transaction():
            table.delete_document(self._connection, number, document.path)
            table.insert_rows(self._connection, number, rows)
            store.save_document(self._connection, number, record)
        self._present.add(document.path)
        self._report.indexed.append(document.path)
        self._report.chunks += len(rows)


def _nothing_indexed(report: IndexReport) -> NothingIndexedError:
    if not report.problems:
        hint = "put .md, .txt, .pdf or .html files there"
        return NothingIndexedError("the corpus holds no documents", hint)
    first = report.problems[0]
    others = f" and {len(report.problems) - 1} more" if len(report.problems) > 1 else ""
    message = f"nothing in the corpus can be indexed: {first.path} {first.reason}{others}"
    return NothingIndexedError(message, "correct these documents")
