"""Keeping what libraries print, log and warn off the screen: it goes to a log file instead."""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path

from workbench.locations import private_folder

LOG_NAME = "chat.log"
KEEP_BYTES = 1_000_000
"""A log that has grown larger is put aside when the client starts; one older log is kept."""
TAIL_BYTES = 64_000
"""How much of the end of the log the log screen shows."""

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class OutputLog:
    """The log of one client.

    Args:
        folder: Where the log file lies; a temporary file is used where it cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = _usable_log(folder)

    def write(self, text: str) -> None:
        """Add text as it is."""
        with suppress(OSError), self.path.open("a", encoding="utf-8", errors="replace") as log:
            log.write(text)

    def tail(self) -> str:
        """Return the end of the log, from the start of a line."""
        try:
            with self.path.open("rb") as log:
                size = log.seek(0, os.SEEK_END)
                log.seek(max(0, size - TAIL_BYTES))
                text = log.read().decode("utf-8", errors="replace")
        except OSError as error:
            return f"{self.path} cannot be read: {error.strerror}"
        return text if size <= TAIL_BYTES else text.partition("\n")[2]

    @contextmanager
    def logging(self) -> Iterator[None]:
        """Send log records and warnings to the log, and to nowhere else."""
        root, ours = logging.getLogger(), logging.getLogger("workbench")
        handler = logging.FileHandler(self.path, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter(_FORMAT))
        before = root.handlers[:], ours.level
        root.handlers[:] = [handler]
        ours.setLevel(logging.INFO)
        logging.captureWarnings(True)
        try:
            yield
        finally:
            logging.captureWarnings(False)
            root.handlers[:], ours.level = before
            handler.close()

    @contextmanager
    def descriptors(self) -> Iterator[None]:
        """Send what C libraries and child processes write to the log.

        Textual draws through `sys.__stdout__` and `sys.__stderr__`, so these are bound to copies
        of the terminal's descriptors before 1 and 2 are pointed at the log.
        """
        streams = sys.__stdout__, sys.__stderr__
        for stream in streams:
            if stream is not None:
                stream.flush()
        copies = os.dup(1), os.dup(2)
        log = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        sys.__stdout__, sys.__stderr__ = (_text_stream(copy) for copy in copies)  # type: ignore[misc]
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)
        try:
            yield
        finally:
            for copy, descriptor in zip(copies, (1, 2), strict=True):
                os.dup2(copy, descriptor)
            sys.__stdout__.close()
            sys.__stderr__.close()
            sys.__stdout__, sys.__stderr__ = streams  # type: ignore[misc]


def _text_stream(descriptor: int) -> TextIOWrapper:
    return open(descriptor, "w", encoding="utf-8", errors="replace", newline="")


def _usable_log(folder: Path) -> Path:
    path = folder / LOG_NAME
    try:
        private_folder(folder)
        if path.exists() and path.stat().st_size > KEEP_BYTES:
            path.replace(path.with_suffix(".log.1"))
        os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))
    except OSError:
        descriptor, name = tempfile.mkstemp(prefix="workbench-chat-", suffix=".log")
        os.close(descriptor)
        return Path(name)
    return path
