"""Hashing and replacing files."""

import hashlib
import os
import tempfile
from pathlib import Path

from workbench.errors import UsageError


def sha256_of_file(path: Path) -> str:
    """Return the hash of a file's bytes, as the fingerprint of a run holds it.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UsageError(f"cannot read {path} ({error.strerror})", "make it readable") from error


def replace_file(path: Path, text: str) -> None:
    """Write a text file; whoever reads it sees the old content or the new, never a part."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    scratch = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        scratch.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
