"""What tasks work with in a workspace: tables, the operator's role, the model when it is needed."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.config import Settings
from workbench.engine.assistant import Assistant
from workbench.engine.assisting import Assistances
from workbench.engine.embeddings import load_embedder
from workbench.engine.recorder import operator_name
from workbench.engine.tasks.declared import Declarations
from workbench.engine.tasks.planner import AskModel
from workbench.engine.tasks.running import Setting
from workbench.engine.tools.tool import Tool
from workbench.errors import UsageError
from workbench.services.endpoints import ensure_endpoint, fetch_if_missing
from workbench.store.database import open_database
from workbench.store.tasks import Tasks

if TYPE_CHECKING:
    from workbench.services.endpoints import Endpoint

Progress = Callable[[str], None]


async def open_setting(
    settings: Settings,
    assistant: Assistant,
    tools: Mapping[str, Tool],
    declared: Declarations,
    progress: Progress,
) -> Setting:
    """Open the database, and return what tasks of an assistant work with.

    Args:
        settings: The workspace's settings; they name the operator and the model.
        assistant: Whose tasks.
        tools: All tools that its plans may use, by name.
        declared: Its rules and recipes.
        progress: Told what takes time.

    Raises:
        UsageError: The assistant has no tools.
        DatabaseError: The database cannot be used.
    """
    database = await asyncio.to_thread(open_database, settings, progress)
    assistance = Assistances(settings, database, load_embedder(settings)).of(assistant)
    if assistance is None:
        raise UsageError(f"{assistant.title} has no tools that a task could use", "ask another one")
    return Setting(
        assistant=assistant,
        tools=tools,
        declared=declared,
        context=assistance.context,
        tasks=Tasks(database, operator_name(settings)),
        ask_model=model_asker(settings, progress),
    )


def model_asker(settings: Settings, progress: Progress) -> AskModel:
    """Return what asks the workspace's model; its server is started with the first question."""
    opened: list[Endpoint] = []

    def connect() -> "Endpoint":
        fetch_if_missing(settings, None, progress)
        return ensure_endpoint(settings, None, progress)

    async def ask(
        messages: Sequence[tuple[str, str]], schema: dict[str, Any], max_tokens: int
    ) -> str:
        from workbench.engine.llm import build_llm, stream_json

        if not opened:
            opened.append(await asyncio.to_thread(connect))
        llm = build_llm(opened[0], settings.answer)
        stream = stream_json(llm, messages, opened[0], schema, max_tokens)
        return "".join([delta.text async for delta in stream])

    return ask
