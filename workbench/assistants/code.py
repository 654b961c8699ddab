"""Loading the Python code that an assistant's folder holds."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from workbench.errors import ConfigError

_SHIPPED = Path(__file__).parent


def load_code(folder: Path, assistant: str, part: str) -> ModuleType | None:
    """Return a module of an assistant's folder: `PART.py`, or the package `PART`.

    A workspace's folder is its owner's own, like any script there: its code runs.

    Args:
        folder: The assistant's folder.
        assistant: The assistant's name.
        part: The name of the module.

    Returns:
        The module; `None` where there is none.

    Raises:
        ConfigError: Its code cannot be loaded; the message says why.
    """
    path = next((each for each in _places(folder, part) if each.is_file()), None)
    if path is None:
        return None
    inside = folder.parent == _SHIPPED
    package = f"workbench.assistants.{assistant}" if inside else f"_assistant_{assistant}"
    try:
        if not inside:
            _load_package(package, folder)
        return importlib.import_module(f"{package}.{part}")
    except (Exception, SystemExit) as error:  # a script's exit() must not end the program
        raise ConfigError(
            f"{path} cannot be loaded ({type(error).__name__}: {error})", "correct it"
        ) from error


def _places(folder: Path, part: str) -> tuple[Path, Path]:
    return folder / f"{part}.py", folder / part / "__init__.py"


def _load_package(name: str, folder: Path) -> None:
    """Make a folder a package, so that its modules can import each other."""
    known = sys.modules.get(name)
    if known is not None and list(known.__path__) == [str(folder)]:
        return
    for stale in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
        del sys.modules[stale]
    spec = importlib.util.spec_from_loader(name, loader=None, is_package=True)
    assert spec is not None
    package = importlib.util.module_from_spec(spec)
    package.__path__ = [str(folder)]
    sys.modules[name] = package
