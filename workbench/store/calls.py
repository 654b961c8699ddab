"""Calls that were made once: searches, a model's replies, a judge's verdicts."""

from typing import Any, Literal

from psycopg import AsyncConnection

from workbench.store.database import Database
from workbench.store.text import storable_json

CallKind = Literal["retrieval", "generation", "judging"]

_GET = "SELECT value FROM workbench.eval_calls WHERE kind = %s AND key = %s"
_PUT = """
INSERT INTO workbench.eval_calls (kind, key, value) VALUES (%s, %s, %s::jsonb)
ON CONFLICT (kind, key) DO NOTHING
"""


class Calls:
    """The kept calls of a database; they hold no owner's data beyond what the key already knows.

    One connection is kept and shared: its statements take their turns.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: AsyncConnection | None = None

    async def get(self, kind: CallKind, key: str) -> Any | None:
        """Return what a call gave, or `None` where it was never made.

        Raises:
            DatabaseError: The database went away.
        """
        with self._database.faults_named():
            connection = await self._open()
            cursor = await connection.execute(_GET, (kind, key))
            row = await cursor.fetchone()
        return row[0] if row else None

    async def put(self, kind: CallKind, key: str, value: Any) -> None:
        """Keep what a call gave; the first one stays.

        Raises:
            DatabaseError: The database went away.
        """
        with self._database.faults_named():
            connection = await self._open()
            await connection.execute(_PUT, (kind, key, storable_json(value)))

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _open(self) -> AsyncConnection:
        if self._connection is None or self._connection.closed:
            self._connection = await self._database.aconnect(autocommit=True)
        return self._connection
