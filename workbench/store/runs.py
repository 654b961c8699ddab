"""Runs of suites: what each is about, its items and their scores. Rows are only added."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from workbench.errors import UnknownNameError, UsageError
from workbench.store.database import Database
from workbench.store.text import storable, storable_json

_CREATE = """
INSERT INTO workbench.eval_runs (id, owner, suite, variant, fingerprint, asked, repeats)
VALUES (%(id)s, %(owner)s, %(suite)s, %(variant)s, %(fingerprint)s::jsonb, %(asked)s::jsonb,
        %(repeats)s)
"""
_FIND = """
SELECT id, suite, variant, fingerprint, asked, repeats, created_at
FROM workbench.eval_runs WHERE id = %(id)s AND owner = %(owner)s
"""
_LIST = """
SELECT id, suite, variant, fingerprint, asked, repeats, created_at
FROM workbench.eval_runs
WHERE owner = %(owner)s AND (%(suite)s::text IS NULL OR suite = %(suite)s)
ORDER BY created_at DESC, id DESC LIMIT %(limit)s
"""
_ADD_ITEM = """
INSERT INTO workbench.eval_items (run_id, item_id, repeat, outcome, record)
SELECT r.id, %(item)s, %(repeat)s, %(outcome)s, %(record)s::jsonb
FROM workbench.eval_runs r WHERE r.id = %(run)s AND r.owner = %(owner)s
"""
_ADD_SCORE = """
INSERT INTO workbench.eval_scores (run_id, item_id, repeat, metric, status, value, reason)
SELECT r.id, %(item)s, %(repeat)s, %(metric)s, %(status)s, %(value)s, %(reason)s
FROM workbench.eval_runs r WHERE r.id = %(run)s AND r.owner = %(owner)s
"""
_ITEMS = """
SELECT DISTINCT ON (i.item_id, i.repeat) i.item_id, i.repeat, i.outcome, i.record
FROM workbench.eval_items i JOIN workbench.eval_runs r ON i.run_id = r.id
WHERE r.id = %(run)s AND r.owner = %(owner)s
ORDER BY i.item_id, i.repeat, i.position DESC
"""
_SCORES = """
SELECT DISTINCT ON (s.item_id, s.repeat, s.metric)
       s.item_id, s.repeat, s.metric, s.status, s.value, s.reason
FROM workbench.eval_scores s JOIN workbench.eval_runs r ON s.run_id = r.id
WHERE r.id = %(run)s AND r.owner = %(owner)s
ORDER BY s.item_id, s.repeat, s.metric, s.position DESC
"""
_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('workbench run ' || %s, 0))"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """One run of one variant of a suite.

    Attributes:
        id: Its name.
        suite: The suite's name.
        variant: Which of its systems.
        fingerprint: What was measured, and on what.
        asked: The ids of all its items, in the order of the set.
        repeats: How often each item is run.
        created_at: When it began.
    """

    id: str
    suite: str
    variant: str
    fingerprint: dict[str, Any]
    asked: list[str]
    repeats: int
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """What came of one item in one repeat: the last try."""

    item_id: str
    repeat: int
    outcome: str
    record: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredScore:
    """A metric's last score of one item in one repeat."""

    item_id: str
    repeat: int
    metric: str
    status: str
    value: float | None
    reason: str = ""


class Runs:
    """The runs of one owner.

    Args:
        database: The open database.
        owner: Whose runs; nobody else's are seen.
    """

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner

    @contextmanager
    def working(self, run_id: str) -> Iterator[None]:
        """Hold a run for the block, so that no other process does the same work.

        Postgres frees it when the block ends, and when this process is killed.

        Raises:
            UsageError: Another process holds it.
        """
        with self._database.connect(autocommit=True) as connection:
            with self._database.faults_named():
                row = connection.execute(_LOCK, (run_id,)).fetchone()
            if row is None or not row[0]:
                raise UsageError(
                    f"run {run_id} is being continued by another process", "wait for its end"
                )
            yield

    def create(self, run: StoredRun) -> None:
        """Store a new run."""
        values = {
            "id": run.id,
            "owner": self._owner,
            "suite": run.suite,
            "variant": run.variant,
            "fingerprint": storable_json(run.fingerprint),
            "asked": storable_json(run.asked),
            "repeats": run.repeats,
        }
        with self._database.transaction() as connection:
            connection.execute(_CREATE, values)

    def find(self, run_id: str) -> StoredRun:
        """Return a run.

        Raises:
            UnknownNameError: The owner has none of that name.
        """
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            row = cursor.execute(_FIND, {"id": run_id, "owner": self._owner}).fetchone()
        if row is None:
            raise UnknownNameError(f"there is no run {run_id!r}", "see: workbench eval history")
        return StoredRun(**row)

    def newest(self, suite: str | None = None, limit: int = 20) -> list[StoredRun]:
        """Return the last runs, the newest first; of one suite where it is named."""
        values = {"owner": self._owner, "suite": suite, "limit": limit}
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            return [StoredRun(**row) for row in cursor.execute(_LIST, values)]

    def add_item(self, run_id: str, item: StoredItem, scores: Sequence[StoredScore]) -> None:
        """Store what came of an item, with its scores, in one transaction."""
        values = {
            **self._place(run_id, item.item_id, item.repeat),
            "outcome": item.outcome,
            "record": storable_json(item.record),
        }
        with self._database.transaction() as connection:
            connection.execute(_ADD_ITEM, values)
            connection.cursor().executemany(_ADD_SCORE, self._score_values(run_id, scores))

    def add_scores(self, run_id: str, scores: Sequence[StoredScore]) -> None:
        """Store scores of items that are there already, such as a judge's."""
        with self._database.transaction() as connection:
            connection.cursor().executemany(_ADD_SCORE, self._score_values(run_id, scores))

    def items(self, run_id: str) -> list[StoredItem]:
        """Return the last try of every item and repeat."""
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            rows = cursor.execute(_ITEMS, {"run": run_id, "owner": self._owner})
            return [StoredItem(**row) for row in rows]

    def scores(self, run_id: str) -> list[StoredScore]:
        """Return the last score of every item, repeat and metric."""
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            rows = cursor.execute(_SCORES, {"run": run_id, "owner": self._owner})
            return [StoredScore(**row) for row in rows]

    def _place(self, run_id: str, item_id: str, repeat: int) -> dict[str, Any]:
        return {"run": run_id, "owner": self._owner, "item": item_id, "repeat": repeat}

    def _score_values(
        self, run_id: str, scores: Sequence[StoredScore]
    ) -> Iterator[Mapping[str, Any]]:
        for score in scores:
            yield {
                **self._place(run_id, score.item_id, score.repeat),
                "metric": score.metric,
                "status": score.status,
                "value": score.value,
                "reason": storable(score.reason),
            }
