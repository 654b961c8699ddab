"""The folder of a server: its state, key, lock, log and users.

state.json   what runs, in which phase; written by the supervisor
spec.json    what to run; written by whoever starts it
key          the API key, readable by its owner alone
lock         held while somebody decides whether to start or stop the server
used         its date is the time of the last request
users/       one entry for each workspace that uses the server, naming it
server.log   what vLLM writes
"""

import contextlib
import dataclasses
import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.locations import path_key, private_folder
from workbench.services.vllm.processes import Identity, alive

_ENTRY = "[0-9a-f]" * 12
STARTING, READY, RESTARTING, FAILED, STOPPED = (
    "starting",
    "ready",
    "restarting",
    "failed",
    "stopped",
)


@dataclass(frozen=True)
class Timing:
    """How patient a supervisor is, in seconds."""

    start_timeout_s: float = 600.0
    """A server that is not ready after this long has failed."""
    idle_s: float = 0.0
    """A server that is not used for this long stops; 0 keeps it."""
    backoff_s: float = 1.0
    """The wait before the first restart; each further one doubles it."""
    healthy_s: float = 60.0
    """Being ready for this long forgives earlier crashes."""
    hung_s: float = 60.0
    """A ready server that does not answer for this long is restarted."""
    grace_s: float = 10.0
    """The time between asking a process to end and killing it."""
    poll_s: float = 0.25
    """How often the supervisor looks."""


@dataclass(frozen=True)
class ServerSpec:
    """What a supervisor runs."""

    model: str
    command: list[str]
    environment: dict[str, str]
    port: int
    timing: Timing = field(default_factory=Timing)


@dataclass
class ServerState:
    """What is known about a server."""

    model: str = ""
    port: int = 0
    phase: str = STOPPED
    progress: str = ""
    """What it is doing, for people, while it starts."""
    message: str = ""
    """Why it failed or stopped."""
    hint: str = ""
    restarts: int = 0
    since: float = 0.0
    """When this phase began, in seconds since 1970."""
    supervisor: Identity | None = None
    server: Identity | None = None
    shared_memory: list[str] = field(default_factory=list)
    """Its names under /dev/shm, to be removed should nobody else do it."""
    scratch: str = ""
    """Its private folder for temporary files and sockets."""

    @property
    def running(self) -> bool:
        """Tell whether a supervisor looks after it now."""
        return self.phase in (STARTING, READY, RESTARTING) and alive(self.supervisor)


class ServerFolder:
    """The files of one server."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = path / "server.log"
        self.supervisor_log = path / "supervisor.log"
        self.used = path / "used"

    def read_state(self) -> ServerState:
        """Return the recorded state; a stopped one where there is none."""
        values = _read_json(self.path / "state.json")
        for name in ("supervisor", "server"):
            if values.get(name):
                values[name] = Identity(*values[name])
        known = {item.name for item in dataclasses.fields(ServerState)}
        return ServerState(**{name: value for name, value in values.items() if name in known})

    def write_state(self, state: ServerState) -> None:
        """Record the state; a reader sees the old or the new one, never a part."""
        _write_private(self.path / "state.json", json.dumps(dataclasses.asdict(state), indent=1))

    def read_spec(self) -> ServerSpec:
        """Return what the supervisor is to run."""
        values = _read_json(self.path / "spec.json")
        return ServerSpec(**{**values, "timing": Timing(**values["timing"])})

    def write_spec(self, spec: ServerSpec) -> None:
        """Record what the supervisor is to run."""
        _write_private(self.path / "spec.json", json.dumps(dataclasses.asdict(spec), indent=1))

    def grace_s(self) -> float:
        """Return the seconds between asking its processes to end and killing them."""
        values = _read_json(self.path / "spec.json")
        return Timing(**values.get("timing", {})).grace_s

    def key(self) -> str:
        """Return the server's API key, made at random the first time."""
        path = self.path / "key"
        if not path.exists():
            _write_private(path, secrets.token_urlsafe(32))
        return path.read_text()

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Let one process at a time decide about the server; the others wait."""
        private_folder(self.path.parent)
        private_folder(self.path)
        with (self.path / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def add_user(self, workspace: Path) -> None:
        """Note that a workspace uses the server."""
        folder = private_folder(self.path / "users")
        _write_private(folder / path_key(workspace), str(workspace.resolve()))

    def remove_user(self, workspace: Path) -> None:
        """Note that a workspace no longer uses the server."""
        (self.path / "users" / path_key(workspace)).unlink(missing_ok=True)

    def users(self) -> list[Path]:
        """Return the workspaces that use the server and still exist."""
        entries = sorted((self.path / "users").glob(_ENTRY))
        return [path for path in (Path(entry.read_text()) for entry in entries) if path.is_dir()]

    def last_use(self) -> float:
        """Return when the server was last asked something or chosen, in seconds since 1970."""
        places = [self.used, *(self.path / "users").glob(_ENTRY)]
        return max((place.stat().st_mtime for place in places if place.exists()), default=0.0)

    def note_use(self) -> None:
        """Count now as a use."""
        self.used.touch(mode=0o600)


def server_folders(state_dir: Path) -> list[ServerFolder]:
    """Return the folders of all servers that a user has had, by name."""
    return [ServerFolder(path) for path in sorted((state_dir / "servers").glob("*/"))]


def age(state: ServerState) -> float:
    """Return for how many seconds a server has been in its phase."""
    return max(0.0, time.time() - state.since)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        values: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return values


def _write_private(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    part.replace(path)
