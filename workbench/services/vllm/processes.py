"""Which processes belong to a server, and how to end them and what they leave behind.

A process is known by its id and its start time, because ids are used again. The processes of a
server are known by a mark in their environment, which survives the death of their parents.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

MARK = "WORKBENCH_SERVER_FOLDER"
_PROC = Path("/proc")
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - the kernel's name for it, nothing is created here


class Identity(NamedTuple):
    """One process for as long as it lives."""

    pid: int
    started: int
    """Start time in clock ticks since the machine started."""


def identify(pid: int) -> Identity | None:
    """Return who runs under `pid`; `None` when nobody does, or only a zombie is left."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except (OSError, UnicodeDecodeError):
        return None
    # proc(5): the name, in parentheses, may hold spaces; the state is field 3, the start field 22
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else Identity(pid, int(fields[19]))


def alive(who: Identity | None) -> bool:
    """Tell whether this very process still runs."""
    return who is not None and identify(who.pid) == tuple(who)


def members(folder: Path) -> list[Identity]:
    """Return the living processes that carry the mark of a server's folder."""
    mark = os.fsencode(f"{MARK}={folder}")
    found: list[Identity] = []
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and _carries(entry, mark):
            who = identify(int(entry.name))
            if who is not None:
                found.append(who)
    return found


def _carries(entry: Path, mark: bytes) -> bool:
    try:
        return mark in (entry / "environ").read_bytes().split(b"\0")
    except OSError:  # gone, or somebody else's
        return False


def send(who: Identity, number: signal.Signals) -> None:
    """Send a signal to this very process, if it still runs."""
    if alive(who):
        with contextlib.suppress(ProcessLookupError):
            os.kill(who.pid, number)


def wait_gone(processes: Iterable[Identity], seconds: float) -> bool:
    """Wait until all of them have ended; tell whether they did within `seconds`."""
    waiting = list(processes)
    deadline = time.monotonic() + seconds
    while waiting := [who for who in waiting if alive(who)]:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def end_members(folder: Path, grace_s: float, recorded: Iterable[str] = ()) -> None:
    """End every process of a server and remove the shared memory that they leave.

    Python's resource tracker is ended last: once the others are gone it removes their shared
    memory itself.

    Args:
        folder: The folder whose mark the processes carry.
        grace_s: Seconds between asking and killing.
        recorded: Names of shared memory that the server was seen to use.
    """
    shared = {*recorded, *shared_memory(folder)}
    present = members(folder)
    for who in present:
        send(who, signal.SIGTERM)
    if not wait_gone(present, grace_s):
        _kill(who for who in members(folder) if not _is_tracker(who))
        wait_gone(members(folder), grace_s / 2)
        _kill(members(folder))
    remove_shared_memory(shared)


def _kill(processes: Iterable[Identity]) -> None:
    waiting = list(processes)
    for who in waiting:
        send(who, signal.SIGKILL)
    wait_gone(waiting, 5.0)


def _is_tracker(who: Identity) -> bool:
    try:
        return b"resource_tracker" in (_PROC / str(who.pid) / "cmdline").read_bytes()
    except OSError:
        return False


def shared_memory(folder: Path) -> list[str]:
    """Return the names under /dev/shm that the processes of a server have mapped."""
    names: set[str] = set()
    for who in members(folder):
        try:
            maps = (_PROC / str(who.pid) / "maps").read_text()
        except OSError:
            continue
        paths = (Path(line.split(maxsplit=5)[-1]) for line in maps.splitlines())
        names |= {path.name for path in paths if path.parent == _SHARED_MEMORY}
    return sorted(name for name in names if not name.endswith("(deleted)"))


def remove_shared_memory(names: Iterable[str]) -> None:
    """Remove shared memory that its processes did not, Intel OpenMP's registrations included."""
    stale = [
        path
        for path in _SHARED_MEMORY.glob("__KMP_REGISTERED_LIB_*")
        if identify(int(path.name.split("_")[-2])) is None
    ]
    for path in [*stale, *(_SHARED_MEMORY / Path(name).name for name in names)]:
        with contextlib.suppress(OSError):
            if path.stat().st_uid == os.getuid():
                path.unlink()
