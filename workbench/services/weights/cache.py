"""Where models lie in the user's cache, and the lock under which they change."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workbench.config import Settings
from workbench.services.catalogue import Model
from workbench.services.weights.progress import Progress


@dataclass(frozen=True)
class Places:
    """The paths of one model.

    Attributes:
        final: The finished folder.
        work: What is kept of an unfinished fetch, so that it can go on.
        lock: The lock file.
    """

    final: Path
    work: Path
    lock: Path

    @property
    def gguf(self) -> Path:
        """The joined and verified GGUF file."""
        return self.work / "model.gguf"

    @property
    def wheels(self) -> Path:
        """The downloaded wheels."""
        return self.work / "wheels"

    @property
    def folder(self) -> Path:
        """The folder being converted."""
        return self.work / "folder"


def places(model: Model, settings: Settings) -> Places:
    """Return the paths of a model."""
    root = settings.cache_dir / "models"
    return Places(root / model.name, root / ".work" / model.name, root / f".{model.name}.lock")


@contextmanager
def locked(where: Places, progress: Progress) -> Iterator[None]:
    """Hold a model's lock; wait while another process fetches it."""
    where.lock.parent.mkdir(parents=True, exist_ok=True)
    with where.lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("waiting for another fetch", 0, 0)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
