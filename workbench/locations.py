"""Where things lie on disk: the workspace, its state, the user's state and the model cache."""

import hashlib
import os
from pathlib import Path

from workbench.errors import ConfigError

WORKSPACE_FILE = "workbench.toml"


def find_workspace(start: Path | None = None) -> Path:
    """Return the workspace folder: `WORKBENCH_WORKSPACE`, or the nearest folder with its file.

    Args:
        start: The folder from which to look upwards; the current one by default.

    Raises:
        ConfigError: No folder from `start` upwards holds a `workbench.toml`.
    """
    named = os.environ.get("WORKBENCH_WORKSPACE")
    if named:
        if (Path(named) / WORKSPACE_FILE).is_file():
            return Path(named).resolve()
        raise ConfigError(
            f"WORKBENCH_WORKSPACE names {named}, which holds no {WORKSPACE_FILE}",
            "name a workspace folder, or make one with: workbench init DIR",
        )
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / WORKSPACE_FILE).is_file():
            return folder
    raise ConfigError(
        f"{here} is not inside a workspace (no {WORKSPACE_FILE} here or above)",
        "change to one, or make one with: workbench init DIR",
    )


def _xdg(variable: str, default: str) -> Path:
    value = os.environ.get(variable, "")
    base = Path(value) if value.startswith("/") else Path.home() / default
    return base / "workbench"


def user_state() -> Path:
    """Return the user's state folder, where the model servers are registered."""
    named = os.environ.get("WORKBENCH_STATE_DIR")
    return Path(named) if named else _xdg("XDG_STATE_HOME", ".local/state")


def user_cache() -> Path:
    """Return the user's cache folder, where converted model weights lie."""
    named = os.environ.get("WORKBENCH_CACHE_DIR")
    return Path(named) if named else _xdg("XDG_CACHE_HOME", ".cache")


def workspace_state(workspace: Path) -> Path:
    """Return the folder for what belongs to one workspace: its database files and logs."""
    return workspace / ".workbench"


def path_key(path: Path) -> str:
    """Return a short stable name for a path, for files that stand for it elsewhere."""
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


def private_folder(path: Path) -> Path:
    """Create `path` readable by its owner alone, and return it."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path
