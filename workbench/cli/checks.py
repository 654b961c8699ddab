"""The checks of `workbench doctor`; each gives one line: ok, or what to do."""

import ctypes.util
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.config import Settings
from workbench.errors import ResourceError, WorkbenchError

if TYPE_CHECKING:
    from workbench.services.catalogue import Model

MINIMUM_FREE_BYTES = 2 * 2**30
"""Less free disk than this leaves no room for logs, the database and a model's conversion."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, whether it is as it should be, and a line about it."""

    name: str
    ok: bool
    detail: str


def run_checks(settings: Settings, thorough: bool = False) -> list[Check]:
    """Look at everything, one thing after the other; a fault in one does not stop the next.

    Args:
        settings: The workspace's settings.
        thorough: Whether weights are read and their hashes compared, which takes minutes.
    """
    looks: dict[str, Callable[[], str]] = {
        "python": _python,
        "libraries": _libraries,
        "disk": lambda: _disk(settings),
        "workspace": lambda: f"{settings.workspace}",
        "database": lambda: _database(settings),
        "embedder": lambda: _embedder(settings),
        "model": lambda: _model(settings, thorough),
        "kernel": _kernel,
    }
    checks = [_look(name, look) for name, look in looks.items()]
    checks += [
        _look(f"endpoint {name}", lambda name=name: _endpoint(settings, name))  # type: ignore[misc]
        for name in settings.endpoints
    ]
    return [*checks, *_assistants(settings)]


def _look(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except WorkbenchError as error:
        return Check(name, False, error.one_line())


def _python() -> str:
    version = platform.python_version()
    if sys.version_info[:2] != (3, 11):
        raise ResourceError(f"Python {version} is untested here", "use Python 3.11")
    return f"{version} at {sys.prefix}"


def _libraries() -> str:
    if ctypes.util.find_library("numa") is None:
        raise ResourceError("libnuma is missing", "install it: apt-get install libnuma1")
    return "libnuma is here"


def _disk(settings: Settings) -> str:
    free = shutil.disk_usage(settings.workspace).free
    text = f"{free / 2**30:.0f} GiB free"
    if free < MINIMUM_FREE_BYTES:
        raise ResourceError(text, "free at least 2 GiB")
    return text


def _database(settings: Settings) -> str:
    from workbench.services.postgres.status import database_status

    status = database_status(settings)
    if status.problem:
        raise ResourceError(status.problem)
    state = "running" if status.running else "stopped; starts when needed"
    return f"{status.kind} PostgreSQL {status.version or '18'}, {state}"


def _embedder(settings: Settings) -> str:
    from workbench.engine.embeddings import load_embedder

    embedder = load_embedder(settings)
    length = len(embedder.embed_query("ok"))
    return f"{embedder.name}, {length} dimensions"


def _model(settings: Settings, thorough: bool) -> str:
    from workbench.services.catalogue import load_catalogue
    from workbench.services.endpoints import resolve_model

    name = resolve_model(settings, None)
    if name in settings.endpoints:
        return f"{name} (endpoint)"
    return _weights(settings, load_catalogue(settings.workspace).get(name), thorough)


def _weights(settings: Settings, model: "Model", thorough: bool) -> str:
    from workbench.services.weights import local_path, verify

    folder = local_path(model, settings)
    if folder is None:
        raise ResourceError(
            f"the weights of {model.name} are not here",
            f"fetch them: workbench models fetch {model.name}",
        )
    if thorough:
        verify(model, settings)
    return f"{model.name} at {folder}"


def _kernel() -> str:
    from jupyter_client.kernelspec import KernelSpecManager

    if "workbench" not in KernelSpecManager().find_kernel_specs():
        raise ResourceError("the notebook kernel is not installed", "run: make setup")
    return "notebook kernel 'workbench' is installed"


def _endpoint(settings: Settings, name: str) -> str:
    from workbench.services.endpoints import check_endpoint

    return check_endpoint(settings, name)


def _assistants(settings: Settings) -> Iterator[Check]:
    from workbench.assistants import assistant_folders, get_assistant

    for name in sorted(assistant_folders(settings.workspace)):

        def look(name: str = name) -> str:
            one = get_assistant(name, settings.workspace)
            if not one.corpus.exists():
                raise ResourceError(
                    f"its documents are not at {one.corpus}", "correct `corpus` in its definition"
                )
            return f"{one.title}, documents at {one.corpus}"

        yield _look(f"assistant {name}", look)
