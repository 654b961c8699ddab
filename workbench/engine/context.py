"""Choosing what the model reads, within the time that reading costs.

Prompt length is the time to the first token, and a small model answers better from few lines than
from many. Of the passages that were found, the sentences nearest to the question are read.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.engine.retrieval import Passage
from workbench.engine.tables import spell_tables

RANK_COST = 0.005
"""What a sentence's relevance loses for each rank of its passage. Of 0, 0.005 and 0.01 the best on
the 74 answerable development questions, before small tables were kept whole."""

SMALL_TABLE = 600
"""Characters of a table or list whose rows stay together."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What the model reads of a passage.

    Attributes:
        passage: The passage.
        text: Its chosen sentences, in reading order.
    """

    passage: Passage
    text: str


def excerpts(passages: Sequence[Passage], limit: int) -> list[Excerpt]:
    """Return what the model reads: the most relevant sentences, at most `limit` characters.

    The rows of a small table stay together, since each is understood beside the others.

    Args:
        passages: What was found, best first.
        limit: Characters together; the best piece is read however long it is.

    Returns:
        Passages in their order, without those of which nothing fits.
    """
    pieces = [
        (relevance - RANK_COST * rank, -rank, -place, text)
        for rank, passage in enumerate(passages)
        for place, (text, relevance) in enumerate(_pieces(passage))
    ]
    chosen: set[tuple[int, int]] = set()
    used = 0
    for _, rank, place, text in sorted(pieces, reverse=True):
        if not chosen or used + len(text) <= limit:
            chosen.add((-rank, -place))
            used += len(text) + 1
    read = [
        (
            passage,
            [text for place, (text, _) in enumerate(_pieces(passage)) if (rank, place) in chosen],
        )
        for rank, passage in enumerate(passages)
    ]
    return [Excerpt(passage, "\n".join(texts)) for passage, texts in read if texts]


def _pieces(passage: Passage) -> list[tuple[str, float]]:
    """Return a passage's sentences and small tables, each with its relevance."""
    if not passage.sentences:
        return [(spell_tables(passage.text), 0.0)]
    pieces: list[tuple[str, float]] = []
    for is_row, group in itertools.groupby(
        passage.sentences, lambda one: one.text.startswith("- ")
    ):
        sentences = list(group)
        whole = "\n".join(one.text for one in sentences)
        if is_row and len(whole) <= SMALL_TABLE:
            pieces.append((whole, max(one.relevance for one in sentences)))
        else:
            pieces += [(one.text, one.relevance) for one in sentences]
    return pieces
