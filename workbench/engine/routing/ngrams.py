"""Words and pairs of words, or runs of letters, as features of short texts.

They see what an encoder blurs: that "still open" is asked of requests and "still dirty" of rooms.
Case, diacritics and digits are hidden, so that texts typed without diacritics are the same; which
room is meant says nothing of what is wanted.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from workbench.engine.text import fold

WORDS = (1, 2)
"""How many words make a feature."""
LETTERS = (3, 4)
"""How many letters make one; a word's first and last count as beside a space."""
KNOWN_FROM = 2
"""In how many texts a feature has to occur."""
_DIGIT = re.compile(r"\d")
_TOKEN = re.compile(r"\w+|[?!]")


class NGrams:
    """Turns texts into unit vectors of weighted n-grams; it is made by `learn`.

    The weight of an n-gram is (1 + log of its count in the text) times (1 + log of the share of
    texts without it), as in Manning, Raghavan and Schütze, "Introduction to Information Retrieval",
    section 6.4.

    Args:
        weights: By n-gram its weight for one occurrence, in the order of the columns.
        kind: What an n-gram is made of: "words" or "letters".

    Attributes:
        weights: By n-gram its weight, in the order of the columns.
    """

    def __init__(self, weights: Mapping[str, float], kind: str = "words") -> None:
        self.weights = dict(weights)
        self._cut = _CUTS[kind]
        self._columns = {gram: column for column, gram in enumerate(weights)}
        self._weights: NDArray[np.float64] = np.array(list(weights.values()), dtype=np.float64)

    @classmethod
    def learn(cls, texts: Sequence[str], kind: str = "words") -> "NGrams":
        """Learn which n-grams there are, and how rare each is."""
        cut = _CUTS[kind]
        counts = Counter(gram for text in texts for gram in set(cut(text)))
        known = sorted(gram for gram, count in counts.items() if count >= KNOWN_FROM)
        return cls({gram: 1 + math.log(len(texts) / counts[gram]) for gram in known}, kind)

    def __len__(self) -> int:
        return len(self._columns)

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """Return the vectors of texts, one a row."""
        rows, columns, values = [], [], []
        for row, text in enumerate(texts):
            counts = Counter(
                self._columns[gram] for gram in self._cut(text) if gram in self._columns
            )
            found = np.fromiter(counts, dtype=np.int64, count=len(counts))
            weights = np.log(np.fromiter(counts.values(), dtype=np.float64, count=len(counts))) + 1
            weights *= self._weights[found]
            length = float(np.linalg.norm(weights)) or 1.0
            rows += [row] * len(found)
            columns += found.tolist()
            values += (weights / length).tolist()
        return csr_matrix((values, (rows, columns)), shape=(len(texts), len(self)))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(_DIGIT.sub("0", fold(text)))


def _words(text: str) -> Iterator[str]:
    words = _tokens(text)
    for count in WORDS:
        for at in range(len(words) - count + 1):
            yield " ".join(words[at : at + count])


def _letters(text: str) -> Iterator[str]:
    for word in _tokens(text):
        spaced = f" {word} "
        for count in LETTERS:
            for at in range(len(spaced) - count + 1):
                yield spaced[at : at + count]


_CUTS: dict[str, Callable[[str], Iterator[str]]] = {"words": _words, "letters": _letters}
