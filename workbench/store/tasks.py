"""Tasks of one operator, and how far each came; no query reaches those of another."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg.rows import class_row, dict_row

from workbench.errors import UnknownNameError, UsageError
from workbench.store.database import Database
from workbench.store.text import storable, storable_json

_COLUMNS = """
SELECT number, assistant, instruction, given, lang, planned_by, plan, status, results, summary,
       created_at
FROM workbench.tasks
"""
_RUNNING = f"""{_COLUMNS}
WHERE owner = %(owner)s AND assistant = %(assistant)s AND content_key = %(key)s
  AND status = 'running'
"""
_GET = f"{_COLUMNS} WHERE owner = %(owner)s AND number = %(task)s"
_NEWEST = f"""{_COLUMNS}
WHERE owner = %(owner)s AND assistant = %(assistant)s
ORDER BY created_at DESC, number DESC LIMIT %(limit)s
"""
_BEGIN = """
INSERT INTO workbench.tasks
    (owner, assistant, content_key, instruction, given, lang, planned_by, plan)
VALUES (%(owner)s, %(assistant)s, %(key)s, %(instruction)s, %(given)s::jsonb, %(lang)s,
        %(planned_by)s, %(plan)s::jsonb)
ON CONFLICT (owner, assistant, content_key) WHERE status = 'running' DO NOTHING
"""
_FINISH = """
UPDATE workbench.tasks
SET status = %(status)s, results = %(results)s::jsonb, summary = %(summary)s, finished_at = now()
WHERE owner = %(owner)s AND number = %(task)s
"""
_SAVE_STEP = """
INSERT INTO workbench.task_steps (task, number, tool, status, record)
SELECT t.number, %(number)s, %(tool)s, %(status)s, %(record)s::jsonb
FROM workbench.tasks t WHERE t.owner = %(owner)s AND t.number = %(task)s
ON CONFLICT (task, number) DO UPDATE
SET tool = excluded.tool, status = excluded.status, record = excluded.record, updated_at = now()
"""
_DONE = """
SELECT s.record FROM workbench.task_steps s JOIN workbench.tasks t ON s.task = t.number
WHERE t.owner = %(owner)s AND t.assistant = %(assistant)s AND s.status = 'completed'
  AND s.record->>'effect' = %(effect)s
ORDER BY s.updated_at LIMIT 1
"""
_STEPS = """
SELECT s.number, s.tool, s.status, s.record
FROM workbench.task_steps s JOIN workbench.tasks t ON s.task = t.number
WHERE t.owner = %(owner)s AND t.number = %(task)s ORDER BY s.number
"""
# Any fixed number: the first of the two keys by which a task that runs is locked.
_LOCK = 0x7461736B
_TRY_LOCK = "SELECT pg_try_advisory_lock(%s, %s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTask:
    """A task as it is kept.

    Attributes:
        number: Its number, of which its id is made.
        assistant: Whose tools it uses.
        instruction: What was asked.
        given: The values that came with the instruction.
        lang: The instruction's language.
        planned_by: Who made the plan: the model, or which recipe.
        plan: The plan as plain JSON types.
        status: "running", "completed", "stopped" or "failed".
        results: What its steps gave, by name.
        summary: What came of it, in words.
        created_at: When it began.
    """

    number: int
    assistant: str
    instruction: str
    given: dict[str, Any]
    lang: str
    planned_by: str
    plan: dict[str, Any]
    status: str
    results: dict[str, Any]
    summary: str
    created_at: datetime

    @property
    def id(self) -> str:
        """Its id, such as TASK-00012."""
        return f"TASK-{self.number:05}"


class Tasks:
    """The tasks of one owner.

    Args:
        database: The open database.
        owner: Whose they are; part of every query.
    """

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner

    async def running(self, assistant: str, key: str) -> StoredTask | None:
        """Return the task of some content that was begun and not finished."""
        found = await self._tasks(_RUNNING, {"assistant": assistant, "key": key})
        return found[0] if found else None

    async def begin(self, assistant: str, key: str, task: Mapping[str, Any]) -> StoredTask:
        """Store a task before its first step; one of the same content that runs is returned.

        Args:
            assistant: Whose tools it uses.
            key: Tells its content from others.
            task: `instruction`, `given`, `lang`, `planned_by` and `plan`.
        """
        values = {
            "assistant": assistant,
            "key": key,
            "instruction": storable(task["instruction"]),
            "given": storable_json(task["given"]),
            "lang": task["lang"],
            "planned_by": task["planned_by"],
            "plan": storable_json(task["plan"]),
        }
        await self._execute(_BEGIN, values)
        begun = await self.running(assistant, key)
        assert begun is not None, "it was inserted, or is the one that was in the way"
        return begun

    @asynccontextmanager
    async def claimed(self, task: StoredTask) -> AsyncIterator[None]:
        """Hold a task, so that no other command runs it at the same time.

        Raises:
            UsageError: Another command runs it.
        """
        connection = await self._database.aconnect(autocommit=True)
        try:
            with self._database.faults_named():
                cursor = await connection.execute(_TRY_LOCK, (_LOCK, task.number))
                row = await cursor.fetchone()
            if row is None or not row[0]:
                raise UsageError(f"{task.id} runs just now", "wait until it has ended")
            yield
        finally:
            await connection.close()

    async def save_step(
        self, task: StoredTask, number: int, tool: str, status: str, record: Mapping[str, Any]
    ) -> None:
        """Keep how far a step came, in place of what was kept of it before."""
        values = {"number": number, "tool": tool, "status": status}
        await self._execute(
            _SAVE_STEP, {**values, "task": task.number, "record": storable_json(dict(record))}
        )

    async def steps(self, task: StoredTask) -> Sequence[dict[str, Any]]:
        """Return the steps that were kept, in order: `number`, `tool`, `status`, `record`."""
        return await self._rows(_STEPS, {"task": task.number})

    async def done_before(self, assistant: str, effect: str) -> dict[str, Any] | None:
        """Return the record of the step of any task that did something already.

        Args:
            assistant: Whose tools the task used.
            effect: The key of what was done.
        """
        rows = await self._rows(_DONE, {"assistant": assistant, "effect": effect})
        return dict(rows[0]["record"]) if rows else None

    async def finish(
        self, task: StoredTask, status: str, results: Mapping[str, Any], summary: str
    ) -> None:
        """Keep what came of a task."""
        values = {"task": task.number, "status": status, "summary": storable(summary)}
        await self._execute(_FINISH, {**values, "results": storable_json(dict(results))})

    async def get(self, task_id: str) -> StoredTask:
        """Return a task by its id.

        Raises:
            UnknownNameError: The owner has none of that id.
        """
        digits = task_id.upper().removeprefix("TASK-")
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0
        found = await self._tasks(_GET, {"task": number})
        if not found:
            raise UnknownNameError(f"there is no task {task_id!r} of yours", "begin a new one")
        return found[0]

    async def newest(self, assistant: str, limit: int = 20) -> Sequence[StoredTask]:
        """Return the latest tasks with an assistant, the newest first."""
        return await self._tasks(_NEWEST, {"assistant": assistant, "limit": limit})

    async def _tasks(self, query: LiteralString, values: Mapping[str, Any]) -> Sequence[StoredTask]:
        async with (
            self._database.atransaction() as connection,
            connection.cursor(row_factory=class_row(StoredTask)) as cursor,
        ):
            await cursor.execute(query, {**values, "owner": self._owner})
            return await cursor.fetchall()

    async def _rows(
        self, query: LiteralString, values: Mapping[str, Any]
    ) -> Sequence[dict[str, Any]]:
        async with (
            self._database.atransaction() as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(query, {**values, "owner": self._owner})
            return await cursor.fetchall()

    async def _execute(self, query: LiteralString, values: Mapping[str, Any]) -> None:
        async with self._database.atransaction() as connection:
            await connection.execute(query, {**values, "owner": self._owner})
