"""What is known about the database, without starting anything."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.config import Settings
from workbench.errors import WorkbenchError
from workbench.services.postgres.folders import data_folder
from workbench.services.postgres.server import connection_string, find_server

if TYPE_CHECKING:
    import psycopg

SCHEMA = "workbench"
"""The schema in which all of our tables lie."""

_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseStatus:
    """The state of the database.

    Attributes:
        kind: "embedded" or "external".
        running: Whether it accepts connections.
        version: PostgreSQL's version; the major alone of an embedded server that is stopped.
        pgvector: The version of the vector extension in the database; empty when unknown.
        size: Bytes of the database; of the data folder where the embedded server is stopped.
        folder: The embedded server's data folder.
        socket: The folder of its socket while it runs.
        schema: The number of the last migration applied; 0 when unknown.
        problem: One line that says why it cannot be used; empty otherwise.
    """

    kind: str
    running: bool
    version: str = ""
    pgvector: str = ""
    size: int = 0
    folder: str = ""
    socket: str = ""
    schema: int = 0
    problem: str = ""


def database_status(settings: Settings) -> DatabaseStatus:
    """Describe the workspace's database; a fault becomes its `problem`."""
    if settings.database_url is not None:
        return _live("external", settings.database_url.get_secret_value())
    data = data_folder(settings)
    server = find_server(data)
    if server is None or not server.ready:
        return DatabaseStatus(
            kind="embedded",
            running=False,
            version=_major(data),
            size=_folder_size(data),
            folder=str(data),
        )
    return _live("embedded", connection_string(server), str(data), str(server.socket_folder))


def _live(kind: str, url: str, folder: str = "", socket: str = "") -> DatabaseStatus:
    import psycopg

    from workbench.services.postgres.faults import connect_fault, parse_url

    try:
        parse_url(url)
        try:
            with psycopg.connect(url, connect_timeout=_TIMEOUT_S) as connection:
                version, pgvector, size, schema = _describe(connection)
        except psycopg.Error as error:
            raise connect_fault(error, url) from error
    except WorkbenchError as fault:
        return DatabaseStatus(
            kind=kind, running=False, folder=folder, socket=socket, problem=fault.one_line()
        )
    return DatabaseStatus(
        kind=kind,
        running=True,
        version=version,
        pgvector=pgvector,
        size=size,
        folder=folder,
        socket=socket,
        schema=schema,
    )


def _describe(connection: "psycopg.Connection") -> tuple[str, str, int, int]:
    row = connection.execute(
        "SELECT current_setting('server_version'),"
        " (SELECT extversion FROM pg_extension WHERE extname = 'vector'),"
        " pg_database_size(current_database()),"
        " to_regclass(%s) IS NOT NULL",
        (f"{SCHEMA}.migrations",),
    ).fetchone()
    assert row is not None
    version, pgvector, size, has_schema = row
    number = 0
    if has_schema:
        newest = connection.execute("SELECT max(number) FROM workbench.migrations").fetchone()
        number = (newest and newest[0]) or 0
    return str(version), str(pgvector or ""), int(size), int(number)


def _major(data: Path) -> str:
    try:
        return (data / "PG_VERSION").read_text().strip()
    except OSError:
        return ""


def _folder_size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except OSError:  # removed meanwhile, or not ours to read
            continue
    return total
