"""The pieces of a passage that are embedded: its sentences and the rows of its tables.

A vector of one sentence says what it is about more sharply than one of a whole passage does, so a
passage is found by its best sentence. (The idea is that of LlamaIndex's small-to-big retrieval.)
"""

import re

from workbench.engine.tables import spell_tables
from workbench.engine.text import sentences

_BOLD_QUESTION = re.compile(r"\*\*(?!\s)[^*]{1,200}(?:[?:]\*\*)?")

SHORTEST = 15
"""Characters below which a piece ("Fees:") is joined to the next one, as a question in bold is."""


def split_pieces(text: str, *, printed: bool = False) -> list[str]:
    """Return the sentences of a passage, each row of a table naming its columns; at least one.

    Args:
        text: The passage.
        printed: Whether its lines are those of a printed page, where a line's end means nothing and
            the cells of a table follow each other.
    """
    pieces: list[str] = []
    begun = ""
    read = " ".join(text.split()) if printed else spell_tables(text)
    for sentence in sentences(read, clauses=False):
        if sentence.startswith("- ") and _is_heading(begun):
            pieces.append(begun)
            begun = ""
        begun = f"{begun} {sentence}".strip()
        if len(begun) >= SHORTEST and not _is_heading(begun):
            pieces.append(begun)
            begun = ""
    if begun and pieces:
        pieces[-1] += f" {begun}"
    return pieces or [begun or text]


def _is_heading(text: str) -> bool:
    """Tell whether a text is a question in bold, or the beginning of one."""
    return bool(_BOLD_QUESTION.fullmatch(text))
