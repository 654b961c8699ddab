"""The committed log of every scoring of a test part.

A test part that is looked at often becomes a dev part: whoever reads a figure should know how
often. The log is a file of the repository, one JSON line a scoring, and only grows.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workbench.errors import UsageError
from workbench.evaluation.datasets.card import NAME as CARD
from workbench.evaluation.datasets.card import data_files, read_card
from workbench.evaluation.datasets.files import sha256_of_file

LOG = Path("evals") / "looks.jsonl"
"""Where the log lies, relative to the workspace."""
SETS = Path("datasets")
"""Where a workspace keeps its question sets with their cards."""


class Look(BaseModel):
    """One scoring of a test part."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    date: str = Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
    """When, in UTC: "2026-11-21T06:03:24Z"."""
    dataset: str
    """The file, relative to the workspace where it lies inside."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """The hash of the file's content."""
    run: str
    """The run's name."""
    suite: str
    """The suite that was run."""
    model: str
    """The model that answered; empty where none did."""
    prompt: str
    """The prompt's label; empty where none was used."""
    commit: str
    """The code's commit; empty where it is not known."""
    n: int = Field(ge=1)
    """How many of its questions were scored."""


def is_test_part(path: Path) -> bool:
    """Tell whether a file is a test part: its name says so ("first_test.jsonl"), or its card."""
    if "test" in re.split(r"[^a-z0-9]+", path.stem.casefold()):
        return True
    return path.name in _test_parts(path.parent)


def is_known_test_part(path: Path, workspace: Path) -> bool:
    """Tell whether a file is a test part, or a copy of one under another name.

    A copy is known by its content: one that the log of looks or a card of the workspace's sets
    names as a test part's. What of log and cards cannot be read is left out.
    """
    if is_test_part(path) or is_test_part(path.resolve()):
        return True
    return sha256_of_file(path) in _test_contents(workspace)


def _test_contents(workspace: Path) -> set[str]:
    """Return the hashes of all test parts that are known."""
    looked = {look.sha256 for look in _lines(workspace / LOG) if isinstance(look, Look)}
    for card in (workspace / SETS).rglob(CARD):
        with suppress(UsageError):
            hashes = read_card(card.parent).hashes
            looked |= {hashes[path] for path in _test_parts(card.parent) if path in hashes}
    return looked


def _test_parts(folder: Path) -> set[str]:
    """Return the paths of the test parts that a folder's card names; none without a card."""
    with suppress(UsageError):
        named = data_files(read_card(folder))
        return {path for path, parts in named.items() if any(p.split == "test" for p in parts)}
    return set()


def look_at(dataset: Path, workspace: Path, **said: Any) -> Look:
    """Return the look that is made now at a part.

    Args:
        dataset: The part's file; its content is hashed.
        workspace: The workspace whose log it will stand in.
        **said: The run's `run`, `suite`, `model`, `prompt`, `commit` and `n`.
    """
    path = dataset.resolve()
    inside = path.is_relative_to(workspace.resolve())
    return Look(
        date=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        dataset=path.relative_to(workspace.resolve()).as_posix() if inside else path.name,
        sha256=sha256_of_file(path),
        **said,
    )


def ensure_look(log: Path, look: Look) -> None:
    """Add the look of a run to the log, unless it is there.

    Raises:
        UsageError: The log cannot be read or written.
    """
    if any(each.run == look.run for each in read_looks(log)):
        return
    try:
        append_look(log, look)
    except OSError as error:
        raise UsageError(
            f"cannot write {log} ({error.strerror or error})",
            "make it writable: every scoring of a test part is noted there",
        ) from error


def append_look(log: Path, look: Look) -> None:
    """Add a line to the log, whole or not at all; several writers may do so at once."""
    log.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(look.model_dump(), ensure_ascii=False).encode() + b"\n"
    handle = os.open(log, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        end = os.fstat(handle).st_size
        if end and os.pread(handle, 1, end - 1) != b"\n":
            line = b"\n" + line  # an editor left the last line open
        if os.write(handle, line) < len(line):
            os.ftruncate(handle, end)
            raise OSError(f"{log} takes no more: a line was cut off")
        os.fsync(handle)
    finally:
        os.close(handle)


def read_looks(log: Path) -> list[Look]:
    """Return the lines of the log in their order; none when there is no log yet.

    Raises:
        UsageError: It cannot be read, or a line is no look; the message names file and line.
    """
    looks = []
    for line in _lines(log):
        if isinstance(line, UsageError):
            raise line
        looks.append(line)
    return looks


def _lines(log: Path) -> Iterator[Look | UsageError]:
    """Yield what each line of the log holds, or why it holds none."""
    try:
        text = log.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        yield UsageError(f"cannot read {log} ({reason})", "restore it from the commits")
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _read_line(line, f"{log}, line {number}")


def _read_line(line: str, place: str) -> Look | UsageError:
    try:
        return Look.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        where = f"key {key!r}: " if key else ""
        return UsageError(f"{place}: {where}{first['msg']}", "restore it from the commits")


def count_looks(sha256: str, log: Path) -> int:
    """Return how often a part of this content was scored, by the log.

    Args:
        sha256: The hash of the part's file, as the fingerprint of a run holds it.
        log: The log; 0 when there is none.

    Raises:
        UsageError: The log cannot be read.
    """
    return sum(look.sha256 == sha256 for look in read_looks(log))
