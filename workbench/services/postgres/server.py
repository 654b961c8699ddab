"""Start, attach to and stop the embedded server; ten commands at once start one."""

import os
import shlex
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from workbench.config import Settings
from workbench.errors import DatabaseError, ResourceError
from workbench.services.postgres import cluster
from workbench.services.postgres.account import Account, server_account
from workbench.services.postgres.binaries import program, run
from workbench.services.postgres.folders import (
    PORT,
    data_folder,
    log_file,
    make_socket_folder,
    remove_socket_folder,
    remove_sockets,
    server_lock,
)

_START_TIMEOUT_S = 120
# PostgreSQL 18 hangs when it is stopped while it recovers from the crash of one of its processes;
# an immediate stop then loses nothing, as the next start recovers
_STOP_TIMEOUT_S = 15
_POLL_S = 0.05
_LOG_LIMIT = 1 << 20  # bytes
_SPACE_TO_START = 48 << 20  # bytes: three segments of the write-ahead log


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that runs on a data folder.

    Attributes:
        pid: The postmaster's process id.
        socket_folder: Where its socket lies.
        ready: Whether it accepts connections.
    """

    pid: int
    socket_folder: Path
    ready: bool


def ensure_embedded(settings: Settings, progress: Callable[[str], None] | None = None) -> str:
    """Start the workspace's server unless it runs, and return how to reach it.

    The server outlives the command; `stop_embedded` ends it.

    Args:
        settings: The workspace's settings.
        progress: Told what takes time, in a few words.

    Returns:
        A libpq connection string without secrets.

    Raises:
        DatabaseError: The data folder cannot be used, or the server does not start.
        ResourceError: The disk is full, or something of the machine is missing.
    """
    data = data_folder(settings)
    with server_lock(settings):
        _trim_log(data)
        server = _settled(data)
        if server is None or not _socket(server).exists():
            server = _start(settings, data, progress or (lambda _: None))
    return connection_string(server)


def stop_embedded(settings: Settings) -> bool:
    """Stop the workspace's server and say whether one ran.

    Raises:
        DatabaseError: It runs but does not stop.
    """
    data = data_folder(settings)
    if not data.exists():
        return False
    with server_lock(settings):
        recorded = _recorded_server(data)
        running = find_server(data) is not None
        if running:
            _stop(data)
        if recorded is not None:  # also where the server was killed
            remove_socket_folder(recorded.socket_folder)
    return running


def find_server(data: Path) -> RunningServer | None:
    """Return the server that runs on a data folder, or `None`; starts nothing.

    The process id in PostgreSQL's own file may be stale and in use by another program, so the
    process must be a `postgres` that was started on this folder.
    """
    server = _recorded_server(data)
    try:
        command = psutil.Process(server.pid).cmdline() if server else []
    except psutil.Error:
        return None
    if not command or Path(command[0]).name != "postgres" or str(data) not in command:
        return None
    return server


def _recorded_server(data: Path) -> RunningServer | None:
    """Return what PostgreSQL's own file says of a server, which may have been killed since."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        socket_folder = Path(lines[4] or "/nonexistent")  # empty while it starts
        return RunningServer(int(lines[0]), socket_folder, "ready" in "".join(lines[7:8]))
    except (OSError, ValueError, IndexError):
        return None


def connection_string(server: RunningServer, database: str = cluster.DATABASE) -> str:
    """Return the libpq connection string of a running server."""
    from psycopg.conninfo import make_conninfo

    return make_conninfo(
        host=str(server.socket_folder), port=PORT, user=cluster.OWNER, dbname=database
    )


def _socket(server: RunningServer) -> Path:
    return server.socket_folder / f".s.PGSQL.{PORT}"


def _settled(data: Path) -> RunningServer | None:
    """Return the running server once it is ready, or `None` once it is gone."""
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline:
        server = find_server(data)
        if server is None or server.ready:
            return server
        time.sleep(_POLL_S)
    raise DatabaseError(
        f"the database server in {data} neither becomes ready nor stops",
        f"look at {log_file(data)}, then run: workbench down",
    )


def _start(settings: Settings, data: Path, progress: Callable[[str], None]) -> RunningServer:
    _check_space(data.parent)
    account = server_account(data)
    if data.exists():
        cluster.check_version(data)
        if find_server(data) is not None:  # its socket is gone, so that nobody can reach it
            _stop(data)
        progress("starting the database")
    else:
        progress("creating the database")
        cluster.create(data, account)
    cluster.write_access_rules(data, account)
    folder = make_socket_folder(settings, account)
    remove_sockets(folder)
    # The process ids that a killed server left in its files may by now be another program's.
    # A kernel object still keeps a second server out of the data.
    (data / "postmaster.pid").unlink(missing_ok=True)
    return _launch(data, account, folder)


def _launch(data: Path, account: Account, folder: Path) -> RunningServer:
    options = f"-c unix_socket_directories={shlex.quote(str(folder))} -c port={PORT}"
    command = [*account.prefix, program("pg_ctl"), "start", "-D", str(data), "-s", "-w"]
    command += ["-t", str(_START_TIMEOUT_S), "-l", str(log_file(data)), "-o", options]
    deadline = time.monotonic() + _START_TIMEOUT_S
    while True:
        started = run(command)
        server = find_server(data)
        if started.returncode == 0 and server is not None:
            return server
        said = _log_tail(data)
        # after a kill of the main process its children need a moment to notice and leave
        if "is still in use" not in said or time.monotonic() > deadline:
            raise cluster.creation_error(data, said or started.stderr)
        time.sleep(_POLL_S)


def _stop(data: Path) -> None:
    account = server_account(data)
    command = [*account.prefix, program("pg_ctl"), "stop", "-D", str(data), "-s", "-w"]
    stopped = run([*command, "-m", "fast", "-t", str(_STOP_TIMEOUT_S)])
    if stopped.returncode != 0 and find_server(data) is not None:
        stopped = run([*command, "-m", "immediate", "-t", str(_STOP_TIMEOUT_S)])
    if find_server(data) is not None:
        raise DatabaseError(
            f"the database server in {data} does not stop", f"look at {log_file(data)}"
        )


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < _SPACE_TO_START:
        raise ResourceError(
            f"the disk that holds {folder} is full ({free >> 20} MiB free)",
            f"free at least {_SPACE_TO_START >> 20} MiB; nothing stored is lost",
        )


def _trim_log(data: Path) -> None:
    """Empty a log grown too large; the server appends, so that this is safe while it runs."""
    log = log_file(data)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        os.truncate(log, 0)


def _log_tail(data: Path) -> str:
    try:
        return "\n".join(log_file(data).read_text(errors="replace").splitlines()[-20:])
    except OSError:
        return ""
