"""Choosing what the model reads, within the time that reading costs.

Prompt length is the time to the first token, and a small model answers better from few lines than
from many. Of the passages that were found, the sentences nearest to the question are read.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.engine.bands import asked_minute, speaks_of
from workbench.engine.retrieval import Passage
from workbench.engine.tables import spell_tables

RANK_COST = 0.01
"""What a sentence's relevance loses for each rank of its passage. Of 0.005, 0.01 and 0.02 the best
on the hotel's 140 development questions about documents alone, quoted in 110 words: 95 right, else
93; before that 0.005 was as good for what the model reads."""

MOST_READ = 3
"""Passages that are read. With 600 characters of three, 52 of 74 answerable development questions
have all their facts in what is read; with 900 of five, 55, at half as many tokens again, and the
model states no more of them."""

SMALL_TABLE = 400
"""Characters of a table or list whose rows stay together; with 600, two fewer of these questions
are right, since a table leaves no room for anything else."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What the model reads of a passage.

    Attributes:
        passage: The passage.
        text: Its chosen sentences, in reading order.
    """

    passage: Passage
    text: str


def count_words(text: str) -> int:
    """Return how many words a text has."""
    return len(text.split())


def excerpts(
    passages: Sequence[Passage],
    limit: int,
    question: str = "",
    length: Callable[[str], int] = len,
) -> list[Excerpt]:
    """Return what is read or quoted: the most relevant sentences, together no longer than `limit`.

    The rows of a small table stay together, since each is understood beside the others; but of a
    table of times, the rows for other times than the one asked about are left out.

    Args:
        passages: What was found, best first.
        limit: The greatest length; the best piece is read however long it is.
        question: What is asked.
        length: What length is: by default the number of characters.

    Returns:
        The first passages in their order, without those of which nothing fits.
    """
    passages = passages[:MOST_READ]
    told = _at_the_asked_time([_pieces(passage) for passage in passages], question)
    read = [_with_tables(pieces) for pieces in told]
    pieces = [
        (relevance - RANK_COST * rank, -rank, -place, text)
        for rank, found in enumerate(read)
        for place, (text, relevance) in enumerate(found)
    ]
    chosen: set[tuple[int, int]] = set()
    used = 0
    for _, rank, place, text in sorted(pieces, reverse=True):
        if not chosen or used + length(text) <= limit:
            chosen.add((-rank, -place))
            used += length(text)
    texts = [
        "\n".join(text for place, (text, _) in enumerate(found) if (rank, place) in chosen)
        for rank, found in enumerate(read)
    ]
    return [Excerpt(passage, text) for passage, text in zip(passages, texts, strict=True) if text]


Piece = tuple[str, float]
"""A sentence, a row or a small table, and its relevance."""


def _pieces(passage: Passage) -> list[Piece]:
    """Return a passage's sentences and rows."""
    if not passage.sentences:
        return [(spell_tables(passage.text), 0.0)]
    return [(one.text, one.relevance) for one in passage.sentences]


def _at_the_asked_time(read: list[list[Piece]], question: str) -> list[list[Piece]]:
    """Leave out what is said of other times than the one that the question names.

    Only a table whose first column names times can tell: its other rows go, so do rows of other
    tables for other times, and what its passage says of them. Elsewhere the hours that do not
    hold the time are themselves the answer ("is the pool open at 10 PM?").
    """
    minute = asked_minute(question)
    if minute is None:
        return read
    told = [[speaks_of(_key(text), minute) for text, _ in pieces] for pieces in read]
    deciding = [
        any(is_told and _is_row(text) for (text, _), is_told in zip(pieces, one, strict=True))
        for pieces, one in zip(read, told, strict=True)
    ]
    if not any(deciding):
        return read
    return [
        [
            (text, relevance)
            for (text, relevance), is_told in zip(pieces, one, strict=True)
            if is_told is not False or not (decides or _is_row(text))
        ]
        for pieces, one, decides in zip(read, told, deciding, strict=True)
    ]


def _key(text: str) -> str:
    """Return what tells which time a row is for: its first cell and the names of its columns."""
    if not _is_row(text):
        return text
    first, *others = text.split("; ")
    return "; ".join([first, *(cell.partition(": ")[0] for cell in others)])


def _is_row(text: str) -> bool:
    return text.startswith("- ")


def _with_tables(pieces: list[Piece]) -> list[Piece]:
    """Join the rows of small tables."""
    joined: list[Piece] = []
    for is_row, group in itertools.groupby(pieces, lambda piece: _is_row(piece[0])):
        rows = list(group)
        whole = "\n".join(text for text, _ in rows)
        if is_row and len(whole) <= SMALL_TABLE:
            joined.append((whole, max(relevance for _, relevance in rows)))
        else:
            joined += rows
    return joined
