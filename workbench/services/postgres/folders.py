"""Where the embedded server's data, log, lock and socket lie."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workbench.config import Settings
from workbench.errors import ResourceError
from workbench.locations import path_key, private_folder, workspace_state
from workbench.services.postgres.account import Account, folder_holder

PORT = 5432
"""The number in the socket's file name; no network port is opened."""

_SOCKET_PATH_LIMIT = 107  # bytes, in sockaddr_un
_SHORT_FOLDER = Path("/tmp")  # noqa: S108  (a socket's path must be short; the folder is private)


def data_folder(settings: Settings) -> Path:
    """Return the data folder of the workspace's server, whether or not it exists."""
    return workspace_state(settings.workspace.resolve()) / "postgres"


def log_file(data: Path) -> Path:
    """Return the server's log."""
    return data / "server.log"


@contextmanager
def server_lock(settings: Settings) -> Iterator[None]:
    """Hold the lock under which the server is started and stopped.

    Raises:
        ResourceError: The workspace's state folder cannot be written.
    """
    folder = workspace_state(settings.workspace.resolve())
    try:
        path = private_folder(folder) / "postgres.lock"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ResourceError(
            f"cannot write in {folder}: {error.strerror}",
            "give yourself access, or free disk space",
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def make_socket_folder(settings: Settings, account: Account) -> Path:
    """Create the folder that holds the socket, for the server's account alone.

    It does not lie in the workspace, since a socket's path is limited to 107 bytes.

    Raises:
        ResourceError: Another user made a folder of that name, or it cannot be made.
    """
    holder = folder_holder(account)
    parent = _base_folder(holder) / f"workbench-{holder}"
    folder = parent / path_key(settings.workspace)
    try:
        _make_private(parent, Account(holder, holder))
        _make_private(folder, account)
    except OSError as error:
        raise ResourceError(f"cannot make {folder}: {error.strerror}", "free its name") from error
    return folder


def remove_sockets(folder: Path) -> None:
    """Remove the socket, and its lock, of a server that does not run."""
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (folder / name).unlink(missing_ok=True)


def remove_socket_folder(folder: Path) -> None:
    """Remove the folder of a server that does not run; one that holds anything else stays."""
    with suppress(OSError):
        remove_sockets(folder)
        folder.rmdir()


def _base_folder(holder: int) -> Path:
    named = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    longest = f"/workbench-{holder}/{'0' * 12}/.s.PGSQL.{PORT}"
    if len(os.fsencode(named)) + len(longest) > _SOCKET_PATH_LIMIT:
        return _SHORT_FOLDER
    return named if named.is_dir() and named.stat().st_uid == holder else _SHORT_FOLDER


def _make_private(folder: Path, owner: Account) -> None:
    """Make a 0700 folder; one that exists must be a real folder of its owner, or of ours."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), owner.uid):
            raise ResourceError(
                f"{folder} belongs to another user, so the database's socket cannot lie there",
                "have it removed, or set XDG_RUNTIME_DIR to a folder of your own",
            ) from None
    folder.chmod(0o700)
    if folder.stat().st_uid != owner.uid:
        os.chown(folder, owner.uid, owner.gid)
