"""The record of a fetched model: which files its folder holds, their sizes and SHA-256.

It is written last, so a folder without one is unfinished.
"""

import hashlib
import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from workbench.services.weights.progress import Progress, silent

MANIFEST = "manifest.json"
FORMAT = 1
"""Raised when a conversion changes, so that folders of an older one are made again."""

BLOCK = 4 << 20


class FileRecord(BaseModel):
    """One file of the folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int
    sha256: str


class Manifest(BaseModel):
    """What a model's folder held when it was finished."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    name: str
    source: str
    """From where the weights came, in words."""
    identity: str
    """What the folder was made from: the source's hash or revision, or the base's identity."""
    files: dict[str, FileRecord]

    def weights_sha256(self) -> str:
        """Return one hash that stands for all weight files, for fingerprints of runs."""
        rows = [f"{n} {r.sha256}" for n, r in sorted(self.files.items()) if n.endswith("tensors")]
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def file_sha256(path: Path, seen: int = 0, total: int = 0, progress: Progress = silent) -> str:
    """Return a file's SHA-256, saying how far it is.

    Args:
        path: The file.
        seen: Bytes that were done before this file.
        total: Bytes in all.
        progress: Called with the phase `verify`.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            seen += len(block)
            progress("verify", seen, total)
    return digest.hexdigest()


def write_manifest(folder: Path, name: str, source: str, identity: str, progress: Progress) -> None:
    """Record the files of a finished folder."""
    names = _files(folder)
    total = sum((folder / n).stat().st_size for n in names)
    records: dict[str, FileRecord] = {}
    seen = 0
    for file in names:
        size = (folder / file).stat().st_size
        digest = file_sha256(folder / file, seen, total, progress)
        records[file] = FileRecord(size=size, sha256=digest)
        seen += size
    manifest = Manifest(format=FORMAT, name=name, source=source, identity=identity, files=records)
    temporary = folder / f"{MANIFEST}.partial"
    temporary.write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
    temporary.replace(folder / MANIFEST)


def read_manifest(folder: Path) -> Manifest | None:
    """Return a folder's record, or `None` where it is unfinished or of an older format."""
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
        manifest = Manifest.model_validate(json.loads(text))
    except (FileNotFoundError, NotADirectoryError, ValueError, ValidationError):
        return None
    return manifest if manifest.format == FORMAT else None


def wrong_size(folder: Path, manifest: Manifest) -> str | None:
    """Return what is wrong with the first file that is missing or of another size, or `None`."""
    for name, record in manifest.files.items():
        try:
            size = (folder / name).stat().st_size
        except FileNotFoundError:
            return f"{folder / name} is missing"
        if size != record.size:
            return f"{folder / name} has {size:,} bytes, not {record.size:,}"
    return None


def wrong_content(folder: Path, manifest: Manifest, progress: Progress = silent) -> str | None:
    """Return what is wrong with the first file that differs from the record, or `None`."""
    if fault := wrong_size(folder, manifest):
        return fault
    total = sum(record.size for record in manifest.files.values())
    seen = 0
    for name, record in manifest.files.items():
        digest = file_sha256(folder / name, seen, total, progress)
        if digest != record.sha256:
            return f"{folder / name} has SHA-256 {digest}, not {record.sha256}"
        seen += record.size
    return None


def _files(folder: Path) -> list[str]:
    paths = [p for p in sorted(folder.rglob("*")) if p.is_file()]
    names = [p.relative_to(folder).as_posix() for p in paths]
    return [n for n in names if not n.startswith((".cache/", MANIFEST))]
