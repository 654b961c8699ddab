"""What a tool works with: the assistant's tables, who asks, and the assistant's clock."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row

from workbench.engine.roles import Operator
from workbench.store.database import Database

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What a tool works with.

    Attributes:
        database: The workspace's database.
        schema: The schema of the assistant's own tables; queries name them without it.
        operator: Who asks; every query about people is filtered by what he or she may see.
        now: The assistant's clock: the real time, or the reference date of its sample data.
        lang: The operator's language: "en", "vi" or "id".
        seconds: How long a query may take.
        writable: Whether the tool may change something.
        question: What was asked, so that only that is told; it is data, and decides nothing else.
    """

    database: Database
    schema: str
    operator: Operator
    now: datetime
    lang: str = "en"
    seconds: float = 5.0
    writable: bool = False
    question: str = ""

    async def rows(
        self, query: LiteralString, values: Mapping[str, Any] | None = None
    ) -> Sequence[Row]:
        """Return the rows of a query, which can change nothing."""
        async with self._transaction(read_only=True) as connection:
            return await _fetch(connection, query, values)

    async def row(
        self, query: LiteralString, values: Mapping[str, Any] | None = None
    ) -> Row | None:
        """Return the first row of a query, which can change nothing."""
        found = await self.rows(query, values)
        return found[0] if found else None

    async def write(
        self, query: LiteralString, values: Mapping[str, Any] | None = None
    ) -> Sequence[Row]:
        """Change something; return the rows that the statement returns.

        Raises:
            PermissionError: The tool did not declare that it writes.
        """
        if not self.writable:
            raise PermissionError("a tool that writes declares it: @tool(writes=True)")
        async with self._transaction(read_only=False) as connection:
            return await _fetch(connection, query, values)

    @asynccontextmanager
    async def _transaction(self, *, read_only: bool) -> AsyncIterator[AsyncConnection]:
        async with self.database.atransaction() as connection:
            await connection.set_read_only(read_only)
            await connection.execute(
                sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(self.schema))
            )
            await connection.execute(
                "SELECT set_config('statement_timeout', %s, true)", (f"{self.seconds * 1000:.0f}",)
            )
            yield connection


async def _fetch(
    connection: AsyncConnection, query: LiteralString, values: Mapping[str, Any] | None
) -> Sequence[Row]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, values)
        return await cursor.fetchall() if cursor.description else []
