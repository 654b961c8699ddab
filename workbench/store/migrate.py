"""Bring the schema up to date: numbered SQL files, each applied once, in one transaction."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources

import psycopg

from workbench.errors import DatabaseError

# Any fixed number: commands that migrate at the same time wait for each other on it.
_LOCK = 0x776F726B
_FILE_NAME = re.compile(r"(\d{4})_(\w+)\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One SQL file.

    Attributes:
        number: Its place in the order, from 1.
        name: What it does, from its file name.
        sql: Its statements.
        checksum: SHA-256 of its text, by which a changed file is noticed.
    """

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """Return the SHA-256 of the SQL."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def load_migrations() -> list[Migration]:
    """Return the migrations that this code carries, in order."""
    found = []
    for entry in resources.files("workbench.store.migrations").iterdir():
        match = _FILE_NAME.fullmatch(entry.name)
        if match:
            found.append(Migration(int(match[1]), match[2], entry.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.number)


def migrate(
    connection: psycopg.Connection,
    migrations: list[Migration],
    progress: Callable[[str], None] | None = None,
) -> int:
    """Apply what is missing.

    Args:
        connection: An open connection in autocommit mode.
        migrations: All migrations, in order.
        progress: Told of each one applied.

    Returns:
        How many were applied.

    Raises:
        DatabaseError: The schema is newer than the code, or an applied file was changed.
    """
    if not _missing(connection, migrations):
        return 0
    connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
    try:
        connection.execute("CREATE SCHEMA IF NOT EXISTS workbench")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS workbench.migrations (number integer PRIMARY KEY,"
            " name text NOT NULL, checksum text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT now())"
        )
        missing = _missing(connection, migrations)
        for migration in missing:
            if progress:
                progress(f"database schema: {migration.name.replace('_', ' ')}")
            _apply(connection, migration)
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))
    return len(missing)


def schema_version(connection: psycopg.Connection) -> int:
    """Return the number of the newest migration applied, 0 for none."""
    return max(_applied(connection), default=0)


def refuse_newer(version: int, migrations: list[Migration], what: str) -> None:
    """Refuse a schema that this code does not know.

    Raises:
        DatabaseError: `version` is newer than the newest of `migrations`.
    """
    known = migrations[-1].number
    if version > known:
        raise DatabaseError(
            f"{what} has schema version {version}, this workbench knows up to {known}",
            "update the workbench, or restore an older backup: workbench restore FILE",
        )


def _missing(connection: psycopg.Connection, migrations: list[Migration]) -> list[Migration]:
    applied = _applied(connection)
    refuse_newer(max(applied, default=0), migrations, "the database")
    for migration in migrations:
        if applied.get(migration.number, migration.checksum) != migration.checksum:
            raise DatabaseError(
                f"migration {migration.number:04} ({migration.name}) differs from the one that "
                "made this database",
                "bring its file back as it was, and put the change into a new migration",
            )
    return [migration for migration in migrations if migration.number not in applied]


def _applied(connection: psycopg.Connection) -> dict[int, str]:
    found = connection.execute("SELECT to_regclass('workbench.migrations')").fetchone()
    if found is None or found[0] is None:
        return {}
    rows = connection.execute("SELECT number, checksum FROM workbench.migrations").fetchall()
    return {int(number): str(checksum) for number, checksum in rows}


def _apply(connection: psycopg.Connection, migration: Migration) -> None:
    with connection.transaction():
        connection.execute(migration.sql.encode())
        connection.execute(
            "INSERT INTO workbench.migrations (number, name, checksum) VALUES (%s, %s, %s)",
            (migration.number, migration.name, migration.checksum),
        )
