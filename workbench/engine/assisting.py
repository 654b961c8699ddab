"""The tools of an assistant over a workspace: tables made, operator known, router ready."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

from workbench.config import Settings
from workbench.engine.agent.assistance import Assistance
from workbench.engine.assistant import Assistant, AssistantTables
from workbench.engine.embeddings import Embedder
from workbench.engine.recorder import operator_name
from workbench.engine.routing.examples import RoutingExample, load_examples
from workbench.engine.routing.linear import LinearRouter
from workbench.engine.routing.vectors import KeptVectors
from workbench.engine.tools.arguments import Find, finders_of
from workbench.engine.tools.context import ToolContext
from workbench.store.assistant_tables import (
    MakeTables,
    ensure_tables,
    replace_tables,
    schema_of,
)
from workbench.store.database import Database
from workbench.store.operators import Operators


class Assistances:
    """Gives each assistant its tools; what takes time is done once.

    Args:
        settings: The workspace's settings; they name the operator.
        database: The open database.
        embedder: The encoder of the router.
    """

    def __init__(self, settings: Settings, database: Database, embedder: Embedder) -> None:
        self._settings = settings
        self._database = database
        self._embedder = embedder
        self._vectors = KeptVectors(embedder, settings.cache_dir / "routes")
        self._routers: dict[str, LinearRouter] = {}
        self._made: set[str] = set()
        self._lock = asyncio.Lock()

    def of(self, assistant: Assistant) -> Assistance | None:
        """Return the tools of an assistant; `None` for one without."""
        if not assistant.tools or assistant.routes is None:
            return None

        async def context(lang: str) -> ToolContext:
            return await self._context(assistant, lang)

        async def router() -> LinearRouter:
            return await self._router(assistant)

        return Assistance(assistant=assistant, context=context, router=router)

    async def _context(self, assistant: Assistant, lang: str) -> ToolContext:
        async with self._lock:
            if assistant.name not in self._made:
                await asyncio.to_thread(make_tables, self._database, assistant)
                self._made.add(assistant.name)
        name = operator_name(self._settings)
        role = await Operators(self._database).role_of(name)
        tables = assistant.tables
        return ToolContext(
            database=self._database,
            schema=schema_of(assistant.name) if tables else "workbench",
            operator=assistant.roles.operator(name, role),
            now=(tables.now if tables else None) or datetime.now(),  # noqa: DTZ005 - local time
            lang=lang,
        )

    async def _router(self, assistant: Assistant) -> LinearRouter:
        async with self._lock:
            if assistant.name not in self._routers:
                assert assistant.routes is not None
                examples = await asyncio.to_thread(load_examples, assistant.routes)
                self._routers[assistant.name] = await asyncio.to_thread(
                    train_router, assistant, examples, self._embedder, self._vectors
                )
        return self._routers[assistant.name]


def train_router(
    assistant: Assistant,
    examples: Sequence[RoutingExample],
    embedder: Embedder,
    kept: Embedder | None = None,
) -> LinearRouter:
    """Return a router that learned from examples when to use which tool of an assistant.

    Args:
        assistant: Its tools tell, by what their arguments are found by, what marks a question.
        examples: The questions with what they need.
        embedder: The encoder of texts.
        kept: The same encoder, where it keeps the vectors of the examples.

    Raises:
        UsageError: There are too few examples.
    """
    tables = assistant.tables
    today = ((tables.now if tables else None) or datetime.now()).date()  # noqa: DTZ005
    marks = [partial(_finds, find, today) for find in finders_of(assistant.tools)]
    return LinearRouter.train(examples, embedder, marks, kept)


def _finds(find: Find, today: date, text: str) -> bool:
    return bool(find(text, today))


def make_tables(database: Database, assistant: Assistant) -> bool:
    """Make the tables of an assistant where they are not there yet.

    Returns:
        Whether they are of the assistant's present definition.
    """
    tables = assistant.tables
    if tables is None:
        return True
    return ensure_tables(database, assistant.name, tables.definition, _rows(tables), tables.made_of)


def remake_tables(database: Database, assistant: Assistant) -> None:
    """Make the tables of an assistant anew; all that was entered into them is lost."""
    tables = assistant.tables
    if tables is not None:
        replace_tables(database, assistant.name, tables.definition, _rows(tables), tables.made_of)


def _rows(tables: AssistantTables) -> MakeTables:
    day = (tables.now or datetime.now()).date()  # noqa: DTZ005 - local time
    return lambda: tables.make(tables.seed, day)
