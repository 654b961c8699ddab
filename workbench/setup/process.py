"""Running a command with its whole output in a log file and each line shown to the caller."""

import os
import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.interrupts import descendants, end_processes

OnLine = Callable[[str], None]
Runner = Callable[[Sequence[str], OnLine], int]
"""Runs a command, hands over each line of its output, and returns its exit status."""

_MISLEADING = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONPATH", "PYTHONHOME")
"""Variables that make pip or Python look or install outside the environment."""
_PATIENCE_S = 10.0
"""How long an interrupted command may take to end, in seconds."""


@dataclass(frozen=True)
class LoggedRunner:
    """A `Runner` that appends to a log file.

    Attributes:
        log: The file that gets the commands and their whole output.
        folder: The working folder of the commands.
        inherited: File descriptors that the commands keep open: the lock of a set-up that was
            killed is held until the pip that it left behind has ended too.
    """

    log: Path
    folder: Path
    inherited: tuple[int, ...] = ()

    def __call__(self, command: Sequence[str], on_line: OnLine) -> int:
        """Run `command` to its end."""
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ {shlex.join(command)}\n")
            log.flush()
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=clean_environment(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                pass_fds=self.inherited,
            )
            with process:
                try:
                    return _follow(process, log.write, on_line)
                except BaseException:
                    end_processes([process.pid, *descendants(process.pid)], _PATIENCE_S)
                    raise


def _follow(process: subprocess.Popen[str], write: Callable[[str], object], on_line: OnLine) -> int:
    assert process.stdout is not None
    for line in process.stdout:
        write(line)
        on_line(line.rstrip())
    return process.wait()


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for pip: as the user has it, less what leads it astray."""
    kept = {name: value for name, value in environment.items() if name not in _MISLEADING}
    return kept | {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_PROGRESS_BAR": "off",
        "PYTHONUNBUFFERED": "1",
    }
