"""The lines that set-up prints: rewritten in place on a terminal, few and whole in a log."""

import shutil
import sys
from typing import TextIO


class Progress:
    """Numbered steps, some with a count.

    Args:
        steps: How many steps there are.
        stream: Where to print; standard output by default.
    """

    def __init__(self, steps: int, stream: TextIO | None = None) -> None:
        self._steps = steps
        self._stream = stream or sys.stdout
        self._rewrites = self._stream.isatty()
        self._step = 0
        self._text = ""
        self._tenth = -1
        self._open_line = False

    def step(self, text: str) -> None:
        """Begin the next step."""
        self.close()
        self._step += 1
        self._text = f"[{self._step}/{self._steps}] {text}"
        self._tenth = -1
        self._show(self._text)

    def count(self, done: int, total: int) -> None:
        """Show how far the step is; a log gets a line for every tenth."""
        tenth = 10 * done // total if total else 10
        if self._rewrites or tenth > self._tenth:
            self._tenth = tenth
            self._show(f"{self._text} {done}/{total}")

    def note(self, text: str) -> None:
        """Print a line of its own."""
        self.close()
        self._stream.write(text + "\n")
        self._stream.flush()

    def close(self) -> None:
        """End the line that is being rewritten."""
        if self._open_line:
            self._stream.write("\n")
            self._open_line = False

    def _show(self, text: str) -> None:
        if self._rewrites:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(f"\r\x1b[K{text[:width]}")
            self._open_line = True
        else:
            self._stream.write(text + "\n")
        self._stream.flush()
