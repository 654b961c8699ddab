"""The model as commands ask it that mostly do without one: opened with the first question."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from workbench.cli.output import Progress

if TYPE_CHECKING:
    from workbench.config import Settings
    from workbench.engine.llm import Delta
    from workbench.engine.messages.prose import Reply
    from workbench.services.endpoints import Endpoint

Chat = Sequence[tuple[str, str]]


class Model:
    """The workspace's model; its server is started with the first question.

    Args:
        settings: The workspace's settings; they name the model.
        progress: Told what takes time.
    """

    def __init__(self, settings: "Settings", progress: Progress) -> None:
        self._settings = settings
        self._progress = progress
        self._opened: tuple[Endpoint, Any] | None = None

    async def stream(
        self, chat: Chat, schema: dict[str, Any], max_tokens: int
    ) -> "AsyncIterator[Delta]":
        """Yield the pieces of a reply that the server holds to a JSON Schema.

        Raises:
            WorkbenchError: The model cannot be fetched, started or asked.
        """
        from workbench.engine.llm import stream_json

        endpoint, llm = await self._open()
        async for delta in stream_json(llm, chat, endpoint, schema, max_tokens):
            yield delta

    async def text(self, chat: Chat, schema: dict[str, Any], max_tokens: int) -> str:
        """Return the text of a reply; see `stream`."""
        return "".join([delta.text async for delta in self.stream(chat, schema, max_tokens)])

    async def reply(self, chat: Chat, schema: dict[str, Any], max_tokens: int) -> "Reply":
        """Return a reply with its tokens and the model that wrote it; see `stream`."""
        from workbench.engine.messages.prose import Reply
        from workbench.engine.turn import ModelInfo, Usage

        text, usage = "", Usage()
        async for delta in self.stream(chat, schema, max_tokens):
            text += delta.text
            usage = delta.usage or usage
        endpoint, _ = await self._open()
        model = ModelInfo(
            name=endpoint.name,
            weights=endpoint.weights,
            quantisation=endpoint.quantisation,
            endpoint=endpoint.base_url,
        )
        return Reply(text, usage, model)

    @property
    def name(self) -> str:
        """What the server calls the model; empty before the first question."""
        return self._opened[0].model if self._opened else ""

    async def _open(self) -> "tuple[Endpoint, Any]":
        if self._opened is None:
            from workbench.engine.llm import build_llm

            endpoint = await asyncio.to_thread(self._connect)
            self._opened = endpoint, build_llm(endpoint, self._settings.answer)
        return self._opened

    def _connect(self) -> "Endpoint":
        from workbench.services.endpoints import ensure_endpoint, fetch_if_missing

        fetch_if_missing(self._settings, None, self._progress)
        endpoint = ensure_endpoint(self._settings, None, self._progress)
        self._progress.done()
        return endpoint


@contextmanager
def asked_model(settings: "Settings", progress: Progress | None = None) -> "Iterator[Model]":
    """Give the workspace's model; whatever progress is shown is cleared at the end.

    Args:
        settings: The workspace's settings; they name the model.
        progress: Told what takes time; one of its own where the command shows none.
    """
    shown = progress or Progress()
    try:
        yield Model(settings, shown)
    finally:
        shown.done()
