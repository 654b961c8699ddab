"""What the nearest of many labelled texts say of a text.

Vectors are centred: the mean of the examples is taken away, since encoders of the E5 kind put all
texts into a narrow cone, and what remains tells them apart better. Of the nearest examples each has
a weight that falls with its distance from the nearest one, and a label's share is the weight of the
examples that carry it; examples out of scope carry none and lower all shares.

The three constants were chosen by leaving one out on the training parts of CLINC150 (150 purposes,
one each) and of the hotel messages of NLU++ (several each).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 20
"""How many examples vote."""
WIDTH = 0.07
"""Cosine by which an example is further than the nearest one when its weight falls to 1/e."""
SEVERAL_FROM = 0.4
"""The share from which a label counts beside the likeliest one, where texts can have several."""

_BLOCK = 512

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Votes:
    """The votes on some texts.

    Attributes:
        shares: For each text the share of each label, from 0 to 1.
        closeness: For each text its cosine with the nearest example, at least 0.
    """

    shares: NDArray[np.float64]
    closeness: NDArray[np.float64]

    @property
    def best(self) -> NDArray[np.float64]:
        """For each text the share of the likeliest label."""
        best: NDArray[np.float64] = self.shares.max(axis=1)
        return best

    @property
    def scores(self) -> NDArray[np.float64]:
        """How far each text looks like one in scope: near to examples that agree."""
        return self.best * self.closeness


class Electorate:
    """The examples that vote.

    Args:
        vectors: One unit vector an example.
        labels: The labels of each; none where it is out of scope.
    """

    def __init__(self, vectors: Vectors, labels: Sequence[Sequence[str]]) -> None:
        self.names = tuple(sorted({name for each in labels for name in each}))
        self.several = any(len(each) > 1 for each in labels)
        self._mean = vectors.mean(axis=0)
        self._vectors = self._centred(vectors)
        self._carries = np.zeros((len(labels), len(self.names)))
        position = {name: at for at, name in enumerate(self.names)}
        for row, each in enumerate(labels):
            self._carries[row, [position[name] for name in each]] = 1.0

    def vote(self, vectors: Vectors) -> Votes:
        """Return the votes on texts, from their unit vectors."""
        centred = self._centred(vectors)
        return self._gather(centred[at : at + _BLOCK] @ self._vectors.T for at in _blocks(centred))

    def vote_on_each_other(self) -> Votes:
        """Return the votes on each example by all others."""

        def others() -> Iterator[Vectors]:
            for at in _blocks(self._vectors):
                cosines = self._vectors[at : at + _BLOCK] @ self._vectors.T
                rows = np.arange(len(cosines))
                cosines[rows, at + rows] = -np.inf
                yield cosines

        return self._gather(others())

    def labels(self, shares: NDArray[np.float64]) -> tuple[str, ...]:
        """Return the labels that win with the shares of one text, the likeliest first."""
        order = np.argsort(-shares, kind="stable")
        more = [at for at in order[1:] if self.several and shares[at] >= SEVERAL_FROM]
        return tuple(self.names[at] for at in (order[0], *more))

    def _gather(self, cosines: Iterator[Vectors]) -> Votes:
        counted = [self._count(block) for block in cosines]
        shares, closeness = zip(*counted, strict=True)
        return Votes(np.concatenate(shares), np.concatenate(closeness))

    def _count(self, cosines: Vectors) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        wanted = min(NEIGHBOURS, len(self._vectors) - 1)
        nearest = np.argpartition(-cosines, wanted - 1, axis=1)[:, :wanted]
        near = np.take_along_axis(cosines, nearest, axis=1).astype(np.float64)
        first = near.max(axis=1)
        weights = np.exp((near - first[:, None]) / WIDTH)
        weights /= weights.sum(axis=1, keepdims=True)
        shares = np.einsum("tn,tnl->tl", weights, self._carries[nearest])
        return shares, np.clip(first, 0.0, 1.0)

    def _centred(self, vectors: Vectors) -> Vectors:
        moved = vectors - self._mean
        length = np.linalg.norm(moved, axis=1, keepdims=True)
        centred: Vectors = (moved / np.maximum(length, 1e-9)).astype(np.float32)
        return centred


def _blocks(vectors: Vectors) -> range:
    return range(0, len(vectors), _BLOCK)
