"""How much of what the model read was wanted, and how much of what was wanted it read; no judge.

Set-based precision and recall (Manning, Raghavan and Schütze, "Introduction to Information
Retrieval", 2008, section 8.3) over the passages that were given to the model:

- where the question names documents, a passage is right when it comes from one of them (and from
  the page, where one is named); precision is the share of passages that are right, recall the share
  of named documents from which a passage was read. Of the metrics of ragas these are the ID-based
  ones;
- else, where it gives passages of its own, texts are compared by containment of their shingles
  (Broder, "On the resemblance and containment of documents", 1997; here runs of five words, NFC and
  case folded): a passage is right when at least half of the shorter text's shingles stand in the
  longer one; recall is the mean share of a given passage's shingles that stand in what was read, so
  that a passage which was cut into pieces counts as far as its pieces were read.

Containment compares words: passages in another language than the given ones are never right.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from workbench.evaluation.questions import Question

SHINGLE = 5
"""Words that are compared as one."""
RIGHT_FROM = 0.5
"""The containment from which two passages count as the same."""

_Shingles = frozenset[tuple[str, ...]]


class ReadPassage(NamedTuple):
    """A passage that was given to the model; `text` is empty where it was not kept."""

    document: str
    page: int | None
    text: str


def read_passages(record: Mapping[str, Any]) -> list[ReadPassage]:
    """Return the passages that the model read, best first.

    They are the retrieved ones of an item's record; where it kept none, the cited sources.
    """
    found = record.get("retrieved") or record.get("sources") or []
    return [ReadPassage(one["document"], one.get("page"), one.get("text") or "") for one in found]


def context_precision(question: Question, passages: Sequence[ReadPassage]) -> float | None:
    """Return the share of the passages that were wanted.

    Returns:
        `None` where nothing was read, or the question says nothing that could be compared.
    """
    if question.places and passages:
        right = [bool(_named(passage) & set(question.places)) for passage in passages]
        return sum(right) / len(right)
    if not question.reference_contexts or not _have_texts(passages):
        return None
    wanted = [_words(context) for context in question.reference_contexts]
    right = [_like_one(_words(passage.text), wanted) for passage in passages]
    return sum(right) / len(right)


def context_recall(question: Question, passages: Sequence[ReadPassage]) -> float | None:
    """Return the share of what was wanted that the passages hold; 0 where nothing was read.

    Returns:
        `None` where the question says nothing that could be compared, or the passages' texts are
        needed for it and were not kept.
    """
    if question.places:
        read = {place for passage in passages for place in _named(passage)}
        wanted = set(question.places)
        return len(wanted & read) / len(wanted)
    if not question.reference_contexts or (passages and not _have_texts(passages)):
        return None
    words = [_words(passage.text) for passage in passages]
    shares = [_coverage(_words(context), words) for context in question.reference_contexts]
    return sum(shares) / len(shares)


def _named(passage: ReadPassage) -> set[tuple[str, int | None]]:
    """Return the ways in which a question may name the place of a passage."""
    return {(passage.document, passage.page), (passage.document, None)}


def _have_texts(passages: Sequence[ReadPassage]) -> bool:
    return bool(passages) and all(passage.text for passage in passages)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold())


def _shingles(words: Sequence[str], length: int) -> _Shingles:
    return frozenset(
        tuple(words[start : start + length]) for start in range(len(words) - length + 1)
    )


def _like_one(words: Sequence[str], wanted: Sequence[Sequence[str]]) -> bool:
    """Tell whether a text is, for the most part, one of the wanted ones."""
    pairs = [sorted((words, other), key=len) for other in wanted]
    return any(_coverage(shorter, [longer]) >= RIGHT_FROM for shorter, longer in pairs)


def _coverage(words: Sequence[str], texts: Sequence[Sequence[str]]) -> float:
    """Return the share of the shingles of `words` that stand in one of the texts."""
    length = min(SHINGLE, len(words))
    if not length:
        return 0.0
    wanted = _shingles(words, length)
    held = frozenset().union(*(_shingles(text, length) for text in texts))
    return len(wanted & held) / len(wanted)
