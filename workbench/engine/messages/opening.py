"""What messages work with in a workspace: the assistant's tables, and the model when asked."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workbench.config import Settings
from workbench.engine.assistant import Assistant
from workbench.engine.assisting import Assistances
from workbench.engine.embeddings import load_embedder
from workbench.engine.llm import build_llm, stream_json
from workbench.engine.messages.prose import Chat, Complete, Reply
from workbench.engine.tools.context import ToolContext
from workbench.engine.turn import ModelInfo, Usage
from workbench.errors import UsageError
from workbench.services.endpoints import ensure_endpoint, fetch_if_missing
from workbench.store.database import open_database

if TYPE_CHECKING:
    from workbench.services.endpoints import Endpoint

Progress = Callable[[str], None]


async def open_context(settings: Settings, assistant: Assistant, progress: Progress) -> ToolContext:
    """Open the database; return the assistant's tables and clock, and who asks.

    Args:
        settings: The workspace's settings; they name the operator.
        assistant: Whose tables.
        progress: Told what takes time.

    Raises:
        UsageError: The assistant has no tools.
        DatabaseError: The database cannot be used.
    """
    database = await asyncio.to_thread(open_database, settings, progress)
    assistance = Assistances(settings, database, load_embedder(settings)).of(assistant)
    if assistance is None:
        raise UsageError(f"{assistant.title} has no tools and so no tables", "ask another one")
    return await assistance.context(assistant.languages[0])


def model_of(settings: Settings, progress: Progress) -> Complete:
    """Return what asks the workspace's model; its server is started with the first question."""
    opened: list[tuple[Endpoint, Any]] = []

    def connect() -> "Endpoint":
        fetch_if_missing(settings, None, progress)
        return ensure_endpoint(settings, None, progress)

    async def complete(chat: Chat, schema: dict[str, Any], max_tokens: int) -> Reply:
        if not opened:
            endpoint = await asyncio.to_thread(connect)
            opened.append((endpoint, build_llm(endpoint, settings.answer)))
        endpoint, llm = opened[0]
        text, usage = "", Usage()
        async for delta in stream_json(llm, chat, endpoint, schema, max_tokens):
            text += delta.text
            usage = delta.usage or usage
        return Reply(text, usage, _info(endpoint))

    return complete


def _info(endpoint: "Endpoint") -> ModelInfo:
    return ModelInfo(
        name=endpoint.name,
        weights=endpoint.weights,
        quantisation=endpoint.quantisation,
        endpoint=endpoint.base_url,
    )
