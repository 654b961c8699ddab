"""The search over a collection: both legs at once, then fused."""

import asyncio
import copy
import threading
import weakref
from dataclasses import dataclass, replace
from typing import Literal

import psycopg

from workbench.config import SearchSettings, Settings
from workbench.engine.clock import to_24_hours
from workbench.engine.embeddings import Embedder
from workbench.engine.glossary import NO_GLOSSARY, Glossary
from workbench.engine.retrieval.centring import centred, language_means, language_offsets
from workbench.engine.retrieval.collections import Collection, find_collection
from workbench.engine.retrieval.connections import Connections
from workbench.engine.retrieval.dense import read_sentences, search_dense, whole_weight
from workbench.engine.retrieval.filters import Filters
from workbench.engine.retrieval.fusion import fuse
from workbench.engine.retrieval.lexical import Asked, read_question
from workbench.engine.retrieval.passage import Passage
from workbench.engine.retrieval.textleg import Corpus, corpus_size, search_text
from workbench.errors import InvalidQuestionError
from workbench.store.database import Database

Mode = Literal["fused", "dense", "text"]


class Retriever:
    """Finds passages; made once and reused, since it keeps its connections.

    It may be used from several event loops, each with connections of its own.

    Args:
        database: The open database.
        embedder: The encoder that the collections were indexed with.
        settings: The retrieval settings are read.
    """

    def __init__(self, database: Database, embedder: Embedder, settings: Settings) -> None:
        self._database = database
        self.embedder = embedder
        self._settings: SearchSettings = settings.retrieval
        self._sizes: dict[tuple[int, object], Corpus] = {}
        self._means: dict[tuple[int, object], dict[str, list[float]]] = {}
        self._connections: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Connections]
        self._connections = weakref.WeakKeyDictionary()
        self._opening = threading.Lock()

    def using(self, settings: SearchSettings) -> "Retriever":
        """Return the same search with other settings; both share connections and what is kept."""
        other = copy.copy(self)
        other._settings = settings
        return other

    async def search(
        self,
        query: str,
        collection: str,
        top_k: int | None = None,
        mode: Mode = "fused",
        filters: Filters | None = None,
        glossary: Glossary = NO_GLOSSARY,
    ) -> list[Passage]:
        """Return the best passages of a collection for a question.

        Args:
            query: The question, in any language and any Unicode form.
            collection: The collection's name.
            top_k: How many passages; the setting's number by default.
            mode: Both legs fused, or one of them.
            filters: What the passages must be; fewer than `top_k` come back only when fewer exist.
            glossary: Which words stand for each other in the collection.

        Raises:
            InvalidQuestionError: The question is empty.
            UnknownNameError: There is no such collection.
            IndexingError: It was indexed with another encoder.
            DatabaseError: The database went away.
        """
        if not query.strip():
            raise InvalidQuestionError("the question is empty", "write a question")
        query = to_24_hours(query)
        wanted = top_k or self._settings.top_k
        limit = max(wanted, self._settings.candidates) if mode == "fused" else wanted
        connections = self._connect()
        asked = await asyncio.to_thread(read_question, query, glossary)
        chosen = filters or Filters()
        chosen = replace(chosen, asked_in=chosen.asked_in or chosen.lang or asked.lang)
        async with connections.psycopg() as connection:
            found = await find_collection(connection, collection)
            found.check_embedder(self.embedder.name, self.embedder.dimension)
            if mode == "text":
                return (await self._text(connection, found, asked, limit, chosen))[:wanted]
            near = await self._compare(connection, found, query, asked, chosen)
            # both legs may use the connection: psycopg runs one statement after the other
            dense, text = await asyncio.gather(
                self._dense(connections, connection, found, near, limit, chosen),
                self._text(connection, found, asked, limit, chosen)
                if mode == "fused"
                else _nothing(),
            )
            best = fuse(dense, text, asked, self._settings) if mode == "fused" else dense
            return await read_sentences(
                connection, found.id, best[:wanted], near.vectors, near.offsets
            )

    async def close(self) -> None:
        """Close the connections of the running event loop."""
        connections = self._connections.pop(asyncio.get_running_loop(), None)
        if connections is not None:
            await connections.close()

    def search_sync(
        self, query: str, collection: str, top_k: int | None = None, mode: Mode = "fused"
    ) -> list[Passage]:
        """Search from code that is not asynchronous; see `search`.

        Must not be called in a running event loop.
        """

        async def once() -> list[Passage]:
            try:
                return await self.search(query, collection, top_k, mode)
            finally:
                await self.close()

        return asyncio.run(once())

    def _connect(self) -> Connections:
        loop = asyncio.get_running_loop()
        with self._opening:
            if loop not in self._connections:
                self._connections[loop] = Connections(self._database)
            return self._connections[loop]

    async def _compare(
        self,
        connection: psycopg.AsyncConnection,
        collection: Collection,
        query: str,
        asked: Asked,
        filters: Filters,
    ) -> "_Near":
        means = await self._language_means(connection, collection)
        languages = [lang for lang in means if filters.lang in (None, lang)]
        vectors = await asyncio.to_thread(self._embed, query, asked, languages)
        return _Near(vectors, language_offsets(vectors, means), whole_weight(query))

    async def _dense(
        self,
        connections: Connections,
        connection: psycopg.AsyncConnection,
        collection: Collection,
        near: "_Near",
        limit: int,
        filters: Filters,
    ) -> list[Passage]:
        store = connections.vector_store(collection.id, collection.dimension)
        number = collection.id
        with connections.faults_named():
            found = {
                lang: await search_dense(
                    store,
                    connection,
                    number,
                    vector,
                    limit,
                    replace(filters, lang=lang),
                    near.weight,
                )
                for lang, vector in near.vectors.items()
            }
        return centred(found, near.offsets, limit)

    def _embed(self, query: str, asked: Asked, languages: list[str]) -> dict[str, list[float]]:
        """Embed the question, for each language with the glossary's terms in that language."""
        asked_in = {lang: asked.by_language.get(lang, query) for lang in languages}
        vectors = {text: self.embedder.embed_query(text) for text in set(asked_in.values())}
        return {lang: vectors[text] for lang, text in asked_in.items()}

    async def _language_means(
        self, connection: psycopg.AsyncConnection, collection: Collection
    ) -> dict[str, list[float]]:
        key = (collection.id, collection.indexed_at)
        if key not in self._means or collection.indexed_at is None:
            self._means[key] = await language_means(connection, collection.id)
        return self._means[key]

    async def _text(
        self,
        connection: psycopg.AsyncConnection,
        collection: Collection,
        asked: Asked,
        limit: int,
        filters: Filters,
    ) -> list[Passage]:
        key = (collection.id, collection.indexed_at)
        if key not in self._sizes or collection.indexed_at is None:
            self._sizes[key] = await corpus_size(connection, collection.id)
        size = self._sizes[key]
        return await search_text(connection, collection.id, asked, limit, filters, size)


@dataclass(frozen=True, slots=True)
class _Near:
    """What a question is compared by.

    Attributes:
        vectors: By language, the question's vector.
        offsets: By language, what is taken from a cosine with it.
        weight: How much a whole passage counts beside its best sentence.
    """

    vectors: dict[str, list[float]]
    offsets: dict[str, float]
    weight: float


async def _nothing() -> list[Passage]:
    """The result of a leg that is not wanted."""
    return []
