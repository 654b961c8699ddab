"""The only place that writes to the terminal: data on stdout, everything else on stderr."""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import typer

from workbench import interrupts
from workbench.errors import WorkbenchError

READER_GONE = 141
"""The exit code of a command whose reader, such as `head`, had enough: 128 and SIGPIPE."""

P = ParamSpec("P")
R = TypeVar("R")


def print_json(document: Any) -> None:
    """Print one JSON document on stdout."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def print_line(text: str = "") -> None:
    """Print one line of data on stdout."""
    typer.echo(text)


def note(text: str) -> None:
    """Print one line of narration on stderr."""
    typer.echo(text, err=True)


class Progress:
    """Shows progress messages on stderr, on one line where stderr is a terminal."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._last = ""

    def __call__(self, message: str) -> None:
        """Show a message, unless it is the one already shown."""
        if message == self._last:
            return
        self._last = message
        if self._live:
            typer.echo(f"\r\x1b[2K{message[:110]}", err=True, nl=False)
        else:
            typer.echo(message, err=True)

    def done(self) -> None:
        """Clear the line."""
        if self._live and self._last:
            typer.echo("\r\x1b[2K", err=True, nl=False)
        self._last = ""


def fail(error: WorkbenchError) -> typer.Exit:
    """Show an error as one line and return the exit to raise."""
    note(f"workbench: {error.one_line()}")
    return typer.Exit(error.exit_code)


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Turn an expected error of a command into one line and its exit code; ctrl-c into 130."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with interrupts.raised():
                return command(*args, **kwargs)
        except WorkbenchError as error:
            raise fail(error) from None
        except KeyboardInterrupt as pressed:
            raise _interrupted(str(pressed) or "interrupted") from None
        except BrokenPipeError:
            _drop_output()
            raise typer.Exit(READER_GONE) from None
        except OSError as error:
            raise fail(_system_error(error)) from None

    return run


def _interrupted(text: str) -> typer.Exit:
    """Say it in one line, if anybody still reads, and return the exit to raise."""
    interrupts.ignore_further()
    end_of_line = "\n" if sys.stderr.isatty() else ""  # a terminal shows ^C there
    with suppress(BrokenPipeError):
        note(f"{end_of_line}workbench: {text}")
    return typer.Exit(interrupts.INTERRUPTED)


def _drop_output() -> None:
    """Send what is still to be written nowhere, or Python would complain of it at its end."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _system_error(error: OSError) -> WorkbenchError:
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return WorkbenchError(f"the disk is full ({error.filename or error})", "free some space")
    return WorkbenchError(f"the system refused: {error}", "")
