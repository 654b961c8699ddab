"""A terminal without a person: tmux runs a program, types into it and reads its screen."""

import contextlib
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import ResourceError

_SESSION = "fresh"
_POLL_S = 0.5


@dataclass(frozen=True)
class Terminal:
    """One terminal of 120 columns and 40 lines, on a tmux server of its own.

    Attributes:
        socket: Where the tmux server listens; a path that does not exist yet.
        folder: Where the program runs.
        environment: The program's whole environment.
    """

    socket: Path
    folder: Path
    environment: Mapping[str, str]

    @contextlib.contextmanager
    def running(self, command: str) -> Iterator[None]:
        """Run a shell command in the terminal while the block runs.

        Raises:
            ResourceError: tmux is missing or does not start.
        """
        if shutil.which("tmux") is None:
            raise ResourceError("tmux is missing", "sudo apt-get install tmux")
        settings = [f"{name}={value}" for name, value in self.environment.items()]
        whole = shlex.join(["env", "-i", *settings, "sh", "-c", command])
        size = ["-x", "120", "-y", "40"]
        start = ["new-session", "-d", "-s", _SESSION, *size, "-c", str(self.folder), whole]
        try:
            self._tmux(*start, ";", "set-option", "-g", "remain-on-exit", "on")
            yield
        finally:
            with contextlib.suppress(ResourceError):
                self._tmux("kill-server")

    def screen(self) -> str:
        """Return what the terminal shows."""
        return self._tmux("capture-pane", "-p", "-t", _SESSION)

    def is_full_screen(self) -> bool:
        """Tell whether a full-screen program has taken the terminal over."""
        return self._value("#{alternate_on}") == "1"

    def has_ended(self) -> bool:
        """Tell whether the program has ended."""
        return self._value("#{pane_dead}") == "1"

    def type(self, text: str) -> None:
        """Type text as it is."""
        self._tmux("send-keys", "-t", _SESSION, "-l", text)

    def press(self, key: str) -> None:
        """Press a key, in tmux's notation."""
        self._tmux("send-keys", "-t", _SESSION, key)

    def wait(self, met: Callable[[], bool], limit_s: float, complaint: str) -> None:
        """Wait until `met()` is true.

        Raises:
            ResourceError: It was not within `limit_s` seconds, or the program ended before.
        """
        end = time.monotonic() + limit_s
        while not met():
            if self.has_ended() and not met():
                raise ResourceError(f"{complaint}: the program ended", self._last_lines())
            if time.monotonic() > end:
                raise ResourceError(f"{complaint} within {limit_s:.0f} s", self._last_lines())
            time.sleep(_POLL_S)

    def _last_lines(self) -> str:
        # tmux scrolls the screen by a line to say that the pane is dead
        shown = self._tmux("capture-pane", "-p", "-S", "-10", "-t", _SESSION)
        lines = [line.strip() for line in shown.splitlines() if line.strip()]
        said = [line for line in lines if not line.startswith("Pane is dead")]
        return "the screen ends with: " + " / ".join(said[-4:])

    def _value(self, name: str) -> str:
        return self._tmux("display-message", "-p", "-t", _SESSION, name).strip()

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", str(self.socket), "-f", "/dev/null", *arguments]
        done = subprocess.run(command, env=dict(self.environment), capture_output=True, text=True)
        if done.returncode != 0:
            raise ResourceError(f"tmux cannot {arguments[0]}", done.stderr.strip())
        return done.stdout
