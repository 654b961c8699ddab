"""Which passage supports a sentence of the answer, checked against the passage's own words.

The model is not asked to cite: small models get the numbers wrong, and each one costs time. Every
sentence is compared with every passage instead, and is cited only where a passage supports it. With
a passage in another language a sentence has its figures and names in common, and nothing else.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from workbench.engine.text import numbers, sentences, terms, words

SUPPORT_NEEDED = 0.4
"""The least share of a sentence's weight that its passage must hold."""
NAMES_NEEDED = 0.75
"""The least share of a sentence's names that a passage in another language must hold."""

_NAME = re.compile(r"(?<=[\w,;:] )[A-Z][A-Za-z]+(?!\w)")


@dataclass(frozen=True, slots=True)
class Support:
    """The passage that supports a sentence best.

    Attributes:
        index: The passage's position, from 0.
        share: The share of the sentence's word weight found in it, from 0 to 1.
        quote: The span of the passage that supports the sentence, word for word.
    """

    index: int
    share: float
    quote: str


def find_support(
    sentence: str, passages: Sequence[str], question: str = "", foreign: Collection[int] = ()
) -> Support | None:
    """Return the passage that supports `sentence`, or `None` when none does.

    A passage supports a sentence when it holds all of its numbers, and enough of its words, each
    weighted by how few of the passages hold it. Numbers that only repeat the question claim
    nothing, and need not be there.

    Args:
        sentence: One sentence of the answer.
        passages: The texts that the model was given, best first.
        question: What was asked.
        foreign: The positions of the passages in another language than the sentence.
    """
    figures = numbers(sentence) - numbers(question)
    best: Support | None = None
    shares = _shares(sentence, figures, passages, foreign)
    for index, share in enumerate(shares):
        needed = NAMES_NEEDED if index in foreign else SUPPORT_NEEDED
        if not figures <= numbers(passages[index]) or share < needed:
            continue
        if best is None or share > best.share + 1e-9:
            best = Support(index, share, "")
    return best and Support(best.index, best.share, best_quote(sentence, passages[best.index]))


def _shares(
    sentence: str, figures: set[str], passages: Sequence[str], foreign: Collection[int]
) -> list[float]:
    """Return the share of the sentence's weight that each passage holds."""
    vocabularies = [terms(passage) for passage in passages]
    weights = _rarity(terms(sentence), vocabularies)
    names = (terms(" ".join(_NAME.findall(sentence))) | figures) & weights.keys()
    shares: list[float] = []
    for index, vocabulary in enumerate(vocabularies):
        counted = {word: weights[word] for word in names} if index in foreign else weights
        total = sum(counted.values())
        held = sum(weight for word, weight in counted.items() if word in vocabulary)
        shares.append(held / total if total else 0.0)
    return shares


def _rarity(said: set[str], vocabularies: Sequence[set[str]]) -> dict[str, float]:
    holders = Counter(word for vocabulary in vocabularies for word in vocabulary & said)
    count = len(vocabularies)
    return {word: math.log((count + 1) / (holders[word] + 0.5)) + 0.1 for word in said}


def best_quote(sentence: str, passage: str) -> str:
    """Return the sentence or line of `passage` that shares most with `sentence`."""
    said = Counter(words(sentence))
    figures = numbers(sentence)

    def overlap(span: str) -> tuple[int, float]:
        shared = sum((said & Counter(words(span))).values())
        return len(figures & numbers(span)), shared / math.sqrt(len(words(span)) + 4)

    return max(sentences(passage) or [passage], key=overlap)
