"""What tasks work with in a workspace: tables, the operator's role, the router."""

import asyncio
from collections.abc import Callable, Mapping

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
from workbench.store.database import open_database
from workbench.store.tasks import Tasks

Progress = Callable[[str], None]


async def open_setting(
    settings: Settings,
    assistant: Assistant,
    tools: Mapping[str, Tool],
    declared: Declarations,
    ask_model: AskModel,
    progress: Progress,
) -> Setting:
    """Open the database, and return what tasks of an assistant work with.

    Args:
        settings: The workspace's settings; they name the operator and the model.
        assistant: Whose tasks.
        tools: All tools that its plans may use, by name.
        declared: Its rules and recipes.
        ask_model: Asks the model for what neither recipes nor rules plan.
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
        ask_model=ask_model,
        router=assistance.router,
    )
