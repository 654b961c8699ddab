"""The data folder of the embedded server: made once, checked and given its access rules."""

import os
import shutil
from pathlib import Path

from workbench.errors import DatabaseError, ResourceError, WorkbenchError
from workbench.services.postgres.account import Account, allowed_names, initdb_account
from workbench.services.postgres.binaries import MAJOR, program, run

DATABASE = "workbench"
OWNER = "workbench"
READER = "workbench_reader"

_INITDB_FLAGS = (
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--lc-collate=C",
    "--lc-ctype=C.UTF-8",
    "--lc-messages=C",
    "--text-search-config=simple",
    "--auth=peer",
    "--no-instructions",
)
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # the default leaves segments in /dev/shm when the server is killed
    "dynamic_shared_memory_type": "mmap",
    "shared_buffers": "128MB",
    "maintenance_work_mem": "256MB",
    "max_connections": "50",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # statements and key values may hold personal data: the log says what happened, not to what
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
_BOOTSTRAP = f"""CREATE DATABASE {DATABASE};
CREATE ROLE {READER} LOGIN;
ALTER ROLE {READER} SET default_transaction_read_only = on;
"""


def check_version(data: Path) -> None:
    """Refuse a data folder of another major version.

    Raises:
        DatabaseError: The folder is of another version, or is no data folder.
    """
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise DatabaseError(
            f"{data} is not a PostgreSQL data folder that can be read ({error.strerror})",
            "move it away, run the command again, and restore: workbench restore FILE",
        ) from error
    if found != str(MAJOR):
        raise DatabaseError(
            f"the database in {data} was made by PostgreSQL {found}, this workbench runs {MAJOR}",
            "with the workbench that made it run: workbench backup FILE; then move the folder "
            "away and run here: workbench restore FILE",
        )


def create(data: Path, owner: Account) -> None:
    """Make the data folder, with the database and the read-only role in it.

    It is made under another name and renamed when complete, so that an interruption leaves
    nothing half made.

    Raises:
        DatabaseError: PostgreSQL could not make it; the message has its reason.
        ResourceError: The disk is full.
    """
    scratch = data.with_name("postgres.new")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    maker = initdb_account()
    os.chown(scratch, maker.uid, maker.gid)
    try:
        _initialise(scratch, maker)
        _give_to(scratch, owner)
        scratch.rename(data)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _initialise(folder: Path, maker: Account) -> None:
    settings = [f"--set={name}={value}" for name, value in _SETTINGS.items()]
    command = [*maker.prefix, program("initdb"), "-D", str(folder), "-U", OWNER]
    made = run([*command, *_INITDB_FLAGS, *settings])
    if made.returncode != 0:
        raise creation_error(folder, made.stderr)
    single = [*maker.prefix, program("postgres"), "--single", "-D", str(folder), "-E"]
    # our setting hides errors, and the exit code is 0 after one, such as a statement's interruption
    filled = run([*single, "-c", "log_min_messages=error", "postgres"], text=_BOOTSTRAP)
    if filled.returncode != 0 or "ERROR:" in filled.stderr:
        raise creation_error(folder, filled.stderr)


def creation_error(folder: Path, said: str) -> WorkbenchError:
    """Turn what `initdb` or `pg_ctl` said into one line."""
    if "No space left on device" in said:
        return ResourceError(f"the disk that holds {folder.parent} is full", "free some space")
    lines = [line for line in said.splitlines() if "error" in line.lower() or "FATAL" in line]
    reason = (lines or said.strip().splitlines() or ["no reason given"])[-1]
    return DatabaseError(
        f"PostgreSQL could not make or start the database in {folder.parent}: {reason}",
        "run: workbench doctor",
    )


def _give_to(folder: Path, owner: Account) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.uid, owner.gid, follow_symlinks=False)


def write_access_rules(data: Path, account: Account) -> None:
    """Let only the named operating system users in, as known to the kernel; no passwords."""
    rules = f"local all {OWNER},{READER} peer map=workbench\n"
    names = ['"' + name.replace('"', '""') + '"' for name in allowed_names(account)]
    people = [f"workbench {name} {role}\n" for name in names for role in (OWNER, READER)]
    _write_private(data / "pg_hba.conf", rules, account)
    _write_private(data / "pg_ident.conf", "".join(people), account)


def _write_private(path: Path, text: str, account: Account) -> None:
    temporary = path.with_suffix(".new")
    temporary.write_text(text)
    temporary.chmod(0o600)
    os.chown(temporary, account.uid, account.gid)
    temporary.replace(path)
