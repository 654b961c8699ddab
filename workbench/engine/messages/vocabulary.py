"""The words of which prose may be made, and what made of them is no courtesy.

Two lists hold each other. `words/` has the general vocabulary of a language, which names no thing,
person, place, figure or time: whatever a list of forbidden things forgets is still no word of it
("Our new helipad awaits you"). `claims/` has what can be checked although its words are general:
benefits, promises ("we will hold ..."), orders to the guest, states of a booking.
"""

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from workbench.yaml_text import read_yaml

TOKEN = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_ENDINGS = (
    "'s",
    "’s",
    "s",
    "es",
    "ed",
    "ing",
    "est",
    "ly",
    "'ll",
    "’ll",
    "'re",
    "’re",
    "'ve",
    "’ve",
)
_SHORTEST_STEM = 2
_SHORTEST = 6
"""Letters of a word that is general by its ending alone: "ably" and "only" are not."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What prose of a language may hold.

    Attributes:
        courtesy: General words, which claim nothing, in small letters.
        endings: Endings of more general words.
        exceptions: Words that are not general although they end, or are made, as if they were.
        capitals: General words that may have a capital letter within a sentence.
        numbers: Words for numbers.
        phrases: Courteous phrases of other words, such as "do not hesitate".
        benefits: What is granted only where a fact says so, of all languages.
        claims: What else is said or asked for only where a fact says so, of all languages.
        apologies: Words of regret, which only an apology says, of all languages.
        after: Beginnings of promises and orders, of all languages, each with a group for the word
            that follows, and the words that may follow it.
    """

    courtesy: frozenset[str]
    endings: tuple[str, ...]
    exceptions: frozenset[str]
    capitals: frozenset[str]
    numbers: frozenset[str]
    phrases: re.Pattern[str]
    benefits: re.Pattern[str]
    claims: re.Pattern[str]
    apologies: re.Pattern[str]
    after: tuple[tuple[re.Pattern[str], frozenset[str]], ...]


@functools.cache
def vocabulary(lang: str) -> Vocabulary:
    """Return the vocabulary of a language; for one without a list nothing is courteous."""
    own = _lists("words").get(lang, {})
    listed = _lists("claims").values()
    return Vocabulary(
        courtesy=_words(own.get("courtesy", "")),
        endings=tuple(own.get("endings", ())),
        exceptions=_words(own.get("exceptions", "")),
        capitals=frozenset(own.get("capitals", "").split()),
        numbers=_words(own.get("numbers", "")),
        phrases=_phrases(own.get("phrases", [r"(?!)"])),
        benefits=_phrases(phrase for each in listed for phrase in each["benefits"]),
        claims=_phrases(phrase for each in listed for phrase in each["claims"]),
        apologies=_phrases(phrase for each in listed for phrase in each["apologies"]),
        after=tuple(_after(rule, each["adverbs"]) for each in listed for rule in each["after"]),
    )


@functools.cache
def _lists(folder: str) -> Mapping[str, Any]:
    """Return the lists of a folder, by language."""
    files = (resources.files("workbench.engine.messages") / folder).iterdir()
    return {
        file.name.removesuffix(".yaml"): read_yaml(file.read_text("utf-8"))
        for file in files
        if file.name.endswith(".yaml")
    }


def _words(text: str) -> frozenset[str]:
    return frozenset(text.casefold().split())


def _phrases(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of whole phrases; "feather-free" is not the phrase "free"."""
    return re.compile(rf"(?<!\w)(?<!\w-)(?:{'|'.join(patterns)})(?:s|es|d|ed|ing)?(?!\w)", re.I)


def _after(rule: Mapping[str, str], adverbs: str) -> tuple[re.Pattern[str], frozenset[str]]:
    gap = rf"[\s,]+(?:(?:{adverbs})[\s,]+)*"
    pattern = rf"(?<!\w)(?:{rule['before']})(?!\w){gap}([^\W\d_][\w’'-]*)"
    return re.compile(pattern, re.I), _words(rule["may"])


def found_phrases(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return the phrases of a pattern in a text, in small letters, without repeats."""
    found = (" ".join(match[0].casefold().split()) for match in pattern.finditer(text))
    return list(dict.fromkeys(found))


def found_promises(text: str, lang: str) -> list[str]:
    """Return the promises and orders in a text: "we will hold", "please bring"."""
    found = (
        " ".join(match[0].casefold().split())
        for pattern, may in vocabulary(lang).after
        for match in pattern.finditer(text)
        if match[1].casefold().replace("’", "'") not in may
    )
    return list(dict.fromkeys(found))


def is_general(word: str, lang: str) -> bool:
    """Tell whether a word in small letters claims nothing by itself."""
    listed = vocabulary(lang)
    if word in listed.exceptions:
        return word in listed.courtesy
    open_ending = len(word) >= _SHORTEST and word.endswith(listed.endings) and "-" not in word
    return open_ending or is_form_of(word, listed.courtesy)


def is_form_of(word: str, known: frozenset[str]) -> bool:
    """Tell whether a word is one of those known, with an ending, or made of them with hyphens."""
    word = word.replace("’", "'")
    if word in known:
        return True
    if "-" in word and all(is_form_of(part, known) for part in word.split("-")):
        return True
    return any(stem in known for stem in _stems(word))


def _stems(word: str) -> Iterable[str]:
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < _SHORTEST_STEM:
            continue
        if ending == "es" and not stem.endswith(("s", "x", "z", "ch", "sh", "o", "i")):
            continue  # "suites" is no form of "suit"
        yield from (stem, f"{stem}e", f"{stem[:-1]}y" if stem.endswith("i") else stem)
        yield stem[:-1] if stem[-1] == stem[-2] else stem
