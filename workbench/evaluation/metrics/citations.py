"""Whether the cited passages state what the sentences that cite them say.

An answer is cut into sentences; a citation mark after the full stop belongs to the sentence before
it. The facts of a sentence are its values (numbers, money, times, dates, percentages) and its
names (capitalised words that do not begin the sentence). A cited sentence is precise when each of
its facts occurs in one of the passages that it cites, their titles and headings included.
Sentences without a citation or without a fact do not count. Names are compared only where the
passage is in the language of the sentence, since names of roles and places are translated.

Recall asks the same of all sentences with facts, cited or not: how many of them rest on a citation
that bears them out. (Precision and recall of citations as in Gao et al., "Enabling Large Language
Models to Generate Text with Citations", EMNLP 2023, with facts in place of their entailment model.)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from workbench.engine.language import detect_language
from workbench.evaluation.metrics.canonical import Token, tokens, without_citations

_MARK = re.compile(r"\[(\d+(?:\s*[,;]\s*\d+)*)\]")
_MARKS = r"(?:\s*\[\d+(?:\s*[,;]\s*\d+)*\])"
_BREAK = re.compile(rf"(?<=[.!?…]){_MARKS}*(?=\s+[^\W_a-z])|\n+|(?<=[.!?…]){_MARKS}+(?=\s*$)")
_LIST_MARKER = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence without its marks, and the numbers that it cites."""

    text: str
    cites: tuple[int, ...]


def citation_precision(answer: str, passages: Mapping[int, str]) -> float | None:
    """Return the share of cited sentences with facts whose facts the cited passages state.

    Args:
        answer: The answer's text with its citation marks.
        passages: The text of each source, by its number; a mark without source states nothing.

    Returns:
        `None` where no cited sentence holds a fact.
    """
    verdicts = []
    for sentence in cited_sentences(answer):
        cited = [passages[number] for number in sentence.cites if number in passages]
        facts = _facts(sentence.text, cited)
        if facts:
            verdicts.append(_all_stated(facts, cited))
    return sum(verdicts) / len(verdicts) if verdicts else None


def citation_recall(answer: str, passages: Mapping[int, str]) -> float | None:
    """Return the share of sentences with facts that cite passages which state those facts.

    The names of a sentence without citation count where one of the sources is in its language.

    Args:
        answer: The answer's text with its citation marks.
        passages: The text of each source, by its number; a mark without source states nothing.

    Returns:
        `None` where no sentence holds a fact.
    """
    verdicts = []
    for sentence in _sentences(answer):
        cited = [passages[number] for number in sentence.cites if number in passages]
        facts = _facts(sentence.text, cited or list(passages.values()))
        if facts:
            verdicts.append(bool(cited) and _all_stated(facts, cited))
    return sum(verdicts) / len(verdicts) if verdicts else None


def cited_sentences(answer: str) -> list[CitedSentence]:
    """Return the sentences of an answer that cite something."""
    return [sentence for sentence in _sentences(answer) if sentence.cites]


def _sentences(answer: str) -> list[CitedSentence]:
    found = []
    for part in _parts(answer):
        numbers = [int(n) for mark in _MARK.findall(part) for n in re.findall(r"\d+", mark)]
        text = _LIST_MARKER.sub("", without_citations(part)).strip()
        found.append(CitedSentence(text, tuple(dict.fromkeys(numbers))))
    return found


def _parts(answer: str) -> list[str]:
    parts, start = [], 0
    for match in _BREAK.finditer(answer):
        parts.append(answer[start : match.end()])
        start = match.end()
    return [part for part in [*parts, answer[start:]] if part.strip()]


def _facts(sentence: str, cited: list[str]) -> list[Token]:
    words = tokens(sentence)
    values = [token for token in words if not token.is_word]
    names = [token for token in words[1:] if token.is_word and token.text[0].isupper()]
    same = not cited or detect_language(sentence) in {detect_language(text) for text in cited}
    return [*values, *names] if same else values


def _all_stated(facts: list[Token], cited: list[str]) -> bool:
    said = [token for text in cited for token in tokens(text)]
    return all(any(token.states(fact) for token in said) for fact in facts)
