"""Plain text: headings are lines of capitals or underlined lines; wrapped lines are joined."""

import re

from workbench.engine.ingestion.markdown import read_markdown
from workbench.engine.ingestion.sections import Reading

_UNDERLINE = re.compile(r"^(=|-)\1{2,}\s*$")
_LONGEST_HEADING = 80


def read_plain(text: str) -> Reading:
    """Read plain text; the first heading is the title when nothing stands above it."""
    lines = text.splitlines()
    marked: list[str] = []
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        above = lines[number - 1] if number else ""
        if line.strip() and _UNDERLINE.match(below):
            marked += ["", f"{_level(marked)} {line.strip()}"]
        elif not (_UNDERLINE.match(line) and above.strip()):
            marked.append(_marked(line, above, below, marked))
    return read_markdown("\n".join(marked))


def _marked(line: str, above: str, below: str, before: list[str]) -> str:
    alone = not above.strip() and not below.strip()
    shouted = line.isupper() and sum(map(str.isalpha, line)) > 3
    if alone and shouted and len(line) <= _LONGEST_HEADING:
        return f"{_level(before)} {line.strip()}"
    # a literal "#" at the start of a line is no heading here
    return re.sub(r"^(#+\s)", r" \1", line)


def _level(before: list[str]) -> str:
    """Return the mark of a title for the first line of the text, else of a section."""
    return "##" if any(line.strip() for line in before) else "#"
