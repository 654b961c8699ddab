"""The words of which prose may be made: what is not known is not said.

A list of forbidden claims is never complete, a list of courteous words is: prose in a message may
use only those, and the words of the facts. "Our new pool awaits you" fails for "pool", whether a
pool is there or not.
"""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from workbench.yaml_text import read_yaml

_TOKEN = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:]\s+)[\"“‘'(]*$")
_ENDINGS = ("'s", "’s", "s", "es", "ed", "d", "ing", "ly", "'ll", "’ll", "'re", "’re", "'ve", "’ve")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What prose of a language may hold.

    Attributes:
        courtesy: Words that claim nothing, in small letters.
        phrases: Courteous phrases of other words, such as "do not hesitate".
        benefits: What is granted only where a fact says so, of all languages.
        claims: What else is said or asked for only where a fact says so, of all languages.
    """

    courtesy: frozenset[str]
    phrases: re.Pattern[str]
    benefits: re.Pattern[str]
    claims: re.Pattern[str]


@functools.cache
def vocabulary(lang: str) -> Vocabulary:
    """Return the vocabulary of a language; for one without a list nothing is courteous."""
    folder = resources.files("workbench.engine.messages") / "words"
    lists = {
        file.name.removesuffix(".yaml"): read_yaml(file.read_text("utf-8"))
        for file in folder.iterdir()
    }
    own = lists.get(lang, {"courtesy": "", "phrases": [r"(?!)"]})
    benefits = [phrase for each in lists.values() for phrase in each["benefits"]]
    claims = [phrase for each in lists.values() for phrase in each["claims"]]
    return Vocabulary(
        courtesy=frozenset(own["courtesy"].casefold().split()),
        phrases=_phrases(own["phrases"]),
        benefits=_phrases(benefits),
        claims=_phrases(claims),
    )


def _phrases(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?:s|es|d|ed|ing)?(?!\w)", re.I)


def found_phrases(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return the phrases of a pattern in a text, in small letters, without repeats."""
    found = (" ".join(match[0].casefold().split()) for match in pattern.finditer(text))
    return list(dict.fromkeys(found))


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of texts, as they are written."""
    return frozenset(token for text in texts for token in _TOKEN.findall(text))


def unknown_words(text: str, lang: str, given: frozenset[str]) -> tuple[list[str], list[str]]:
    """Return the names, and the other words, of a text that nothing gives.

    A capital letter within a sentence makes a name: it must be given just so. "Grace" at the
    beginning of a sentence is not known either, unless "grace" is a courteous word.

    Args:
        text: The prose.
        lang: Its language.
        given: The words of the facts, as they are written.
    """
    listed = vocabulary(lang)
    known = listed.courtesy | {word.casefold() for word in given}
    names, others = [], []
    for match in _TOKEN.finditer(text):
        token = match[0]
        inside = _SENTENCE_START.search(text[: match.start()]) is None
        if token[0].isupper() and inside and token not in given and token not in ("I", "Quý"):
            names.append(token)
        elif not _is_known(token.casefold(), known):
            others.append(token)
    return list(dict.fromkeys(names)), list(dict.fromkeys(others))


def _is_known(word: str, known: frozenset[str]) -> bool:
    if word in known:
        return True
    if "-" in word and all(_is_known(part, known) for part in word.split("-")):
        return True
    return any(stem in known for stem in _stems(word))


def _stems(word: str) -> Iterable[str]:
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 1:
            yield from (stem, f"{stem}e", f"{stem[:-1]}y" if stem.endswith("i") else stem)
            yield stem[:-1] if stem[-1] == stem[-2] else stem
