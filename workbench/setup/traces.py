"""What a program may leave behind on a machine: processes, listening ports, shared memory."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
SHARED = Path("/dev/shm")  # noqa: S108 - where Linux keeps shared memory; only read
_LISTENING = "0A"
"""The state of a listening socket in `/proc/net/tcp`."""


@dataclass(frozen=True)
class Process:
    """A running process, its command line and the TCP ports on which it listens."""

    pid: int
    command: str
    ports: tuple[int, ...]

    def text(self) -> str:
        """Return it as one line."""
        ports = f" listening on {', '.join(map(str, self.ports))}" if self.ports else ""
        return f"process {self.pid} ({self.command[:100]}){ports}"


def processes_in(folder: Path, proc: Path = PROC) -> list[Process]:
    """Return the processes, other than this one, that have anything to do with a folder.

    The folder shows in the command line, the environment, the working folder, an open file or a
    loaded library.
    """
    needle = os.fsencode(folder)
    listening = _listening_ports(proc)
    found = []
    for entry in _process_folders(proc):
        if int(entry.name) != os.getpid() and _mentions(entry, needle):
            command = _read(entry / "cmdline").replace(b"\0", b" ").decode(errors="replace")
            sockets = _links(entry / "fd")
            ports = sorted({port for inode, port in listening.items() if inode in sockets})
            found.append(Process(int(entry.name), command.strip(), tuple(ports)))
    return found


def shared_memory(folder: Path = SHARED) -> frozenset[str]:
    """Return the names of this user's shared memory files."""
    own = os.geteuid()
    names = set()
    for path in folder.iterdir():
        try:
            if path.lstat().st_uid == own:
                names.add(path.name)
        except FileNotFoundError:
            continue
    return frozenset(names)


def shared_memory_in_use(without: frozenset[int], proc: Path = PROC) -> frozenset[str]:
    """Return the shared memory files that processes use, those in `without` left out."""
    prefix = os.fsencode(SHARED) + b"/"
    used: set[str] = set()
    for entry in _process_folders(proc):
        if int(entry.name) in without:
            continue
        lines = _read(entry / "maps").splitlines()
        for text in [*_links(entry / "fd"), *(line.partition(b"/")[2] for line in lines)]:
            path = b"/" + text.lstrip(b"/")
            if path.startswith(prefix):
                used.add(os.fsdecode(path[len(prefix) :]))
    return frozenset(used)


def _process_folders(proc: Path) -> Iterator[Path]:
    return (entry for entry in proc.iterdir() if entry.name.isdecimal())


def _mentions(entry: Path, needle: bytes) -> bool:
    if any(needle in _read(entry / name) for name in ("cmdline", "environ", "maps")):
        return True
    return any(needle in link for link in (_link(entry / "cwd"), *_links(entry / "fd")))


def _listening_ports(proc: Path) -> dict[bytes, int]:
    """Return the ports of all listening TCP sockets, by the name of the socket's open file."""
    ports = {}
    for name in ("tcp", "tcp6"):
        for line in _read(proc / "net" / name).decode().splitlines()[1:]:
            columns = line.split()
            if columns[3] == _LISTENING:
                port = int(columns[1].rpartition(":")[2], 16)
                ports[f"socket:[{columns[9]}]".encode()] = port
    return ports


def _links(folder: Path) -> set[bytes]:
    try:
        return {_link(path) for path in folder.iterdir()}
    except OSError:
        return set()


def _link(path: Path) -> bytes:
    try:
        return os.fsencode(path.readlink())
    except OSError:
        return b""


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
