"""An answer cut into the statements that it makes, by code."""

import re

from workbench.evaluation.metrics.canonical import without_citations

_ENDING = re.compile(r"""(?P<word>\S*)[.!?…]["'”’)\]*_`]*\s+(?=\S)""")
_ABBREVIATION = re.compile(r"\W*(?:mr|mrs|ms|dr|st|no|vs|tp|e\.g|i\.e|[A-Za-z])", re.IGNORECASE)
_LIST_MARKER = re.compile(r"^\s*(?:[-*+•#>]+|\d+[.)])\s+")
_MARKDOWN = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")
_WORD = re.compile(r"[^\W_]")


def statements(answer: str) -> list[str]:
    """Return the sentences of an answer that state something.

    Citation marks, list markers and emphasis are removed. A question states nothing, and neither
    does a line that ends in a colon: it announces what follows.
    """
    lines = without_citations(answer).splitlines()
    parts = [part for line in lines for part in _sentences(_LIST_MARKER.sub("", line))]
    clean = (_MARKDOWN.sub("", part).strip() for part in parts)
    return [part for part in clean if _WORD.search(part) and not part.endswith(("?", ":"))]


def _sentences(line: str) -> list[str]:
    parts, start = [], 0
    for match in _ENDING.finditer(line):
        if not _ABBREVIATION.fullmatch(match["word"]):
            parts.append(line[start : match.end()])
            start = match.end()
    return [*parts, line[start:]]
