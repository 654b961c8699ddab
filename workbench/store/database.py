"""The database of a workspace: opened, checked and migrated, and the way to its connections."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from workbench.config import Settings
from workbench.errors import DatabaseError
from workbench.services.postgres.faults import (
    connect_fault,
    free_space,
    is_starting,
    parse_url,
    place_of,
    query_fault,
)
from workbench.services.postgres.folders import data_folder
from workbench.services.postgres.server import ensure_embedded
from workbench.store.migrate import load_migrations, migrate

MINIMUM_SERVER = 14
MINIMUM_PGVECTOR = (0, 8)
"""The first release with iterative index scans, which filtered searches need."""

# Lets a filtered search go on until it has as many rows as it was asked for.
_OPTIONS = "-c hnsw.iterative_scan=relaxed_order"
_CONNECT_TIMEOUT_S = 10
_RECOVERY_WAIT_S = 30.0
_RECOVERY_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Database:
    """A database that is ready for use.

    Attributes:
        url: The libpq connection string; holds the password of an external server.
        kind: Whether the workspace's own server or another one.
        folder: The embedded server's data folder.
    """

    url: str = field(repr=False)
    kind: Literal["embedded", "external"]
    folder: Path | None = None

    def connect(self, *, autocommit: bool = False) -> psycopg.Connection:
        """Open a connection; as a context manager it commits, or rolls back, and closes.

        Raises:
            DatabaseError: The server cannot be reached or refuses.
        """
        deadline = self._deadline()
        while True:
            try:
                return psycopg.connect(self.url, autocommit=autocommit)
            except psycopg.OperationalError as error:
                if not is_starting(error) or time.monotonic() > deadline:
                    raise connect_fault(error, self.url) from error
                time.sleep(_RECOVERY_POLL_S)

    async def aconnect(self, *, autocommit: bool = False) -> psycopg.AsyncConnection:
        """Open a connection for asyncio; see `connect`."""
        deadline = self._deadline()
        while True:
            try:
                return await psycopg.AsyncConnection.connect(self.url, autocommit=autocommit)
            except psycopg.OperationalError as error:
                if not is_starting(error) or time.monotonic() > deadline:
                    raise connect_fault(error, self.url) from error
                await asyncio.sleep(_RECOVERY_POLL_S)

    def _deadline(self) -> float:
        return time.monotonic() + (_RECOVERY_WAIT_S if self.kind == "embedded" else 0.0)

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection]:
        """Open a connection for one transaction; faults of the server become our errors."""
        with self.faults_named(), self.connect() as connection:
            yield connection

    @asynccontextmanager
    async def atransaction(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """Open a connection for one transaction under asyncio; see `transaction`."""
        with self.faults_named():
            async with await self.aconnect() as connection:
                yield connection

    @contextmanager
    def faults_named(self) -> Iterator[None]:
        """Turn faults of the server inside the block into one-line errors.

        Raises:
            DatabaseError: The server went away, is read-only, is locked or refuses.
            ResourceError: Its disk is full.
        """
        try:
            yield
        except psycopg.Error as error:
            fault = query_fault(error, self.url, free_space(self.folder))
            if fault is None:
                raise
            raise fault from error

    def sqlalchemy_url(self) -> str:
        """Return the URL for SQLAlchemy's psycopg dialect, sync or asyncio; holds the password."""
        from sqlalchemy import URL

        parts = {key: str(value) for key, value in conninfo_to_dict(self.url).items()}
        url = URL.create(
            "postgresql+psycopg",
            username=parts.pop("user", None),
            password=parts.pop("password", None),
            database=parts.pop("dbname", None),
            query=parts,
        )
        return url.render_as_string(hide_password=False)


def open_database(settings: Settings, progress: Callable[[str], None] | None = None) -> Database:
    """Start the embedded server if needed, check the database and bring its schema up to date.

    Args:
        settings: The workspace's settings.
        progress: Told what takes time, in a few words.

    Raises:
        ConfigError: The URL of an external server cannot be read.
        DatabaseError: The server cannot be reached, is too old or lacks pgvector, or its schema
            is newer than this code.
        ResourceError: The disk is full, or something of the machine is missing.
    """
    database = open_server(settings, progress)
    with database.faults_named(), database.connect(autocommit=True) as connection:
        migrate(connection, load_migrations(), progress)
    return database


def open_server(settings: Settings, progress: Callable[[str], None] | None = None) -> Database:
    """Do what `open_database` does, but leave the schema as it is, even where it is newer."""
    if settings.database_url is None:
        url = ensure_embedded(settings, progress)
        database = Database(_with_options(url), "embedded", data_folder(settings))
    else:
        url = settings.database_url.get_secret_value()
        database = Database(_with_options(url), "external")
    place = place_of(database.url)
    with database.faults_named(), database.connect(autocommit=True) as connection:
        check_server_version(connection.info.server_version, place)
        _ensure_pgvector(connection, place)
        _ensure_reader(connection)
    return database


def _with_options(url: str) -> str:
    parts = parse_url(url)
    options = f"{parts.get('options', '')} {_OPTIONS}".strip()
    timeout = parts.get("connect_timeout", _CONNECT_TIMEOUT_S)
    return make_conninfo(
        url, options=options, connect_timeout=timeout, application_name="workbench"
    )


def check_server_version(number: int, place: str) -> None:
    """Refuse a server that is too old; `number` is libpq's, such as 160004 for 16.4.

    Raises:
        DatabaseError: It is older than the oldest supported one.
    """
    if number < MINIMUM_SERVER * 10_000:
        raise DatabaseError(
            f"the database {place} runs PostgreSQL {number // 10_000}, {MINIMUM_SERVER} or newer "
            "is needed",
            "update that server, or unset WORKBENCH_DATABASE_URL to use the embedded one",
        )


def check_pgvector_version(version: str, place: str) -> None:
    """Refuse a pgvector without iterative index scans.

    Raises:
        DatabaseError: It is older than 0.8.
    """
    numbers = tuple(int(part) for part in version.split(".")[:2])
    if numbers < MINIMUM_PGVECTOR:
        raise DatabaseError(
            f"the database {place} has pgvector {version}, 0.8 or newer is needed",
            "update it there, then run in that database: ALTER EXTENSION vector UPDATE",
        )


def _ensure_pgvector(connection: psycopg.Connection, place: str) -> None:
    row = connection.execute(
        "SELECT default_version, installed_version FROM pg_available_extensions"
        " WHERE name = 'vector'"
    ).fetchone()
    if row is None:
        raise DatabaseError(
            f"the database {place} has no pgvector extension",
            "install pgvector on that server, or unset WORKBENCH_DATABASE_URL to use the "
            "embedded one",
        )
    offered, installed = row
    check_pgvector_version(str(installed or offered), place)
    if installed is None:
        _create_pgvector(connection, place)


def _create_pgvector(connection: psycopg.Connection, place: str) -> None:
    try:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseError(
            f"this user may not create the pgvector extension in the database {place}",
            "have its administrator run there once: CREATE EXTENSION vector",
        ) from error
    except psycopg.errors.UniqueViolation:  # another command made it at the same moment
        return


def _ensure_reader(connection: psycopg.Connection) -> None:
    """Make the role without rights that model-written SQL runs under, where we may."""
    found = connection.execute("SELECT FROM pg_roles WHERE rolname = 'workbench_reader'")
    if found.rowcount == 0:
        try:
            connection.execute("CREATE ROLE workbench_reader NOLOGIN")
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.DuplicateObject):
            return
