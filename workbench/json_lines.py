"""Reading JSON Lines: one object a line, empty lines left out."""

import json
from pathlib import Path
from typing import Any

from workbench.errors import UsageError


def filled_lines(path: Path, what: str) -> list[tuple[int, str]]:
    """Return the lines of a file that are not empty, each with its number from 1.

    Args:
        path: The file, in UTF-8, with or without a byte order mark.
        what: What its lines are, for the error's hint.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(
            f"cannot read {path} ({reason})", f"name a JSONL file of {what}"
        ) from error
    return [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def read_object(text: str) -> dict[str, Any]:
    """Return the object of a line.

    Raises:
        ValueError: It is none, or holds a character NUL, which a database cannot keep; the message
            is for people.
    """
    try:
        record = json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("not valid JSON (nested too deeply)") from error
    except ValueError as error:
        raise ValueError(f"not valid JSON ({error})") from error
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")
    if "\\u0000" in text and _holds_nul(record):
        raise ValueError("holds the character NUL")
    return record


def read_object_at(text: str, place: str) -> dict[str, Any]:
    """Return the object of a line of a set that must be right.

    Raises:
        UsageError: It is none; the message names the place.
    """
    try:
        return read_object(text)
    except ValueError as error:
        raise UsageError(f"{place}: {error}", "write one object a line") from error


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")


def _holds_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_nul(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return any(map(_holds_nul, value))
    return isinstance(value, str) and "\0" in value
