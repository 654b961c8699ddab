"""Start a model server or attach to one, wait for it, list and stop servers.

However many commands ask at once, one server is started: the folder's lock is held from looking at
its state until its supervisor has recorded itself.
"""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from workbench.errors import ModelServerError, ResourceError
from workbench.services.vllm import launch
from workbench.services.vllm.processes import end_members, members, send, wait_gone
from workbench.services.vllm.registry import (
    FAILED,
    READY,
    STOPPED,
    ServerFolder,
    ServerSpec,
    ServerState,
    age,
    server_folders,
)
from workbench.services.vllm.resources import available_memory

Progress = Callable[[str], None]

_POLL_S = 0.1
_ATTEMPTS = 2
_TOLD_EVERY_S = 5


@dataclass(frozen=True)
class RunningServer:
    """A server that answers."""

    base_url: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class ServerStatus:
    """What is known about one server, for people and programs.

    Attributes:
        name: Its name: the model's and a digest of its flags.
        model: The model it serves.
        phase: "starting", "ready", "restarting", "failed" or "stopped".
        base_url: Its address; empty unless it runs.
        pid: The process that answers; 0 when there is none.
        port: Its loopback port.
        progress: What it is doing while it starts.
        message: Why it failed or stopped, with what to do.
        restarts: How often it was restarted after a crash.
        seconds: For how long it has been in this phase.
        users: The workspaces that use it.
        log: Its log file.
    """

    name: str
    model: str
    phase: str
    base_url: str
    pid: int
    port: int
    progress: str
    message: str
    restarts: int
    seconds: float
    users: list[str]
    log: str


def ensure_server(
    state_dir: Path,
    name: str,
    workspace: Path,
    plan: Callable[[], ServerSpec],
    progress: Progress,
) -> RunningServer:
    """Return the server of that name once it answers; start it unless it runs.

    Args:
        state_dir: The user's state folder.
        name: The server's name, from `launch.server_name`.
        workspace: Who uses it from now on.
        plan: Makes what to run, or says why it cannot; called only when nothing runs.
        progress: Told, in a few words, how far the start is.

    Raises:
        ModelServerError: It did not start; the message is the telling line of its log.
        ResourceError: The machine lacks memory or the port.
    """
    folder = ServerFolder(state_dir / "servers" / name)
    for attempt in range(_ATTEMPTS):
        with folder.lock():
            folder.add_user(workspace)
            if not folder.read_state().running:
                end_remains(folder)
                _launch(folder, plan(), progress)
        if _wait_ready(folder, progress):
            return RunningServer(f"http://127.0.0.1:{folder.read_state().port}/v1", folder.key())
        if attempt == 0:
            progress("the model server went away, starting it again")
    raise ModelServerError(
        f"the supervisor of {name} ended unexpectedly",
        f"see {folder.supervisor_log}",
        retryable=True,
    )


def _launch(folder: ServerFolder, spec: ServerSpec, progress: Progress) -> None:
    progress(f"starting the model server of {spec.model}")
    folder.key()
    folder.write_spec(spec)
    folder.write_state(ServerState(model=spec.model, port=spec.port))
    with folder.supervisor_log.open("w") as log:
        subprocess.run(
            launch.supervisor_command(folder.path),
            env=launch.clean_environment(os.environ),
            cwd=folder.path,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=False,
        )


def _wait_ready(folder: ServerFolder, progress: Progress) -> bool:
    """Wait for a start to end; return whether it is ready, or `False` if nobody works on it.

    The supervisor bounds the time.
    """
    while True:
        state = folder.read_state()
        if state.phase == READY and state.running and answers(state.port):
            return True
        if state.phase == FAILED:
            raise ModelServerError(state.message, state.hint, retryable=True)
        if not state.running:
            return False
        if state.progress:
            seconds = age(state) // _TOLD_EVERY_S * _TOLD_EVERY_S
            progress(f"{state.model}: {state.progress} ({seconds:.0f} s)")
        time.sleep(_POLL_S)


def answers(port: int) -> bool:
    """Tell whether a healthy server listens on a loopback port."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def choose_port(wanted: int) -> int:
    """Return a loopback port that is free now: the wanted one, or any if that is 0.

    Raises:
        ResourceError: The wanted port is in use.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            raise ResourceError(
                f"port {wanted} cannot be used for the model server ({error.strerror})",
                "set server.port (WORKBENCH_SERVER__PORT) to another one, or to 0 for a free one",
            ) from error
        return int(probe.getsockname()[1])


def check_memory(model: launch.ServedModel) -> None:
    """Refuse to start what cannot fit.

    Raises:
        ResourceError: There is less memory than the model takes.
    """
    needed, free = launch.needed_memory(model), available_memory()
    if needed > free:
        raise ResourceError(
            f"{model.name} needs {needed / launch.GIB:.1f} GiB of memory, "
            f"{free / launch.GIB:.1f} GiB are free",
            "close other programs, stop other model servers (workbench down --all), "
            "lower server.kv_cache_gib or choose a smaller model",
        )


def stop_server(folder: ServerFolder) -> bool:
    """Stop a server and all of its processes; return whether there were any."""
    with folder.lock():
        state = folder.read_state()
        ran = state.running
        if state.supervisor is not None and ran:
            send(state.supervisor, signal.SIGTERM)
            if not wait_gone([state.supervisor], 2 * folder.grace_s() + 10):
                send(state.supervisor, signal.SIGKILL)
        return end_remains(folder) or ran


def end_remains(folder: ServerFolder) -> bool:
    """End what is left of a server whose supervisor is gone; return whether there was anything."""
    state = folder.read_state()
    left = bool(members(folder.path))
    if left or state.scratch or state.shared_memory:
        end_members(folder.path, folder.grace_s(), state.shared_memory)
    if state.scratch:
        shutil.rmtree(state.scratch, ignore_errors=True)
    if state.phase != STOPPED:
        folder.write_state(ServerState(model=state.model, port=state.port, since=time.time()))
    return left


def release(state_dir: Path, workspace: Path) -> tuple[list[str], list[str]]:
    """End a workspace's use of its servers and stop those that nobody else uses.

    Returns:
        The models whose servers were stopped, and those whose servers others still use.
    """
    stopped: list[str] = []
    kept: list[str] = []
    for folder in server_folders(state_dir):
        if workspace.resolve() not in folder.users():
            continue
        folder.remove_user(workspace)
        model = folder.read_state().model
        if folder.users():
            kept.append(model)
        elif stop_server(folder):
            stopped.append(model)
    return stopped, kept


def stop_all(state_dir: Path) -> list[str]:
    """Stop every server of the user; return the models of those that ran."""
    stopped: list[str] = []
    for folder in server_folders(state_dir):
        for workspace in folder.users():
            folder.remove_user(workspace)
        if stop_server(folder):
            stopped.append(folder.read_state().model)
    return stopped


def list_servers(state_dir: Path) -> list[ServerStatus]:
    """Return the state of every server that the user has, or had until it failed."""
    found = (_status(folder) for folder in server_folders(state_dir))
    return [status for status in found if status.phase != STOPPED]


def _status(folder: ServerFolder) -> ServerStatus:
    state = folder.read_state()
    phase = state.phase if state.running or state.phase == FAILED else STOPPED
    return ServerStatus(
        name=folder.path.name,
        model=state.model,
        phase=phase,
        base_url=f"http://127.0.0.1:{state.port}/v1" if state.running else "",
        pid=state.server.pid if state.server and state.running else 0,
        port=state.port,
        progress=state.progress,
        message=f"{state.message}: {state.hint}" if state.hint else state.message,
        restarts=state.restarts,
        seconds=round(age(state), 1),
        users=[str(path) for path in folder.users()],
        log=str(folder.log),
    )
