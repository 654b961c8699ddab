"""The detached process that starts vLLM, watches it, restarts it after a crash and stops it.

Run as `python -m workbench.services.vllm.supervisor FOLDER`; what to run is in the folder's
spec.json, what became of it in its state.json. SIGTERM stops both.
"""

import ctypes
import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from workbench.services.vllm import logs
from workbench.services.vllm.processes import (
    MARK,
    end_members,
    identify,
    shared_memory,
)
from workbench.services.vllm.registry import (
    FAILED,
    READY,
    RESTARTING,
    STARTING,
    STOPPED,
    ServerFolder,
    ServerState,
    Timing,
)

LOG_LIMIT = 8 * 1024 * 1024
_MAX_CRASHES = 5
_PR_SET_PDEATHSIG = 1


class Restarts:
    """How long to wait before each restart, and when to give up."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._crashes = 0

    def delay(self, healthy_s: float) -> float | None:
        """Return the seconds to wait after a crash, or `None` to give up.

        Args:
            healthy_s: For how long the server had been ready; long enough forgives the past.
        """
        self._crashes = 1 if healthy_s >= self._timing.healthy_s else self._crashes + 1
        if self._crashes >= _MAX_CRASHES:
            return None
        return float(self._timing.backoff_s * 2 ** (self._crashes - 1))


class Supervisor:
    """Runs one server until it is stopped, unused or beyond help."""

    def __init__(self, folder: ServerFolder) -> None:
        self._folder = folder
        self._spec = folder.read_spec()
        self._timing = self._spec.timing
        self._restarts = Restarts(self._timing)
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._ready_at = 0.0
        self._usable_since = time.time()
        self._state = ServerState(
            model=self._spec.model, port=self._spec.port, supervisor=identify(os.getpid())
        )
        self._enter(STARTING, progress="starting vLLM")

    def stop(self) -> None:
        """Ask the loop to end the server and return."""
        self._stop.set()

    def run(self) -> None:
        """Start, watch and restart the server until it is to end for good."""
        while True:
            failure = self._serve()
            self._end_server()
            if failure is None:
                self._enter(STOPPED, message=self._state.message)
                return
            delay = self._restarts.delay(self._healthy_for()) if failure.again else None
            if delay is None:
                self._enter(FAILED, message=failure.message, hint=self._hint(failure))
                return
            self._state.restarts += 1
            self._enter(RESTARTING, progress=f"restarting in {delay:g} s ({failure.message})")
            if self._stop.wait(delay):
                self._enter(STOPPED)
                return

    def _serve(self) -> logs.Failure | None:
        """Run vLLM once; return why it ended, or `None` when it was to stop."""
        self._ready_at = 0.0
        logs.bound(self._folder.log, LOG_LIMIT)
        begin = self._folder.log.stat().st_size if self._folder.log.exists() else 0
        process = self._start()
        failure = self._await_ready(process, begin)
        if failure is None and not self._stop.is_set():
            failure = self._watch(process)
        if failure is None or process.poll() is None:
            return failure
        text, _ = logs.read_from(self._folder.log, begin)
        return logs.explain(text, process.returncode, self._spec.model, self._spec.port)

    def _start(self) -> subprocess.Popen[bytes]:
        self._state.scratch = tempfile.mkdtemp(prefix="workbench-")
        environment = {
            **os.environ,
            **self._spec.environment,
            "VLLM_API_KEY": self._folder.key(),
            "TMPDIR": self._state.scratch,
            MARK: str(self._folder.path),
        }
        with self._folder.log.open("ab") as log:
            process = subprocess.Popen(
                self._spec.command,
                env=environment,
                cwd=self._folder.path,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent(),
            )
        self._process, self._state.server = process, identify(process.pid)
        self._folder.write_state(self._state)
        return process

    def _await_ready(self, process: subprocess.Popen[bytes], begin: int) -> logs.Failure | None:
        deadline = time.monotonic() + self._timing.start_timeout_s
        offset = begin
        while not self._stop.wait(self._timing.poll_s):
            if process.poll() is not None:
                return _ENDED
            text, offset = logs.read_from(self._folder.log, offset)
            self._tell(logs.milestone(text) or logs.shards(text))
            if self._healthy():
                self._ready_at, self._usable_since = time.monotonic(), time.time()
                self._state.shared_memory = shared_memory(self._folder.path)
                self._enter(READY)
                return None
            if time.monotonic() > deadline:
                return logs.Failure(
                    f"{self._spec.model} was not ready after {self._timing.start_timeout_s:g} s "
                    f"(last step: {self._state.progress})",
                    "raise server.start_timeout_s, or see its log",
                    again=False,
                )
        return None

    def _watch(self, process: subprocess.Popen[bytes]) -> logs.Failure | None:
        answered = looked = time.monotonic()
        while not self._stop.wait(self._timing.poll_s):
            now = time.monotonic()
            if process.poll() is not None:
                return _ENDED
            if self._idle():
                self._state.message = f"unused for {self._timing.idle_s / 60:g} minutes"
                return None
            if now - looked < self._timing.hung_s / 12:
                continue
            looked = now
            logs.bound(self._folder.log, LOG_LIMIT)
            if self._healthy():
                answered = now
            elif now - answered > self._timing.hung_s:
                return logs.Failure("it no longer answered", "see its log", again=True)
        return None

    def _healthy(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._spec.port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _idle(self) -> bool:
        last = max(self._folder.last_use(), self._usable_since)
        return 0 < self._timing.idle_s < time.time() - last

    def _healthy_for(self) -> float:
        return time.monotonic() - self._ready_at if self._ready_at else 0.0

    def _end_server(self) -> None:
        end_members(self._folder.path, self._timing.grace_s, self._state.shared_memory)
        if self._process:
            self._process.wait()
        shutil.rmtree(self._state.scratch, ignore_errors=True)
        self._state.server, self._state.shared_memory, self._state.scratch = None, [], ""

    def _tell(self, progress: str | None) -> None:
        if progress and progress != self._state.progress:
            self._state.progress = progress
            self._folder.write_state(self._state)

    def _enter(self, phase: str, *, progress: str = "", message: str = "", hint: str = "") -> None:
        self._state.phase, self._state.progress = phase, progress
        self._state.message, self._state.hint = message, hint
        self._state.since = time.time()
        self._folder.write_state(self._state)

    def _hint(self, failure: logs.Failure) -> str:
        return failure.hint.replace("see its log", f"see {self._folder.log}")


_ENDED = logs.Failure("it ended", "see its log", again=True)


def _die_with_parent() -> Callable[[], None]:
    """Return what makes a child end when the supervisor dies, even by SIGKILL."""
    prctl = ctypes.CDLL(None).prctl

    def prepare() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    return prepare


def main(path: str) -> None:
    """Detach, then supervise; the caller's process ends once the state tells of the new one."""
    told, tell = os.pipe()
    if os.fork():
        os.close(tell)
        os.read(told, 1)
        return
    os.close(told)
    os.setsid()
    os.umask(0o077)
    supervisor = Supervisor(ServerFolder(Path(path)))
    os.close(tell)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.stop())
    supervisor.run()


if __name__ == "__main__":
    main(sys.argv[1])
