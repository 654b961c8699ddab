"""Installing the locked packages, and the project itself, into the environment."""

import functools
import importlib.metadata
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import ResourceError
from workbench.setup.pip_output import Collected, explain, is_not_found, is_not_offered
from workbench.setup.process import Runner

TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
BATCH = 24
"""Packages that one pip installs. What a batch installed stays when set-up is interrupted, and the
disk holds the archives of one batch only."""

OnCount = Callable[[int, int], None]


@dataclass(frozen=True)
class Pin:
    """One line of a lock file."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


def read_lock(path: Path) -> list[Pin]:
    """Return the packages of a lock file."""
    lines = (line.strip() for line in path.read_text().splitlines())
    return [Pin(*line.split("==", 1)) for line in lines if line and not line.startswith("#")]


def drop_half_installed(site_packages: Path) -> list[str]:
    """Make pip see packages whose installation was cut off as absent; return their names.

    pip writes INSTALLER after all of a package's files, so a description without it stands for a
    package that may lack some.
    """
    halves = [
        folder
        for folder in site_packages.glob("*.dist-info")
        if not (folder / "INSTALLER").is_file()
    ]
    for folder in halves:
        shutil.rmtree(folder)
    return sorted(folder.name.split("-")[0] for folder in halves)


def missing_pins(pins: Iterable[Pin], site_packages: Path) -> list[Pin]:
    """Return the packages that are not installed in exactly the locked version."""
    found = importlib.metadata.distributions(path=[str(site_packages)])
    present = {(_canonical(str(each.metadata["Name"])), each.version) for each in found}
    return [pin for pin in pins if (_canonical(pin.name), pin.version) not in present]


@dataclass(frozen=True)
class Installer:
    """Runs pip in the environment.

    Attributes:
        python: The environment's interpreter.
        run: How commands are run.
        log: Where the output goes, as errors name it.
    """

    python: Path
    run: Runner
    log: str

    def torch(self, pin: Pin, accelerator: str) -> None:
        """Install torch: never a CUDA build on a CPU machine, nor the other way round.

        A CPU build is first looked for where pip is configured to look, then also at PyTorch's own
        index. Its version carries `+cpu`, so no other build can be taken for it; the version of a
        CUDA build is compared letter by letter (`===`), since `==` would accept `+cpu` too.

        Raises:
            ResourceError: It is not offered, or the installation failed.
        """
        wanted = str(pin) if accelerator == "cpu" else f"{pin.name}==={pin.version}"
        status, lines = self._pip([wanted])
        if status != 0 and accelerator == "cpu" and is_not_offered(lines):
            status, lines = self._pip(["--extra-index-url", TORCH_CPU_INDEX, wanted])
            if status != 0 and is_not_found(lines):
                raise ResourceError(
                    f"no index that pip reaches has {pin}, the build for a CPU (log: {self.log})",
                    f"let this machine reach {TORCH_CPU_INDEX}, or name a folder with the wheel: "
                    "pip config set global.find-links FOLDER",
                )
        self._require(status, lines, "installing torch")

    def packages(self, pins: Sequence[Pin], on_count: OnCount) -> None:
        """Install packages of the lock, a batch at a time.

        Args:
            pins: What to install.
            on_count: Called with how many packages are done and how many there are.

        Raises:
            ResourceError: A batch failed; earlier ones stay installed.
        """
        for start in range(0, len(pins), BATCH):
            batch = [str(pin) for pin in pins[start : start + BATCH]]
            on_begun = functools.partial(_shift, on_count, start, len(pins))
            status, lines = self._pip(batch, on_begun)
            self._require(status, lines, "installing packages")

    def project(self, root: Path) -> None:
        """Install the checkout itself, so that its files are the ones that run."""
        status, lines = self._pip(["--no-build-isolation", "--editable", str(root)])
        self._require(status, lines, "installing the workbench")

    def kernel(self) -> None:
        """Install the Jupyter kernel that runs notebooks in the environment."""
        command = [str(self.python), "-m", "ipykernel", "install", "--sys-prefix"]
        command += ["--name", "workbench", "--display-name", "Workbench"]
        lines: list[str] = []
        self._require(self.run(command, lines.append), lines, "installing the notebook kernel")

    def _pip(
        self, arguments: Sequence[str], on_count: Callable[[int], None] = lambda count: None
    ) -> tuple[int, list[str]]:
        collected = Collected(on_count)
        command = [str(self.python), "-m", "pip", "install", "--no-deps", *arguments]
        return self.run(command, collected), collected.lines

    def _require(self, status: int, lines: Sequence[str], what: str) -> None:
        if status != 0:
            raise explain(what, status, lines, self.log)


def _shift(on_count: OnCount, before: int, total: int, count: int) -> None:
    on_count(before + count, total)


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def site_packages(environment: Path) -> Path:
    """Return where an environment keeps its packages."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return environment / "lib" / version / "site-packages"
