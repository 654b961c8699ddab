"""Markdown in which text of people, documents and models stays text."""

import re
from collections.abc import Iterable, Sequence

from workbench.evaluation.reports.text import one_line

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&]|^[#+=!-]|(?<=^\d)[.)])")
_BREAK = "\u2060"
"""A word joiner: invisible, it keeps a name after @ from notifying somebody."""


def code(text: str) -> str:
    """Return text as a code span, in which nothing is markup, a link or a mention.

    A pipe gets a backslash, as table cells need it.
    """
    line = one_line(text)
    if not line:
        return ""
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    inner = line.replace("\\|", "\\ |").replace("|", "\\|")
    space = " " if "`" in line or inner.endswith("\\") else ""
    return f"{fence}{space}{inner}{space}{fence}"


def words(text: str) -> str:
    """Return text as plain words: what Markdown would read as markup is escaped."""
    return _SPECIAL.sub(r"\\\1", one_line(text)).replace("@", f"@{_BREAK}")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table whose cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]
