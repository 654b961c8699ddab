"""The engine: services opened once, sessions made from them."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from workbench.config import Settings
from workbench.engine.answering import Answering
from workbench.engine.assistant import Assistant
from workbench.engine.assisting import Assistances
from workbench.engine.memo import Memo
from workbench.engine.own_settings import settings_for
from workbench.engine.query_engine import GroundedQueryEngine
from workbench.engine.recorder import StoreRecorder
from workbench.engine.retrieval.collections import find_collection
from workbench.engine.session import Recorder, Session
from workbench.errors import UnknownNameError
from workbench.services.endpoints import (
    Endpoint,
    ensure_endpoint,
    fetch_if_missing,
    resolve_model,
)

if TYPE_CHECKING:
    from workbench.engine.retrieval import Retriever
    from workbench.store.database import Database

Progress = Callable[[str], None]


class Engine:
    """Answers questions over the collections of one workspace.

    Args:
        settings: The workspace's settings.
        database: The open database.
        retriever: Finds passages in it.
    """

    def __init__(self, settings: Settings, database: "Database", retriever: "Retriever") -> None:
        self.settings = settings
        self.database = database
        self.retriever = retriever
        self._assistances = Assistances(settings, database, retriever.embedder)

    @classmethod
    async def open(cls, settings: Settings, progress: Progress | None = None) -> "Engine":
        """Start or attach to the database and load the embedder; the model starts with a turn.

        Raises:
            WorkbenchError: A service or the embedder cannot be used.
        """

        def load() -> Engine:
            from workbench.engine.embeddings import load_embedder
            from workbench.engine.retrieval import Retriever
            from workbench.store.database import open_database

            database = open_database(settings, progress)
            return cls(settings, database, Retriever(database, load_embedder(settings), settings))

        return await asyncio.to_thread(load)

    async def ensure_index(self, assistant: Assistant, progress: Progress | None = None) -> None:
        """Index an assistant's documents if they never were; changes are left to `index`.

        Raises:
            IndexingError: Its documents cannot be indexed.
        """

        def index() -> None:
            from workbench.engine.embeddings import load_embedder
            from workbench.engine.ingestion import index_corpus

            index_corpus(
                self.database,
                load_embedder(self.settings),
                assistant.corpus,
                assistant.collection,
                progress,
                exact_below=self.settings.retrieval.exact_below,
            )

        async with self.database.atransaction() as connection:
            try:
                found = await find_collection(connection, assistant.collection)
            except UnknownNameError:
                found = None
        if found is None or found.indexed_at is None:
            await asyncio.to_thread(index)

    async def session(
        self,
        assistant: Assistant,
        *,
        session_id: str | None = None,
        model: str | None = None,
        prompt: str | None = None,
    ) -> Session:
        """Begin a conversation, or continue a stored one.

        Raises:
            UnknownNameError: No such model, prompt or conversation of this operator.
        """
        resolve_model(self.settings, model)
        assistant.prompt(prompt)
        recorder = StoreRecorder(self.database, self.settings, assistant.name, session_id)
        await recorder.open()
        return self.converse(assistant, recorder, recorder.id, model=model, prompt=prompt)

    def converse(
        self,
        assistant: Assistant,
        recorder: Recorder,
        session_id: str,
        *,
        model: str | None = None,
        prompt: str | None = None,
        memo: Memo | None = None,
    ) -> Session:
        """Return a conversation that a given recorder keeps.

        It uses what the assistant's folder says of search, memory and sampling, where the
        workspace's settings say nothing.

        Args:
            assistant: Who is asked.
            recorder: Keeps what is said.
            session_id: The conversation's id.
            model: The model that answers; the configured one when `None`.
            prompt: One of the assistant's prompts; its default when `None`.
            memo: Keeps searches and replies for reuse; nothing is reused when `None`.

        Raises:
            UnknownNameError: No such model or prompt.
        """
        name = resolve_model(self.settings, model)
        chosen = assistant.prompt(prompt)
        settings = settings_for(self.settings, assistant)

        async def endpoint_source(progress: Progress) -> Endpoint:
            return await asyncio.to_thread(_endpoint, self.settings, name, progress)

        def engine_source(endpoint: Endpoint) -> GroundedQueryEngine:
            return GroundedQueryEngine(self.retriever, assistant, endpoint, chosen, settings, memo)

        answering = Answering(
            assistant,
            chosen,
            name,
            settings,
            endpoint_source,
            engine_source,
            self._assistances.of(assistant),
        )
        return Session(session_id, answering, recorder)

    async def close(self) -> None:
        """Close the connections; services go on running for the next command."""
        await self.retriever.close()


def _endpoint(settings: Settings, name: str, progress: Progress) -> Endpoint:
    fetch_if_missing(settings, name, progress)
    return ensure_endpoint(settings, name, progress)
