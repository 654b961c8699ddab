"""Finding assistants: shipped ones, those of installed packages, and those of the workspace.

An assistant is a folder with an `assistant.yaml` and a `prompts` folder. A workspace's own lie in
its `assistants/` folder. A package brings one by an entry point of the group
`workbench.assistants`, which names the package whose folder it is. Of the same name, a workspace's
wins over a package's, and that over a shipped one.
"""

import difflib
import importlib.util
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from workbench.assistants.definition import DEFINITION, load_definition
from workbench.engine.assistant import Assistant
from workbench.errors import UnknownNameError, WorkbenchError

SHIPPED = Path(__file__).parent
GROUP = "workbench.assistants"


def assistant_folders(workspace: Path) -> dict[str, Path]:
    """Return the folder of every assistant, by name."""
    folders = _inside(SHIPPED)
    for point in entry_points(group=GROUP):
        folder = _package_folder(point)
        if folder is not None and (folder / DEFINITION).is_file():
            folders[point.name] = folder
    return folders | _inside(workspace / "assistants")


def get_assistant(name: str, workspace: Path) -> Assistant:
    """Return an assistant by name.

    Raises:
        UnknownNameError: There is none of that name.
        ConfigError: Its folder is not as it should be.
    """
    folders = assistant_folders(workspace)
    if name not in folders:
        near = difflib.get_close_matches(name, folders, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise UnknownNameError(
            f"there is no assistant {name!r}", f"{hint}there are: {', '.join(sorted(folders))}"
        )
    return load_assistant(folders[name], workspace, name)


def read_assistants(workspace: Path) -> tuple[list[Assistant], dict[str, WorkbenchError]]:
    """Return the assistants that can be used, by name, and why the others cannot, by theirs."""
    found, faults = [], {}
    for name, folder in sorted(assistant_folders(workspace).items()):
        try:
            found.append(load_assistant(folder, workspace, name))
        except WorkbenchError as error:
            faults[name] = error
    return found, faults


def load_assistant(folder: Path, workspace: Path, name: str | None = None) -> Assistant:
    """Read an assistant's folder; its corpus path is relative to the workspace.

    Args:
        folder: The folder.
        workspace: The workspace.
        name: The name by which it is chosen; the folder's when `None`.

    Raises:
        ConfigError: A key is missing, unknown or of the wrong kind, or its code cannot be loaded.
    """
    return load_definition(folder, workspace, name or folder.name)


def _inside(root: Path) -> dict[str, Path]:
    return {path.parent.name: path.parent for path in sorted(root.glob(f"*/{DEFINITION}"))}


def _package_folder(point: EntryPoint) -> Path | None:
    """Return the folder of the package that an entry point names, without running its code."""
    try:
        spec = importlib.util.find_spec(point.module)
    except (ImportError, ValueError):
        return None
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0]) if places else None
