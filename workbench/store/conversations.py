"""Conversations of one operator; no query reaches those of another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from workbench.errors import UnknownNameError
from workbench.store.database import Database
from workbench.store.text import storable

TITLE_CHARS = 80
"""How much of the first question becomes a conversation's title."""

_SELECT = """
SELECT c.id::text, c.assistant, c.title, c.created_at, c.updated_at, c.archived_at,
       (SELECT count(*) FROM workbench.messages m
        WHERE m.conversation_id = c.id AND m.role = 'user') AS questions
FROM workbench.conversations c
WHERE c.owner = %(owner)s
"""
_ONE = f"{_SELECT} AND c.id = %(id)s"
_SEVERAL = f"""{_SELECT}
  AND (c.archived_at IS NOT NULL) = %(archived)s
  AND (%(assistant)s::text IS NULL OR c.assistant = %(assistant)s)
ORDER BY c.updated_at DESC, c.id
LIMIT %(limit)s
"""
_CREATE = """
INSERT INTO workbench.conversations (assistant, title, owner)
VALUES (%(assistant)s, %(title)s, %(owner)s) RETURNING id::text
"""
_RENAME = """
UPDATE workbench.conversations SET title = %(title)s
WHERE id = %(id)s AND owner = %(owner)s RETURNING id::text
"""
_ARCHIVE = """
UPDATE workbench.conversations SET archived_at = CASE WHEN %(archived)s THEN now() END
WHERE id = %(id)s AND owner = %(owner)s RETURNING id::text
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation as it is listed.

    Attributes:
        id: Its id, a UUID.
        assistant: With which assistant.
        title: The beginning of its first question, or the name it was given.
        created_at: When it began.
        updated_at: When something was last asked or answered in it.
        archived_at: When it was put away; `None` for one that is not.
        questions: How many questions were asked in it.
    """

    id: str
    assistant: str
    title: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    questions: int


class Conversations:
    """The conversations of one owner.

    Args:
        database: The open database.
        owner: Whose they are; part of every query.
    """

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner

    async def create(self, assistant: str, title: str = "") -> str:
        """Begin a conversation and return its id."""
        values = {"assistant": assistant, "title": storable(title)[:TITLE_CHARS]}
        created = await self._changed(_CREATE, values)
        assert created is not None
        return created

    async def get(self, conversation_id: str) -> Conversation:
        """Return a conversation.

        Raises:
            UnknownNameError: The owner has none of that id.
        """
        found = await self._select(_ONE, {"id": as_uuid(conversation_id)})
        if not found:
            raise unknown_conversation(conversation_id)
        return found[0]

    async def list(
        self, assistant: str | None = None, *, archived: bool = False, limit: int = 50
    ) -> Sequence[Conversation]:
        """Return conversations, the latest first.

        Args:
            assistant: Only those with this assistant.
            archived: Those put away instead of the others.
            limit: How many at most.
        """
        values = {"archived": archived, "assistant": assistant, "limit": limit}
        return await self._select(_SEVERAL, values)

    async def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title.

        Raises:
            UnknownNameError: The owner has none of that id.
        """
        values = {"id": as_uuid(conversation_id), "title": storable(title)[:TITLE_CHARS]}
        if await self._changed(_RENAME, values) is None:
            raise unknown_conversation(conversation_id)

    async def archive(self, conversation_id: str, *, archived: bool = True) -> None:
        """Put a conversation away, or bring it back.

        Raises:
            UnknownNameError: The owner has none of that id.
        """
        values = {"id": as_uuid(conversation_id), "archived": archived}
        if await self._changed(_ARCHIVE, values) is None:
            raise unknown_conversation(conversation_id)

    async def _select(self, query: str, values: dict[str, Any]) -> Sequence[Conversation]:
        async with (
            self._database.atransaction() as connection,
            connection.cursor(row_factory=class_row(Conversation)) as cursor,
        ):
            await cursor.execute(query, {**values, "owner": self._owner})
            return await cursor.fetchall()

    async def _changed(self, query: str, values: dict[str, Any]) -> str | None:
        async with self._database.atransaction() as connection:
            cursor = await connection.execute(query, {**values, "owner": self._owner})
            row = await cursor.fetchone()
        return None if row is None else str(row[0])


def as_uuid(identifier: str) -> UUID:
    """Return an id as a UUID.

    Raises:
        UnknownNameError: It is not one, so that nothing can have it.
    """
    try:
        return UUID(identifier)
    except ValueError:
        raise unknown_conversation(identifier) from None


def unknown_conversation(identifier: str) -> UnknownNameError:
    """Return the error for an id that the owner has no conversation of."""
    return UnknownNameError(
        f"there is no conversation {identifier!r} of yours", "begin a new one without --session"
    )
