"""Copying an answer out of the client."""

import os
from pathlib import Path

from workbench.locations import private_folder
from workbench.tui.record import TurnRecord
from workbench.tui.source_list import place

COPY_NAME = "copied-answer.md"


def answer_as_text(record: TurnRecord) -> str:
    """Return an answer as Markdown, its sources listed below."""
    lines = [record.answer.strip()]
    if record.sources:
        lines.append("\nSources:")
    for source in record.sources:
        where = place(source)
        lines.append(f"[{source.number}] {source.document}{', ' if where else ''}{where}")
    return "\n".join(lines) + "\n"


def save_copy(folder: Path, text: str) -> str:
    """Write a copied text to a file as well, and return what to say about the copy.

    Terminals do not say whether they took a copy, and many are set up to ignore it.
    """
    try:
        path = _write_private(folder, text)
    except OSError as error:
        return f"copied, if your terminal allows it ({error.strerror} for the file)"
    return f"copied, if your terminal allows it; also in {path}"


def _write_private(folder: Path, text: str) -> Path:
    path = private_folder(folder) / COPY_NAME
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(text)
    return path
