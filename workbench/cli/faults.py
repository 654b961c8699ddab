"""Faults that nobody expected: one line, exit code 2, and the traceback in a log."""

import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import typer

from workbench.errors import WorkbenchError
from workbench.locations import private_folder, user_state

LOG_NAME = "faults.log"
_EXPECTED = (WorkbenchError, OSError, typer.Exit, typer.Abort)
"""What `output.guarded` and typer turn into an exit code."""

P = ParamSpec("P")
R = TypeVar("R")


def never_a_verdict(command: Callable[P, R]) -> Callable[P, R]:
    """Turn an unexpected exception of a command into an error: code 1 would be a verdict."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except _EXPECTED:
            raise
        except Exception as error:
            kept = _keep(error)
            hint = f"please report it with the traceback in {kept}" if kept else ""
            said = f"unexpected error ({type(error).__name__}: {error})"
            raise WorkbenchError(said, hint) from error

    return run


def _keep(error: Exception) -> Path | None:
    """Write the traceback to the user's log; `None` where that cannot be written."""
    with suppress(OSError):
        log = private_folder(user_state()) / LOG_NAME
        with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n")
            file.writelines(traceback.format_exception(error))
        return log
    return None
