"""Save the database to one file, and bring it back, with PostgreSQL's own tools.

A backup holds the workbench's own schema and those of the assistants' tables, with the rights that
were given to roles in them.
"""

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from workbench.config import Settings
from workbench.errors import DatabaseError, ResourceError, UsageError, WorkbenchError
from workbench.services.postgres.binaries import program, run
from workbench.store.assistant_tables import is_schema, known_schemas
from workbench.store.database import Database, open_database, open_server
from workbench.store.migrate import load_migrations, refuse_newer
from workbench.store.restoring import UnknownRoleError, replace_schemas

SCHEMA = "workbench"


def backup(settings: Settings, file: Path, *, force: bool = False) -> int:
    """Write the workbench's schema and those of assistants to a file that only its owner can read.

    The file appears under its name when it is complete.

    Args:
        settings: The workspace's settings.
        file: Where to.
        force: Replace a file that exists.

    Returns:
        The file's size in bytes.

    Raises:
        UsageError: The file exists, or its folder does not.
        DatabaseError: The database cannot be read.
        ResourceError: The disk is full.
    """
    target = file.absolute()
    if target.exists() and not force:
        raise UsageError(f"{file} exists", "name another file, or add --force to replace it")
    if target.is_dir() or not target.parent.is_dir():
        raise UsageError(f"{file} cannot be written", "name a file in a folder that exists")
    database = open_database(settings)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    os.close(handle)
    partial = Path(name)
    try:
        _dump(database, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def restore(
    settings: Settings,
    file: Path,
    *,
    force: bool = False,
    progress: Callable[[str], None] | None = None,
) -> bool:
    """Bring a backup back, in one transaction: if it fails, the present data stay.

    The assistants' tables are replaced as well: those that the backup does not hold are dropped,
    and made anew with their sample data when they are needed.

    Args:
        settings: The workspace's settings.
        file: A file that `backup` wrote.
        force: Replace a database that holds data.
        progress: Told what takes time, in a few words.

    Returns:
        Whether the rights of roles came back too; none do where a role is not on the server.

    Raises:
        UsageError: There is no such file, or the database holds data and `force` is not given.
        DatabaseError: The file is no backup, is damaged, or comes from a newer workbench.
        ResourceError: The disk is full.
    """
    if not file.is_file():
        raise UsageError(f"there is no file {file}", "name a file made by: workbench backup FILE")
    refuse_newer(backup_version(file), load_migrations(), f"the backup {file}")
    database = open_server(settings, progress)
    with database.transaction() as connection:
        present = known_schemas(connection)
        if not force and holds_data(connection):
            raise UsageError(
                "the database holds data that a restore would replace",
                "save it with workbench backup FILE, then add --force",
            )
    if progress:
        progress(f"restoring {file.name}")
    whole = _replace(database, file, sorted({SCHEMA, *present, *backup_schemas(file)}))
    open_database(settings, progress)
    return whole


def _replace(database: Database, file: Path, schemas: list[str]) -> bool:
    """Replay a backup, without the rights of roles where the server lacks a role."""
    argument, environment = client_connection(database)
    try:
        replace_schemas(file, schemas, argument, environment)
    except UnknownRoleError:
        replace_schemas(file, schemas, argument, environment, rights=False)
        return False
    return True


def backup_schemas(file: Path) -> list[str]:
    """Return the schemas of assistants that a backup holds."""
    read = run([program("pg_restore"), "--list", str(file.absolute())])
    found = re.findall(r"^\d+; \d+ \d+ SCHEMA - (\S+) ", read.stdout, re.MULTILINE)
    return [name for name in found if is_schema(name)]


def backup_version(file: Path) -> int:
    """Return the schema version that a backup was made of.

    Raises:
        DatabaseError: The file is not a backup of a workbench.
    """
    command = [program("pg_restore"), "--data-only", f"--schema={SCHEMA}", "--table=migrations"]
    read = run([*command, "--file=-", str(file.absolute())])
    numbers = []
    if read.returncode == 0:
        _, _, rows = read.stdout.partition("FROM stdin;\n")
        lines = rows.partition("\n\\.")[0].splitlines()
        numbers = [int(line.split("\t")[0]) for line in lines if line.strip()]
    if not numbers:
        raise DatabaseError(
            f"{file} is not a backup of a workbench, or is damaged",
            "name a file made by: workbench backup FILE",
        )
    return max(numbers)


def holds_data(connection: psycopg.Connection) -> bool:
    """Return whether any table of ours, the list of migrations aside, has a row."""
    tables = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s)"
        " AND relkind = 'r' AND relname <> 'migrations'",
        (SCHEMA,),
    ).fetchall()
    for (table,) in tables:
        query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(SCHEMA, table))
        row = connection.execute(query).fetchone()
        if row is not None and row[0]:
            return True
    return False


def client_connection(database: Database) -> tuple[str, dict[str, str]]:
    """Return the connection string and the environment for PostgreSQL's programs.

    The password goes through the environment, since every user can read a command line.
    """
    parts = dict(conninfo_to_dict(database.url))
    password = parts.pop("password", None)
    parts.pop("sslpassword", None)
    environment = {**os.environ, "LC_ALL": "C"}
    if password:
        environment["PGPASSWORD"] = str(password)
    return make_conninfo("", **parts), environment


def _dump(database: Database, file: Path) -> None:
    argument, environment = client_connection(database)
    with database.transaction() as connection:
        schemas = [SCHEMA, *known_schemas(connection)]
    command = [program("pg_dump"), "--format=custom", "--no-owner"]
    command += [f'--schema="{schema}"' for schema in schemas]  # quoted: a name, no pattern
    command += [f"--file={file}", f"--dbname={argument}"]
    done = run(command, environment=environment, cwd=Path.cwd())
    if done.returncode != 0:
        raise _dump_error(done.stderr)


def _dump_error(said: str) -> WorkbenchError:
    if "No space left on device" in said:
        return ResourceError("the disk of the backup is full", "free some space, or name another")
    lines = said.strip().splitlines() or ["no reason given"]
    reason = next((line for line in lines if "error:" in line), lines[-1])
    return DatabaseError(
        f"the backup failed: {reason.partition('error:')[2] or reason}", "try again"
    )
