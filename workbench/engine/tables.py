"""Reading Markdown tables aloud, since small models lose track of columns."""

import re
from collections.abc import Sequence

_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")


def spell_tables(text: str) -> str:
    """Return `text` with each row of a table as a line that names its columns.

    "| until 15:00 | 500,000 VND |" under "| Guest leaves | Fee |" becomes
    "- Guest leaves: until 15:00; Fee: 500,000 VND". Other lines stay as they are.
    """
    lines = text.splitlines()
    spelt: list[str] = []
    header: list[str] = []
    for position, line in enumerate(lines):
        following = lines[position + 1] if position + 1 < len(lines) else ""
        if not line.lstrip().startswith("|"):
            header = []
            spelt.append(line)
        elif _RULE.match(line):
            continue
        elif _RULE.match(following):
            header = _cells(line)
        else:
            spelt.append(_row(header, _cells(line)))
    return "\n".join(spelt)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _row(header: Sequence[str], cells: Sequence[str]) -> str:
    named = [
        f"{header[index]}: {cell}" if index < len(header) and header[index] else cell
        for index, cell in enumerate(cells)
        if cell
    ]
    return f"- {'; '.join(named)}"
