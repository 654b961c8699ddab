"""The messages of one conversation.

A question and the row of its answer are stored together before the model is asked, the answer as
'running'; what arrived of it can be saved on the way. A command that is killed loses no question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from workbench.store.conversations import TITLE_CHARS, as_uuid, unknown_conversation
from workbench.store.database import Database
from workbench.store.text import storable, storable_json

_UNDERSTOOD = ["answered", "refused", "asked_back"]
_TOUCH = """
UPDATE workbench.conversations
SET updated_at = now(), title = CASE WHEN title = '' THEN %(title)s ELSE title END
WHERE id = %(conversation)s AND owner = %(owner)s
"""
_ASK = """
INSERT INTO workbench.messages
    (conversation_id, role, status, content, lang, finished_at)
VALUES (%(conversation)s, 'user', 'finished', %(text)s, %(lang)s, now())
"""
_RUN = """
INSERT INTO workbench.messages (conversation_id, role, status, lang)
VALUES (%(conversation)s, 'assistant', 'running', %(lang)s) RETURNING id::text
"""
_SAVE_PARTIAL = """
UPDATE workbench.messages m SET content = %(text)s FROM workbench.conversations c
WHERE m.id = %(id)s AND m.status = 'running'
  AND m.conversation_id = c.id AND c.id = %(conversation)s AND c.owner = %(owner)s
"""
_FINISH = """
UPDATE workbench.messages m
SET status = 'finished', finished_at = now(), content = %(answer)s, lang = %(lang)s,
    outcome = %(outcome)s, model = %(model)s, prompt = %(prompt)s,
    prompt_tokens = %(prompt_tokens)s, completion_tokens = %(completion_tokens)s,
    cached_tokens = %(cached_tokens)s, queue_s = %(queue)s, retrieval_s = %(retrieval)s,
    first_token_s = %(first_token)s, total_s = %(total)s, cost_amount = %(cost_amount)s,
    cost_currency = %(cost_currency)s, turn = %(turn)s::jsonb
FROM workbench.conversations c
WHERE m.id = %(id)s AND m.role = 'assistant'
  AND m.conversation_id = c.id AND c.id = %(conversation)s AND c.owner = %(owner)s
"""
_LIST = """
SELECT * FROM (
    SELECT m.id::text, m.position, m.role, m.status, m.content, m.lang, m.outcome, m.created_at,
           m.turn
    FROM workbench.messages m JOIN workbench.conversations c ON m.conversation_id = c.id
    WHERE c.id = %(conversation)s AND c.owner = %(owner)s
    ORDER BY m.position DESC LIMIT %(last)s
) newest ORDER BY position
"""
_EXCHANGES = """
SELECT question, query, answer FROM (
    SELECT m.position, m.turn->>'question' AS question, m.turn->>'search_query' AS query,
           m.content AS answer
    FROM workbench.messages m JOIN workbench.conversations c ON m.conversation_id = c.id
    WHERE c.id = %(conversation)s AND c.owner = %(owner)s
      AND m.role = 'assistant' AND m.outcome = ANY(%(outcomes)s)
    ORDER BY m.position DESC LIMIT %(last)s
) newest ORDER BY position
"""
_SOURCES = """
SELECT s.number, s.document, s.title, s.page, s.heading, s.chunk_id, s.score, s.score_kind,
       s.quote, s.text
FROM workbench.message_sources s
JOIN workbench.messages m ON s.message_id = m.id
JOIN workbench.conversations c ON m.conversation_id = c.id
WHERE m.id = %(id)s AND c.id = %(conversation)s AND c.owner = %(owner)s
ORDER BY s.number
"""
_ADD_SOURCE = """
INSERT INTO workbench.message_sources
    (message_id, number, document, title, page, heading, chunk_id, score, score_kind, quote, text)
VALUES (%(id)s, %(number)s, %(document)s, %(title)s, %(page)s, %(heading)s, %(chunk_id)s,
        %(score)s, %(score_kind)s, %(quote)s, %(text)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A question or an answer.

    Attributes:
        id: Its id, a UUID; the turn's id for an answer.
        role: "user" or "assistant".
        status: "finished", or "running" for an answer under way or broken off.
        content: The text; what had arrived of a running answer.
        lang: The language of the question.
        outcome: How the turn ended; `None` for a question and while running.
        created_at: When it was asked.
        turn: The whole record of a finished answer.
    """

    id: str
    role: str
    status: str
    content: str
    lang: str
    outcome: str | None
    created_at: datetime
    turn: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An earlier question, what was searched for it, and its answer."""

    question: str
    query: str
    answer: str


class Messages:
    """The messages of one conversation of one owner.

    Args:
        database: The open database.
        owner: Whose conversation it is; part of every query.
        conversation_id: The conversation.

    Raises:
        UnknownNameError: The id is not a UUID.
    """

    def __init__(self, database: Database, owner: str, conversation_id: str) -> None:
        self._database = database
        self._id = conversation_id
        self._scope = {"conversation": as_uuid(conversation_id), "owner": owner}

    async def begin(self, question: str, lang: str = "") -> str:
        """Store a question and a running answer to it; return the answer's id.

        The first question becomes the title of a conversation without one.

        Raises:
            UnknownNameError: The owner has no such conversation.
        """
        text = storable(question)
        values = {**self._scope, "text": text, "lang": lang}
        async with self._database.atransaction() as connection:
            await self._touch(connection, title=" ".join(text.split())[:TITLE_CHARS])
            await connection.execute(_ASK, values)
            cursor = await connection.execute(_RUN, values)
            row = await cursor.fetchone()
        assert row is not None
        return str(row[0])

    async def save_partial(self, turn_id: str, text: str) -> None:
        """Store what has arrived of a running answer; a finished one stays as it is."""
        values = {**self._scope, "id": as_uuid(turn_id), "text": storable(text)}
        async with self._database.atransaction() as connection:
            await connection.execute(_SAVE_PARTIAL, values)

    async def finish(self, turn: Mapping[str, Any]) -> None:
        """Store a finished turn, with its sources, in place of its running answer.

        Args:
            turn: The turn's record as plain types: the document of `workbench ask --json`.

        Raises:
            UnknownNameError: The conversation has no such answer.
        """
        values = {**self._scope, **_turn_values(turn)}
        async with self._database.atransaction() as connection:
            cursor = await connection.execute(_FINISH, values)
            if cursor.rowcount == 0:
                raise unknown_conversation(self._id)
            await self._touch(connection, title="")
            await _replace_sources(connection, values["id"], turn["sources"])

    async def list(self, last: int | None = None) -> Sequence[Message]:
        """Return messages, oldest first: all, or the `last` ones."""
        rows = await self._rows(_LIST, {"last": last})
        return [Message(**{key: row[key] for key in row if key != "position"}) for row in rows]

    async def exchanges(self, last: int) -> Sequence[Exchange]:
        """Return the last turns that came to an end of their own, oldest first."""
        rows = await self._rows(_EXCHANGES, {"last": last, "outcomes": _UNDERSTOOD})
        return [Exchange(**row) for row in rows]

    async def sources(self, turn_id: str) -> Sequence[dict[str, Any]]:
        """Return the passages that an answer cites, by their number."""
        return await self._rows(_SOURCES, {"id": as_uuid(turn_id)})

    async def _rows(self, query: str, values: dict[str, Any]) -> Sequence[dict[str, Any]]:
        async with (
            self._database.atransaction() as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(query, {**self._scope, **values})
            return await cursor.fetchall()

    async def _touch(self, connection: AsyncConnection, title: str) -> None:
        cursor = await connection.execute(_TOUCH, {**self._scope, "title": title})
        if cursor.rowcount == 0:
            raise unknown_conversation(self._id)


def _turn_values(turn: Mapping[str, Any]) -> dict[str, Any]:
    usage, timings, cost = turn["usage"], turn["timings"], turn["cost"]
    return {
        "id": as_uuid(turn["id"]),
        "answer": storable(turn["answer"]),
        "lang": turn["lang"],
        "outcome": turn["outcome"],
        "model": turn["model"]["name"],
        "prompt": turn["prompt"],
        "prompt_tokens": usage["prompt"],
        "completion_tokens": usage["completion"],
        "cached_tokens": usage["cached"],
        **{name: timings[name] for name in ("queue", "retrieval", "first_token", "total")},
        "cost_amount": cost["amount"],
        "cost_currency": cost["currency"],
        "turn": storable_json(turn),
    }


async def _replace_sources(
    connection: AsyncConnection, message_id: object, sources: Sequence[Mapping[str, Any]]
) -> None:
    await connection.execute(
        "DELETE FROM workbench.message_sources WHERE message_id = %s", (message_id,)
    )
    rows = [
        {
            name: storable(value) if isinstance(value, str) else value
            for name, value in source.items()
        }
        for source in sources
    ]
    async with connection.cursor() as cursor:
        await cursor.executemany(_ADD_SOURCE, [{**row, "id": message_id} for row in rows])
