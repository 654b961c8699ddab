"""Room on the disk: asked for before a fetch, and said clearly when it runs out during one."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.errors import ResourceError

FULL = (errno.ENOSPC, errno.EDQUOT)
FULL_TEXTS = ("No space left on device", "Disk quota exceeded", "os error 28", "os error 122")


def require_space(folder: Path, needed: int, what: str) -> None:
    """Check that `folder` has room for `needed` bytes.

    Raises:
        ResourceError: It has less.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise disk_full(folder, needed, what, free)


def disk_full(folder: Path, needed: int, what: str, free: int | None = None) -> ResourceError:
    """Return the error that says how many bytes are needed and where."""
    left = shutil.disk_usage(folder).free if free is None else free
    return ResourceError(
        f"disk full: {what} needs {needed:,} bytes in {folder}, {left:,} are free",
        "free some space, or set WORKBENCH_CACHE_DIR to a folder on a larger disk",
    )


def says_full(text: str) -> bool:
    """Tell whether another program's output says that the disk is full."""
    return any(mark in text for mark in FULL_TEXTS)


@contextmanager
def full_disk_named(folder: Path, needed: int, what: str) -> Iterator[None]:
    """Turn a write that found the disk full into the error that says so.

    Raises:
        ResourceError: The block met a full disk.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise disk_full(folder, needed, what) from error
