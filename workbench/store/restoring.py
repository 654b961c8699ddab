"""Replay a backup into the database, in one transaction.

`pg_restore` writes the SQL and `psql` runs it, rather than `pg_restore` alone: the schema that is
replaced may hold tables that the backup does not know, and a backup from PostgreSQL 17 or newer
sets a parameter that older servers refuse.
"""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from workbench.errors import DatabaseError, ResourceError, WorkbenchError
from workbench.services.postgres.binaries import program

# Parameters of the script's head that servers before 17 do not have.
_NEWER_PARAMETERS = (b"SET transaction_timeout",)
_HEAD_LINES = 40
_BLOCK = 1 << 16
_LOCK_WAIT = "15s"
_UNKNOWN_ROLE = re.compile(r'ERROR: +role "[^"]*" does not exist')


class UnknownRoleError(DatabaseError):
    """A backup gives rights to a role that the server does not have."""


def replace_schemas(
    file: Path,
    schemas: Sequence[str],
    connection: str,
    environment: dict[str, str],
    *,
    rights: bool = True,
) -> None:
    """Drop schemas and replay a backup; all or nothing.

    Args:
        file: A backup in PostgreSQL's custom format.
        schemas: What is dropped; identifiers of ours, not of a user.
        connection: The libpq connection string, without a password.
        environment: The environment of the programs, with the password.
        rights: Whether what the backup says of roles' rights is replayed too.

    Raises:
        UnknownRoleError: It gives rights to a role that the server does not have.
        DatabaseError: The backup is damaged, the database is in use, or the replay failed.
        ResourceError: The disk of the database is full.
    """
    reader = [program("pg_restore"), "--no-owner", "--file=-"]
    reader += [] if rights else ["--no-privileges"]
    writer = [program("psql"), "-X", "-q", "--set=ON_ERROR_STOP=1", f"--dbname={connection}"]
    with (
        tempfile.TemporaryFile() as reader_said,
        tempfile.TemporaryFile() as writer_said,
        subprocess.Popen(
            [*reader, str(file.absolute())], stdout=subprocess.PIPE, stderr=reader_said
        ) as source,
        subprocess.Popen(
            writer,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=writer_said,
            env=environment,
        ) as sink,
    ):
        assert source.stdout is not None and sink.stdin is not None
        whole = _replay(source, source.stdout, sink.stdin, schemas)
        written = sink.wait()
        if not whole or written != 0:
            source.kill()
            raise _replay_error(file, _text(writer_said) or _text(reader_said))


def _replay(
    source: "subprocess.Popen[bytes]", script: IO[bytes], sink: IO[bytes], schemas: Sequence[str]
) -> bool:
    """Copy the script into `psql`; commit only if `pg_restore` came to its end."""
    dropped = ", ".join(f'"{schema}"' for schema in schemas)
    try:
        sink.write(
            f"SET client_min_messages = warning; BEGIN; SET LOCAL lock_timeout = '{_LOCK_WAIT}';"
            f" DROP SCHEMA IF EXISTS {dropped} CASCADE;\n".encode()
        )
        for _ in range(_HEAD_LINES):
            line = script.readline()
            if not line.startswith(_NEWER_PARAMETERS):
                sink.write(line)
        while block := script.read(_BLOCK):
            sink.write(block)
        if source.wait() != 0:
            return False
        sink.write(b"COMMIT;\n")
        return True
    except BrokenPipeError:
        return False
    finally:
        _close(sink)


def _close(sink: IO[bytes]) -> None:
    try:
        sink.close()
    except BrokenPipeError:  # it ended first, and said why
        return


def _text(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read().decode(errors="replace").strip()


def _replay_error(file: Path, said: str) -> WorkbenchError:
    kept = "the present data are as they were"
    if "No space left on device" in said:
        return ResourceError("the disk of the database is full", f"free some space; {kept}")
    if "lock timeout" in said:
        return DatabaseError("the database is in use", f"end the other commands; {kept}")
    if _UNKNOWN_ROLE.search(said):
        return UnknownRoleError("a role of the backup is not on this server", kept)
    lines = said.splitlines() or ["no reason given"]
    reason = next((line for line in lines if "ERROR:" in line or "error:" in line), lines[-1])
    for mark in ("ERROR:", "error:"):
        reason = reason.partition(mark)[2] or reason
    return DatabaseError(f"{file} cannot be restored: {reason.strip()}", kept)
