"""The pieces of a passage that are embedded: its sentences and the rows of its tables.

A vector of one sentence says what it is about more sharply than one of a whole passage does, so a
passage is found by its best sentence. (The idea is that of LlamaIndex's small-to-big retrieval.)
"""

from workbench.engine.tables import spell_tables
from workbench.engine.text import sentences

SHORTEST = 15
"""Characters below which a piece ("Fees:") is joined to the next one."""


def split_pieces(text: str) -> list[str]:
    """Return the sentences of a passage, each row of a table naming its columns; at least one."""
    pieces: list[str] = []
    begun = ""
    for sentence in sentences(spell_tables(text), clauses=False):
        begun = f"{begun} {sentence}".strip()
        if len(begun) >= SHORTEST:
            pieces.append(begun)
            begun = ""
    if begun and pieces:
        pieces[-1] += f" {begun}"
    return pieces or [begun or text]
