"""Whether the search found what the reference names.

A retrieved passage is right when its document is one of the reference's, and its page too where
the reference has a page. Ranks count passages, best first, from 1.
"""

import math
from collections.abc import Sequence

Place = tuple[str, int | None]
"""A document, and a page of it or `None`."""


def _gains(retrieved: Sequence[Place], references: Sequence[Place]) -> list[bool]:
    """Tell for each passage whether it is the first from one of the references."""
    open_references = set(references)
    gains = []
    for document, page in retrieved:
        found = {(document, page), (document, None)} & open_references
        open_references -= found
        gains.append(bool(found))
    return gains


def hit_at(retrieved: Sequence[Place], references: Sequence[Place], depth: int = 5) -> float:
    """Return 1 when one of the first `depth` passages is right, else 0."""
    return float(any(_gains(retrieved[:depth], references)))


def reciprocal_rank(retrieved: Sequence[Place], references: Sequence[Place]) -> float:
    """Return 1 over the rank of the first right passage; 0 when none was retrieved."""
    gains = _gains(retrieved, references)
    return 1 / (gains.index(True) + 1) if True in gains else 0.0


def ndcg_at(retrieved: Sequence[Place], references: Sequence[Place], depth: int = 5) -> float:
    """Return the normalised discounted cumulative gain of the first `depth` passages.

    Järvelin and Kekäläinen (2002), with a gain of 1 for the first passage of each reference: more
    passages of the same one add nothing.
    """
    gains = _gains(retrieved[:depth], references)
    got = sum(1 / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1) if gain)
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(set(references)), depth) + 1))
    return got / best
