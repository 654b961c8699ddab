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

_FEWEST_NAMES = 2
_LONG_FIGURE = 3
_CURRENCIES = frozenset({"vnd", "usd", "eur"})
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
        foreign: The positions of the passages in another language than the sentence; they are
            looked at where no passage holds enough of its words.
    """
    figures = numbers(sentence) - numbers(question)
    vocabularies = [terms(passage) for passage in passages]
    weights = _rarity(terms(sentence), vocabularies)
    every = range(len(passages))
    able = [index for index in every if figures <= numbers(passages[index])]
    best = _heaviest(weights, vocabularies, able, SUPPORT_NEEDED)
    names = (terms(" ".join(_NAME.findall(sentence))) | figures) & weights.keys() - _CURRENCIES
    if best is None and _tell_enough(names):
        named = {name: weights[name] for name in names}
        abroad = [index for index in able if index in foreign]
        best = _heaviest(named, vocabularies, abroad, NAMES_NEEDED)
    if best is None:
        return None
    return Support(best[0], best[1], best_quote(sentence, passages[best[0]]))


def _heaviest(
    weights: dict[str, float], vocabularies: Sequence[set[str]], able: Sequence[int], needed: float
) -> tuple[int, float] | None:
    """Return the position of the passage that holds most of the weight, and its share."""
    total = sum(weights.values())
    best: tuple[int, float] | None = None
    for index in able if total else ():
        held = sum(weight for word, weight in weights.items() if word in vocabularies[index])
        if held / total >= needed and (best is None or held / total > best[1] + 1e-9):
            best = index, held / total
    return best


def _tell_enough(names: set[str]) -> bool:
    """Tell whether figures and names can tell one passage from another."""
    return len(names) >= _FEWEST_NAMES or any(
        name[0].isdigit() and len(name) >= _LONG_FIGURE for name in names
    )


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
