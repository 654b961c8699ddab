"""The connections of one event loop to the database, shared by both legs of a search."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

import psycopg

from workbench.engine.retrieval.dense import restrict
from workbench.engine.retrieval.table import SCHEMA, index_name
from workbench.store.database import Database

if TYPE_CHECKING:
    from llama_index.vector_stores.postgres import PGVectorStore

SEARCHES = 6
"""Searches under way at once; more would only wait for each other's work on the same cores."""
_EACH = 2
"""Connections that one search holds: its own, and the one of LlamaIndex's store."""


class Connections:
    """A pool of connections that belongs to the event loop in which it is first used.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        from sqlalchemy import create_engine
        from sqlalchemy.ext.asyncio import create_async_engine

        url = database.sqlalchemy_url()
        self._database = database
        self._engine = create_async_engine(
            url, pool_size=SEARCHES * _EACH, max_overflow=0, pool_pre_ping=True
        )
        # LlamaIndex takes both engines or neither; this one never connects
        self._unused = create_engine(url)
        self._stores: dict[int, Any] = {}
        # searches that each held one connection and waited for their second would wait for ever
        self._searches = asyncio.Semaphore(SEARCHES)

    @asynccontextmanager
    async def psycopg(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """Lend a connection for a search; it may take one more through `vector_store`."""
        with self.faults_named():
            async with self._searches, self._engine.connect() as lent:
                raw = await lent.get_raw_connection()
                connection = raw.driver_connection
                assert isinstance(connection, psycopg.AsyncConnection)
                yield connection

    @contextmanager
    def faults_named(self) -> Iterator[None]:
        """Turn faults of the server inside the block into one-line errors."""
        from sqlalchemy.exc import DBAPIError

        with self._database.faults_named():
            try:
                yield
            except DBAPIError as error:
                if isinstance(error.orig, psycopg.Error):
                    raise error.orig from error
                raise

    def vector_store(self, collection_id: int, dimension: int) -> "PGVectorStore":
        """Return LlamaIndex's store over a collection's table; it only reads."""
        from llama_index.vector_stores.postgres import PGVectorStore

        if collection_id not in self._stores:
            self._stores[collection_id] = PGVectorStore(
                table_name=index_name(collection_id),
                schema_name=SCHEMA,
                embed_dim=dimension,
                engine=self._unused,
                async_engine=self._engine,
                perform_setup=False,
                use_jsonb=True,
                customize_query_fn=restrict,
            )
        return self._stores[collection_id]

    async def close(self) -> None:
        """Close the connections."""
        await self._engine.dispose()
        self._unused.dispose()
