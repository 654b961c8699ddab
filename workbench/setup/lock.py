"""`make lock`: resolve the packages of both kinds of machine anew and write the lock files.

The model server and the rest of the environment disagree about a few packages (`YIELDING` and
`PREVAILING`), so one resolution of everything fails. They are resolved one after the other and
united: first vLLM alone, then everything that `pyproject.toml` names, held to vLLM's versions
except for those packages. `pip check` afterwards names exactly those disagreements. Only package
metadata is downloaded.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workbench.errors import ResourceError, WorkbenchError

LOCKS = Path(__file__).parent / "locks"
YIELDING = frozenset({"jiter", "openai", "rich", "setuptools"})
"""Packages in which vLLM's own version gives way; it works with the other one."""
PREVAILING = frozenset({"cachetools"})
"""Packages in which another package pins an old version (drain3 does) and works with vLLM's."""
LEFT_OUT = {
    # CUDA builds, which break `import transformers` beside the CPU build of torch
    "cpu": frozenset({"torchaudio", "torchcodec", "torchvision"}),
    "cuda": frozenset[str](),
}
HEADER = "# Written by `make lock`; install with: pip install --no-deps -r\n"


def canonical(name: str) -> str:
    """Return a package's name in the one form in which names are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def server_requirements(project: Path, accelerator: str) -> list[str]:
    """Return what the model server of this kind of machine asks for."""
    extras = _read(project)["project"]["optional-dependencies"]
    return list(extras[accelerator])


def other_requirements(project: Path) -> list[str]:
    """Return what the package itself, its tests and its build ask for."""
    document = _read(project)
    table = document["project"]
    return [
        *table["dependencies"],
        *table["optional-dependencies"]["dev"],
        *document["build-system"]["requires"],
    ]


def unite(server: Mapping[str, str], rest: Mapping[str, str], accelerator: str) -> dict[str, str]:
    """Return one version a package, by canonical name.

    Where both have one `rest` decides, but for the packages in which the server prevails.
    """
    left_out = LEFT_OUT[accelerator]
    prevailing = {name: pin for name, pin in server.items() if name in PREVAILING}
    united = {**server, **rest, **prevailing}
    return {name: pin for name, pin in united.items() if name not in left_out}


def constraints(server: Mapping[str, str]) -> list[str]:
    """Return the server's pins that the rest of the environment has to keep to."""
    free = YIELDING | PREVAILING
    return [f"{name}=={version}" for name, version in server.items() if name not in free]


def resolve(
    python: Path, accelerator: str, wanted: Iterable[str], kept: Iterable[str]
) -> dict[str, str]:
    """Ask pip which versions it would install, without installing them.

    Args:
        python: The interpreter of an environment with a recent pip.
        accelerator: "cpu" or "cuda".
        wanted: Requirements to resolve.
        kept: Constraints to keep to.

    Returns:
        Versions by canonical package name.

    Raises:
        ResourceError: pip found no answer.
    """
    with tempfile.TemporaryDirectory() as folder:
        asked, held, report = (Path(folder) / name for name in ("asked", "held", "report"))
        asked.write_text("\n".join(wanted))
        held.write_text("\n".join(kept))
        command = [str(python), "-m", "pip", "install", "--dry-run", "--ignore-installed"]
        command += ["--quiet", "--no-cache-dir", "--use-feature=fast-deps"]
        command += ["--report", str(report), "-r", str(asked), "-c", str(held)]
        environment = pip_environment(os.environ, accelerator)
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            said = done.stderr.strip().splitlines() or ["pip said nothing"]
            raise ResourceError(f"the {accelerator} packages cannot be resolved", said[-1])
        return pins_of(json.loads(report.read_text()))


def pins_of(report: dict[str, list[dict[str, dict[str, str]]]]) -> dict[str, str]:
    """Return the versions in a pip installation report, by canonical package name."""
    packages = (item["metadata"] for item in report["install"])
    return {canonical(package["name"]): package["version"] for package in packages}


def write(accelerator: str, pins: Mapping[str, str], folder: Path) -> Path:
    """Write a lock file and return its path."""
    path = folder / f"{accelerator}.lock"
    lines = (f"{name}=={pins[name]}\n" for name in sorted(pins))
    path.write_text(HEADER + "".join(lines))
    return path


def _read(project: Path) -> dict[str, Any]:
    return tomllib.loads(project.read_text())


def pip_environment(environment: Mapping[str, str], accelerator: str) -> dict[str, str]:
    """Return the environment for pip; for CUDA without local wheels, which may be CPU builds."""
    kept = dict(environment)
    if accelerator == "cuda":
        kept["PIP_CONFIG_FILE"] = os.devnull
        kept.pop("PIP_FIND_LINKS", None)
    return kept


def relock(python: Path, project: Path, accelerator: str, folder: Path = LOCKS) -> Path:
    """Resolve the packages of one kind of machine and write its lock file.

    Args:
        python: The interpreter of an environment with a recent pip.
        project: The project's `pyproject.toml`.
        accelerator: "cpu" or "cuda".
        folder: Where the lock file goes.

    Raises:
        ResourceError: pip found no answer.
    """
    server = resolve(python, accelerator, server_requirements(project, accelerator), [])
    rest = resolve(python, accelerator, other_requirements(project), constraints(server))
    return write(accelerator, unite(server, rest, accelerator), folder)


def recent_pip(folder: Path) -> Path:
    """Make an environment with the newest pip and return its interpreter.

    Raises:
        ResourceError: pip could not be brought up to date.
    """
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    command = [str(python), "-m", "pip", "install", "--quiet", "--upgrade", "pip"]
    if subprocess.run(command, stderr=subprocess.DEVNULL).returncode != 0:
        raise ResourceError("pip cannot be upgraded", "check the network, then run it again")
    return python


def main() -> int:
    """Make both lock files."""
    project = Path(__file__).parents[2] / "pyproject.toml"
    try:
        with tempfile.TemporaryDirectory() as folder:
            python = recent_pip(Path(folder))
            for accelerator in LEFT_OUT:
                print(f"lock: resolving the packages for {accelerator}", flush=True)
                print(f"lock: wrote {relock(python, project, accelerator)}", flush=True)
    except WorkbenchError as error:
        print(f"lock: {error.one_line()}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("lock: interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
