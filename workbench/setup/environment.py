"""The virtual environment: whether it is complete, and making or remaking it."""

import hashlib
import json
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from workbench.setup.pip_output import explain
from workbench.setup.process import Runner

STAMP = "setup.json"


@dataclass(frozen=True)
class Stamp:
    """What an environment was made for, kept in it.

    Attributes:
        path: Where it was made: its scripts hold that path and break when it is moved.
        accelerator: "cpu" or "cuda": the two have different packages with the same files.
        key: The fingerprint of lock and project once everything is installed; empty before.
    """

    path: str
    accelerator: str
    key: str


@dataclass(frozen=True)
class Environment:
    """The virtual environment of a checkout.

    Attributes:
        root: The checkout.
        accelerator: Which packages it has or shall have.
    """

    root: Path
    accelerator: str

    @property
    def path(self) -> Path:
        """The environment's folder."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.path / "bin" / "python"

    @property
    def log(self) -> Path:
        """The whole output of every command of the set-up."""
        return self.path / "setup.log"

    @property
    def lock(self) -> Path:
        """The lock file of this kind of machine."""
        return Path(__file__).parent / "locks" / f"{self.accelerator}.lock"

    def stamp(self) -> Stamp | None:
        """Return what is kept in the environment; `None` without one or with an unreadable one."""
        try:
            return Stamp(**json.loads((self.path / STAMP).read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def is_current(self) -> bool:
        """Tell whether everything is installed as lock and project ask for it now."""
        scripts = (self.python, self.path / "bin" / "workbench")
        return self.stamp() == self._stamp(self._key()) and all(each.exists() for each in scripts)

    def must_be_remade(self, run: Runner) -> bool:
        """Tell whether what is there is absent, broken, moved or for the other accelerator."""
        stamp = self.stamp()
        if stamp is not None and (stamp.path, stamp.accelerator) != (
            str(self.path),
            self.accelerator,
        ):
            return True
        if not self.python.exists():
            return True
        version = f"({sys.version_info.major}, {sys.version_info.minor})"
        probe = f"import sys, pip; sys.exit(sys.version_info[:2] != {version})"
        return run([str(self.python), "-c", probe], lambda line: None) != 0

    def clear(self) -> None:
        """Remove what is there and leave an empty folder."""
        if self.path.is_symlink():
            self.path.unlink()
        elif self.path.exists():
            shutil.rmtree(self.path)
        self.path.mkdir()

    def make(self, run: Runner) -> None:
        """Make the environment in its empty folder.

        Raises:
            ResourceError: Python could not make it.
        """
        lines: list[str] = []
        status = run([sys.executable, "-m", "venv", str(self.path)], lines.append)
        if status != 0:
            raise explain("making .venv", status, lines, str(self.log))

    def mark(self, *, complete: bool) -> None:
        """Write the stamp."""
        stamp = self._stamp(self._key() if complete else "")
        draft = self.path / f"{STAMP}.new"
        draft.write_text(json.dumps(asdict(stamp)))
        draft.replace(self.path / STAMP)

    def _stamp(self, key: str) -> Stamp:
        return Stamp(str(self.path), self.accelerator, key)

    def _key(self) -> str:
        digest = hashlib.sha256()
        for path in (self.lock, self.root / "pyproject.toml"):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()
