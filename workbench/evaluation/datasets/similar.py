"""Which questions are asked twice: in the same words, nearly the same ones, or by meaning.

Words are folded (case, diacritics, Unicode form), so that Vietnamese typed without its marks is
the same; two questions are nearly the same when the Jaccard index of their sets of words is over
0.7. Questions with a history are the same only when their histories are.
"""

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.engine.text import words
from workbench.evaluation.questions import Question

NEAR = 0.7
"""Over this Jaccard index, two questions are nearly the same."""
ALIKE = 0.95
"""Over this cosine of their embeddings, two questions ask for the same."""
_BLOCK = 1024

Pair = tuple[int, int, float]
"""Positions of a question and of an earlier one that it repeats, and how similar they are."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a question counts when it is compared with others.

    Attributes:
        text: Its text, NFC, case folded, with single spaces; the history before it.
        words: Its distinct folded words.
        history: Those of the questions before it.
    """

    text: str
    words: frozenset[str]
    history: frozenset[str]


def asked(question: Question) -> Asked:
    """Return what of a question counts when it is compared with others."""
    history = "\n".join(question.history)
    return Asked(
        text=_plain(f"{history}\n{question.user_input}"),
        words=frozenset(words(question.user_input)) or frozenset([_plain(question.user_input)]),
        history=frozenset(words(history)),
    )


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    """Return the share of words that two sets have in common; 1 for two empty sets."""
    both = len(first & second)
    either = len(first) + len(second) - both
    return both / either if either else 1.0


def near_pairs(questions: Sequence[Asked], threshold: float = NEAR) -> Iterator[Pair]:
    """Yield the pairs whose Jaccard index is over the threshold, by the later question.

    Only pairs that share one of their rarest words are compared: two sets whose index is at least
    t share a word among the first n - ceil(t n) + 1 of n words in any one order (prefix filter of
    Bayardo, Ma and Srikant, "Scaling up all pairs similarity search", 2007).
    """
    counts = Counter(word for question in questions for word in question.words)
    holding: defaultdict[str, list[int]] = defaultdict(list)
    for position, question in enumerate(questions):
        rarest = sorted(question.words, key=lambda word: (counts[word], word))
        needed = math.ceil(threshold * len(rarest) - 1e-9)  # 0.7 * 10 may be a little over 7
        prefix = rarest[: len(rarest) - needed + 1]
        for earlier in sorted({each for word in prefix for each in holding[word]}):
            similarity = jaccard(question.words, questions[earlier].words)
            if similarity > threshold and _same_history(question, questions[earlier], threshold):
                yield position, earlier, similarity
        for word in prefix:
            holding[word].append(position)


def alike_pairs(
    questions: Sequence[Asked],
    vectors: npt.NDArray[np.float64],
    threshold: float = ALIKE,
) -> Iterator[Pair]:
    """Yield the pairs whose cosine is over the threshold, by the later question.

    Args:
        questions: The questions.
        vectors: Their unit vectors, one a row.
        threshold: The cosine.
    """
    for start in range(0, len(questions), _BLOCK):
        cosines = vectors[start : start + _BLOCK] @ vectors.T
        for row, earlier in np.argwhere(cosines > threshold).tolist():
            position = start + row
            if earlier < position and _same_history(questions[position], questions[earlier], NEAR):
                yield position, earlier, float(cosines[row, earlier])


def embedded(texts: Sequence[str], embed: Callable[[str], list[float]]) -> npt.NDArray[np.float64]:
    """Return the unit vectors of texts, one a row."""
    return np.array([embed(text) for text in texts], dtype=np.float64)


def _same_history(first: Asked, second: Asked, threshold: float) -> bool:
    return jaccard(first.history, second.history) > threshold


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
