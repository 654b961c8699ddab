"""The units of a text that are kept whole when it is cut: sentences, list items, table rows."""

import re
from dataclasses import dataclass

from workbench.engine.text import is_sentence_end

_SENTENCE_GAP = re.compile(r"(?<=[.!?…])[\"')\]”’]*\s+(?=[^\sa-zà-ỹ])")
_LIST_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s")
_LIST_NUMBER = re.compile(r"^\s*(?:\d{1,3}|[A-Za-z])[.)]$")
_RULE_ROW = re.compile(r"^\|[\s:|-]+\|?$")


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece that is kept whole.

    Attributes:
        text: Its words.
        gap: What separates it from the unit before: a space, a line end or a blank line.
        header: The header rows of the table whose body row this is; empty elsewhere.
    """

    text: str
    gap: str
    header: str = ""


def split_units(text: str, longest: int) -> list[Unit]:
    """Split a text into units of at most `longest` characters; words are cut only as a last resort.

    Lines of a paragraph are joined unless they begin a list item or the text came without blank
    lines, as a page of a PDF does.
    """
    units: list[Unit] = []
    blocks = [block for block in re.split(r"\n\s*\n", text.strip("\n")) if block.strip()]
    for block in blocks:
        found = _table_units(block) if block.lstrip().startswith("|") else _line_units(block)
        first, *rest = found
        units += [Unit(first.text, "\n\n", first.header), *rest]
    return [piece for unit in units for piece in _within(unit, longest)]


def join_units(units: list[Unit]) -> str:
    """Put units together again; a piece that begins inside a table gets the table's header."""
    text = units[0].text
    if units[0].header:
        text = f"{units[0].header}\n{text}"
    return text + "".join(unit.gap + unit.text for unit in units[1:])


def _table_units(block: str) -> list[Unit]:
    rows = [line.strip() for line in block.splitlines()]
    headed = len(rows) > 2 and bool(_RULE_ROW.match(rows[1]))
    if not headed:
        return [Unit(row, "\n") for row in rows]
    header = "\n".join(rows[:2])
    # the header never stands alone at the end of a piece
    first = Unit(f"{header}\n{rows[2]}", "\n")
    return [first, *(Unit(row, "\n", header) for row in rows[3:])]


def _line_units(block: str) -> list[Unit]:
    units: list[Unit] = []
    for line in block.splitlines():
        sentences = _sentences(line.strip())
        units += [Unit(part, "\n" if i == 0 else " ") for i, part in enumerate(sentences)]
    return units


def unwrap(text: str) -> str:
    """Join the wrapped lines of each paragraph; list items, tables and code keep their lines."""
    blocks = []
    for block in re.split(r"\n\s*\n", text):
        if block.lstrip().startswith(("|", "```", "~~~")):
            blocks.append(block.strip("\n"))
            continue
        lines: list[str] = []
        for line in block.splitlines():
            if lines and not _LIST_ITEM.match(line) and not lines[-1].endswith(("  ", "\\")):
                lines[-1] = f"{lines[-1].rstrip()} {line.strip()}"
            else:
                lines.append(line.rstrip("\n"))
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _sentences(line: str) -> list[str]:
    parts: list[str] = []
    for part in _SENTENCE_GAP.split(line):
        whole = not parts or (is_sentence_end(parts[-1]) and not _LIST_NUMBER.match(parts[-1]))
        if whole:
            parts.append(part)
        else:
            parts[-1] = f"{parts[-1]} {part}"
    return parts


def _within(unit: Unit, longest: int) -> list[Unit]:
    """Cut a unit that is too long at spaces, or anywhere when it has none."""
    room = max(longest - len(unit.header) - 1, 80)
    if len(unit.text) <= room:
        return [unit]
    pieces: list[Unit] = []
    rest = unit.text
    while len(rest) > room:
        cut = rest.rfind(" ", room // 2, room)
        cut = cut if cut > 0 else room
        pieces.append(Unit(rest[:cut], " " if pieces else unit.gap, unit.header))
        rest = rest[cut:].lstrip()
    return [*pieces, Unit(rest, " ", unit.header)]
