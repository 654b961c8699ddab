"""What the client talks to: the engine in real use, a script in tests.

Nothing here imports the engine at the top, so that the client paints before any of it is loaded.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from workbench.errors import WorkbenchError
from workbench.locations import workspace_state

if TYPE_CHECKING:
    from workbench.config import Settings
    from workbench.engine.assistant import Assistant
    from workbench.engine.engine import Engine
    from workbench.engine.events import Event
    from workbench.engine.session import Session
    from workbench.engine.turn import Turn

Progress = Callable[[str, str], None]
"""Told the name of a step and how far it is; an empty message means that it is done.

It may be called from any thread.
"""

EARLIER_TURNS = 200
"""How many turns of a continued conversation can be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the client says about whom it talks to.

    Attributes:
        title: The assistant's name for people.
        description: What it helps with.
        model: The model that answers.
        prompt: The prompt's name and version.
        examples: Questions that it can be asked.
        folder: Where the client keeps its log and copied answers.
    """

    title: str
    description: str
    model: str
    prompt: str
    examples: tuple[str, ...]
    folder: Path


class Backend(Protocol):
    """One conversation at a time with one assistant."""

    @property
    def facts(self) -> Facts:
        """What is known so far; asked again after `open`."""
        ...

    async def open(self, progress: Progress) -> "Sequence[Turn]":
        """Start what is not running; may be called again, after a failure or at any time.

        Returns:
            The earlier turns of the conversation, oldest first; none when called again.

        Raises:
            WorkbenchError: Something did not start.
        """
        ...

    def ask(self, text: str) -> "AsyncIterator[Event]":
        """Answer a question; the last event carries the turn."""
        ...

    def cancel(self) -> None:
        """Stop the running answer."""
        ...

    def confirm(self, confirmation_id: str, yes: bool) -> None:
        """Answer the request of a tool that waits."""
        ...

    async def new_conversation(self) -> None:
        """Begin a conversation without history."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class EngineBackend:
    """Answers with the engine.

    Args:
        settings: The workspace's settings; they name the model.
        assistant: Who answers.
        session_id: A stored conversation to continue.
        prompt: Which of the assistant's prompts; its default when `None`.
    """

    def __init__(
        self,
        settings: "Settings",
        assistant: "Assistant",
        session_id: str | None = None,
        prompt: str | None = None,
    ) -> None:
        self._settings = settings
        self._assistant = assistant
        self._session_id = session_id
        self._prompt = prompt
        self._model = settings.model
        self._engine: Engine | None = None
        self._session: Session | None = None

    @property
    def facts(self) -> Facts:
        """What is known of the assistant; the model's name is resolved by `open`."""
        return Facts(
            title=self._assistant.title,
            description=self._assistant.description,
            model=self._model,
            prompt=self._assistant.prompt(self._prompt).label,
            examples=self._assistant.examples,
            folder=workspace_state(self._settings.workspace),
        )

    async def open(self, progress: Progress) -> "Sequence[Turn]":
        """Load the engine, bring the index up to date and start the model, side by side."""
        progress("program", "loading")
        self._model = await asyncio.to_thread(_load_engine, self._settings)
        progress("program", "")
        earlier, _ = await asyncio.gather(
            self._open_documents(progress), asyncio.to_thread(self._start_model, progress)
        )
        return earlier

    def ask(self, text: str) -> "AsyncIterator[Event]":
        """Answer a question in the current conversation."""
        return self._opened.ask(text)

    def cancel(self) -> None:
        """Stop the running answer, on the model server too."""
        if self._session is not None:
            self._session.cancel()

    def confirm(self, confirmation_id: str, yes: bool) -> None:
        """Answer the request of a tool that waits."""
        self._opened.confirm(confirmation_id, yes)

    async def new_conversation(self) -> None:
        """Begin a conversation without history."""
        if self._engine is not None:
            self._session = await self._engine.session(self._assistant, prompt=self._prompt)

    async def close(self) -> None:
        """Close the connections; the services go on running."""
        if self._engine is not None:
            await self._engine.close()

    @property
    def _opened(self) -> "Session":
        if self._session is None:
            raise WorkbenchError("the services are not ready", "start them again with ctrl+r")
        return self._session

    async def _open_documents(self, progress: Progress) -> "Sequence[Turn]":
        from workbench.engine.engine import Engine
        from workbench.store.database import open_database

        def database(message: str) -> None:
            progress("database", message)

        database("opening")
        if self._engine is None:
            self._engine = await Engine.open(self._settings, database)
        else:
            await asyncio.to_thread(open_database, self._settings, database)
        database("")
        await asyncio.to_thread(self._index, self._engine, progress)
        if self._session is not None:
            return ()
        self._session = await self._engine.session(
            self._assistant, session_id=self._session_id, prompt=self._prompt
        )
        return await self._earlier(self._engine, self._session.id) if self._session_id else ()

    def _index(self, engine: "Engine", progress: Progress) -> None:
        from workbench.engine.embeddings import load_embedder
        from workbench.engine.ingestion import index_corpus

        index_corpus(
            engine.database,
            load_embedder(self._settings),
            self._assistant.corpus,
            self._assistant.collection,
            lambda message: progress("documents", message),
            exact_below=self._settings.retrieval.exact_below,
        )
        progress("documents", "")

    def _start_model(self, progress: Progress) -> None:
        from workbench.services.endpoints import ensure_endpoint, fetch_if_missing

        def model(message: str) -> None:
            progress("model", message)

        fetch_if_missing(self._settings, self._model, model)
        ensure_endpoint(self._settings, self._model, model)
        progress("model", "")

    async def _earlier(self, engine: "Engine", session_id: str) -> "list[Turn]":
        from pydantic import TypeAdapter

        from workbench.engine.recorder import operator_name
        from workbench.engine.turn import Turn
        from workbench.store.messages import Messages

        owner = operator_name(self._settings)
        messages = await Messages(engine.database, owner, session_id).list(2 * EARLIER_TURNS)
        reader = TypeAdapter(Turn)
        return [reader.validate_python(message.turn) for message in messages if message.turn]


def _load_engine(settings: "Settings") -> str:
    """Import what is slow to import, and return the resolved model's name."""
    import_module("workbench.engine.engine")
    import_module("workbench.engine.ingestion")
    from workbench.services.endpoints import resolve_model

    return resolve_model(settings, None)
