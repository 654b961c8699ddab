"""Choosing what the model reads, within the time that reading costs.

Prompt length is the time to the first token, and a small model answers better from few lines than
from many. Of the passages that were found, the sentences nearest to the question are read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.engine.retrieval import Passage
from workbench.engine.tables import spell_tables

RANK_COST = 0.005
"""What a sentence's relevance loses for each rank of its passage. Chosen on the 74 answerable
development questions: with sentences of 900 characters all facts are read in 76 %, with whole
passages of 1,600 characters in 73 %."""


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

    Args:
        passages: What was found, best first.
        limit: Characters together; the best sentence is read however long it is.

    Returns:
        Passages in their order, without those of which no sentence fits.
    """
    chosen: set[tuple[int, int]] = set()
    used = 0
    for _, rank, place, text in sorted(_candidates(passages), reverse=True):
        if not chosen or used + len(text) <= limit:
            chosen.add((-rank, -place))
            used += len(text)
    read = [
        (passage, [text for place, text in enumerate(_texts(passage)) if (rank, place) in chosen])
        for rank, passage in enumerate(passages)
    ]
    return [Excerpt(passage, "\n".join(texts)) for passage, texts in read if texts]


def _candidates(passages: Sequence[Passage]) -> list[tuple[float, int, int, str]]:
    """Return all sentences with their relevance; ranks and places are negative, to sort by."""
    return [
        (relevance - RANK_COST * rank, -rank, -place, text)
        for rank, passage in enumerate(passages)
        for place, (text, relevance) in enumerate(
            zip(_texts(passage), _relevances(passage), strict=True)
        )
    ]


def _texts(passage: Passage) -> list[str]:
    return [sentence.text for sentence in passage.sentences] or [spell_tables(passage.text)]


def _relevances(passage: Passage) -> list[float]:
    return [sentence.relevance for sentence in passage.sentences] or [0.0]
