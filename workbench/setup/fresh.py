"""`make fresh`: prove that a fresh clone works with an empty home and empty caches.

Clones the checkout into an empty folder, runs `make test` and `make chat` there in an environment
that holds nothing of the user's but pip's settings (how this machine reaches packages), then stops
the services and looks for what was left behind.
"""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from workbench.errors import ResourceError, WorkbenchError
from workbench.setup.terminal import Terminal
from workbench.setup.traces import processes_in, shared_memory, shared_memory_in_use
from workbench.setup.usage import PeakDisk, received

QUESTION = "What does a late check-out until 3 PM cost, and who approves it?"
ANSWERED = "Sources"
"""What the chat client shows below a complete answer."""
QUIT = "C-q"
TESTS_LIMIT_S = 3600.0
OPEN_LIMIT_S = 900.0
ANSWER_LIMIT_S = 1800.0
STOP_LIMIT_S = 120.0
ENDING_LIMIT_S = 15.0
"""Longest waits, in seconds; an answer waits for the model's download and conversion as well."""


@dataclass(frozen=True)
class Place:
    """The folders of a fresh run, all inside one that is removed in the end."""

    folder: Path

    @property
    def checkout(self) -> Path:
        """The clone."""
        return self.folder / "checkout"

    @property
    def home(self) -> Path:
        """The empty home, which holds the caches too."""
        return self.folder / "home"

    @property
    def temporary(self) -> Path:
        """Where programs put temporary files."""
        return self.folder / "tmp"


@dataclass
class Summary:
    """What a fresh run found."""

    seconds: dict[str, float] = field(default_factory=dict)
    screen: str = ""
    received: int = 0
    peak_disk: int = 0
    faults: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the summary as lines."""
        lines = [f"{name}: {seconds:.0f} s" for name, seconds in self.seconds.items()]
        lines.append(f"received by this machine meanwhile: {self.received / 1e9:.2f} GB")
        lines.append(f"peak disk: {self.peak_disk / 1e9:.2f} GB")
        lines += [f"FAULT: {fault}" for fault in self.faults] or ["nothing was left behind"]
        return "\n".join(lines)


def fresh_environment(place: Place, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment of a user who has just come to this machine.

    Of the caller's environment stay the path and pip's settings, but not pip's cache.
    """
    cache = place.home / ".cache"
    kept = {name: value for name, value in environment.items() if name.startswith("PIP_")}
    kept.pop("PIP_CACHE_DIR", None)
    settings = Path(environment.get("HOME", "/")) / ".config" / "pip" / "pip.conf"
    if settings.is_file():
        kept.setdefault("PIP_CONFIG_FILE", str(settings))
    return kept | {
        "PATH": f"{Path(sys.executable).resolve().parent}:{environment.get('PATH', os.defpath)}",
        "HOME": str(place.home),
        "TMPDIR": str(place.temporary),
        "XDG_CACHE_HOME": str(cache),
        "XDG_CONFIG_HOME": str(place.home / ".config"),
        "XDG_DATA_HOME": str(place.home / ".local" / "share"),
        "XDG_STATE_HOME": str(place.home / ".local" / "state"),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
    }


def clone(source: Path, place: Place) -> None:
    """Clone the committed state of a checkout and make the empty folders.

    Raises:
        ResourceError: git could not clone it.
    """
    place.home.mkdir(parents=True)
    place.temporary.mkdir()
    command = ["git", "clone", "--quiet", str(source), str(place.checkout)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise ResourceError("git cannot clone this checkout", done.stderr.strip()[-200:])


def run_target(target: str, place: Place, limit_s: float = TESTS_LIMIT_S) -> None:
    """Run a make target in the clone, with its output shown and nothing to read from.

    Raises:
        ResourceError: It failed or took too long.
    """
    command = ["make", target]
    environment = fresh_environment(place)
    try:
        done = subprocess.run(
            command,
            cwd=place.checkout,
            env=environment,
            stdin=subprocess.DEVNULL,
            timeout=limit_s,
        )
    except subprocess.TimeoutExpired as error:
        raise ResourceError(f"make {target} took over {limit_s:.0f} s", "see above") from error
    if done.returncode != 0:
        raise ResourceError(f"make {target} ended with {done.returncode}", "see above")


def chat(place: Place) -> str:
    """Ask a question in the real chat client and return the screen with the answer.

    Raises:
        ResourceError: The client did not open, answer or end in time.
    """
    terminal = Terminal(place.folder / "tmux", place.checkout, fresh_environment(place))
    with terminal.running("make chat"):
        terminal.wait(terminal.is_full_screen, OPEN_LIMIT_S, "the chat client did not open")
        terminal.type(QUESTION)
        terminal.press("Enter")
        terminal.wait(
            lambda: ANSWERED in terminal.screen(), ANSWER_LIMIT_S, "no answer with sources came"
        )
        screen = terminal.screen()
        terminal.press(QUIT)
        terminal.wait(terminal.has_ended, 60.0, "the chat client did not end")
    return screen


def stop_services(place: Place) -> None:
    """Stop everything that the workbench of the clone started."""
    command = place.checkout / ".venv" / "bin" / "workbench"
    if command.exists():
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                [command, "down", "--all"],
                cwd=place.checkout,
                env=fresh_environment(place),
                stdin=subprocess.DEVNULL,
                timeout=STOP_LIMIT_S,
            )


def left_behind(place: Place, shared_before: frozenset[str]) -> list[str]:
    """Return the processes, their ports and the shared memory that outlived the services."""
    end = time.monotonic() + ENDING_LIMIT_S
    while (processes := processes_in(place.folder)) and time.monotonic() < end:
        time.sleep(0.5)
    own = frozenset(process.pid for process in processes)
    shared = shared_memory() - shared_before - shared_memory_in_use(without=own)
    return [process.text() for process in processes] + [
        f"shared memory {name}" for name in sorted(shared)
    ]


def prove(source: Path, place: Place, targets: Mapping[str, Callable[[], str | None]]) -> Summary:
    """Run the targets in a fresh clone and return what was found.

    Args:
        source: The checkout to clone.
        place: An empty place.
        targets: What to run, by name; each may return a screen to show.
    """
    summary = Summary()
    shared_before, received_before = shared_memory(), received()
    with PeakDisk(place.folder) as disk:
        try:
            clone(source, place)
            for name, run in targets.items():
                started = time.monotonic()
                summary.screen = run() or summary.screen
                summary.seconds[name] = time.monotonic() - started
        except WorkbenchError as error:
            summary.faults.append(error.one_line())
        finally:
            stop_services(place)
    summary.received = received() - received_before
    summary.peak_disk = disk.peak
    left = left_behind(place, shared_before)
    summary.faults += [f"left behind: {trace}" for trace in left]
    return summary


def end_processes(place: Place) -> None:
    """End what an interrupted run left running in its folder: a killed make leaves its children."""
    for sent in (signal.SIGTERM, signal.SIGKILL):
        end = time.monotonic() + ENDING_LIMIT_S
        for process in processes_in(place.folder):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process.pid, sent)
        while processes_in(place.folder) and time.monotonic() < end:
            time.sleep(0.2)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Run the proof and return an exit status; a faulty run keeps its folder for a look."""
    signal.signal(signal.SIGTERM, _interrupt)
    parser = argparse.ArgumentParser(prog="make fresh", description=__doc__)
    parser.add_argument("--only", choices=("setup", "test", "chat"), help="run this target alone")
    only = parser.parse_args().only
    place = Place(Path(tempfile.mkdtemp(prefix="workbench-fresh-")))
    # a test runs the database as another user, who must be able to pass through
    place.folder.chmod(0o711)
    targets: dict[str, Callable[[], str | None]] = {
        "setup": partial(run_target, "setup", place),
        "test": partial(run_target, "test", place),
        "chat": partial(chat, place),
    }
    names = [only] if only else ["test", "chat"]
    try:
        root = Path(__file__).resolve().parents[2]
        summary = prove(root, place, {name: targets[name] for name in names})
    except KeyboardInterrupt:
        end_processes(place)
        print(f"fresh: interrupted; remove {place.folder}", file=sys.stderr)
        return 130
    print(f"{summary.screen}\n{summary.text()}" if summary.screen else summary.text())
    if summary.faults:
        print(f"fresh: look into {place.folder}, then remove it", file=sys.stderr)
        return 1
    shutil.rmtree(place.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
