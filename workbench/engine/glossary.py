"""Terms that mean the same in an assistant's documents, in one language or several.

Questions use other words than the documents, and another language; a glossary, written by whoever
knows the documents, tells the search which words stand for each other.
"""

import functools
import hashlib
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from workbench.engine.text import fold
from workbench.errors import ConfigError
from workbench.yaml_text import read_yaml

Terms = Mapping[str, tuple[tuple[str, ...], ...]]
"""By language, the terms of one meaning; each term is its words."""
Key = tuple[str, ...]

_SHORTEST_PLURAL = 4
_TONES = "\u0300\u0301\u0303\u0309\u0323"
"""The combining marks of Vietnamese tones: grave, acute, tilde, hook, dot below."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A term of the glossary in a question.

    Attributes:
        start: The index of its first word in the question.
        end: The index after its last word.
        terms: All terms of that meaning.
    """

    start: int
    end: int
    terms: Terms


class Glossary:
    """Finds the terms that a question mentions.

    Args:
        entries: The meanings, each with its terms by language.
    """

    def __init__(self, entries: Sequence[Terms] = ()) -> None:
        self._entries = tuple(entries)

    @functools.cached_property
    def _exact(self) -> dict[Key, Terms]:
        return self._keyed(_tone_last)

    @functools.cached_property
    def _folded(self) -> dict[Key, Terms]:
        return self._keyed(fold)

    def _keyed(self, form: Callable[[str], str]) -> dict[Key, Terms]:
        found: dict[Key, Terms] = {}
        for entry in self._entries:
            for terms in entry.values():
                for term in terms:
                    found.setdefault(_key(term, form), entry)
        return found

    @functools.cached_property
    def languages(self) -> frozenset[str]:
        """The languages of its terms."""
        return frozenset(lang for entry in self._entries for lang in entry)

    def __len__(self) -> int:
        return len(self._entries)

    def digest(self) -> str:
        """Return a hash of its content, for what is kept of searches."""
        content = json.dumps([dict(entry) for entry in self._entries], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def mentions(self, words: Sequence[str], *, bare: bool = False) -> list[Mention]:
        """Return the terms among the words of a question, the longest first where they overlap.

        An English plural's "s" and where a Vietnamese tone mark stands make no difference.

        Args:
            words: The question's words, in lower case.
            bare: Whether it is Vietnamese typed without diacritics, which then make none either.
        """
        form, known = (fold, self._folded) if bare else (_tone_last, self._exact)
        key = _key(words, form)
        longest = max(map(len, known), default=0)
        mentions: list[Mention] = []
        start = 0
        while start < len(key):
            ends = range(min(len(key), start + longest), start, -1)
            end = next((end for end in ends if key[start:end] in known), None)
            if end is not None:
                mentions.append(Mention(start, end, known[key[start:end]]))
            start = end or start + 1
        return mentions


def translate(words: Sequence[str], mentions: Sequence[Mention], lang: str) -> str | None:
    """Return a question with its terms in another language; `None` where none has one."""
    parts: list[str] = []
    done = 0
    for mention in mentions:
        if lang in mention.terms:
            parts += [*words[done : mention.start], *mention.terms[lang][0]]
            done = mention.end
    return " ".join([*parts, *words[done:]]) if done else None


NO_GLOSSARY = Glossary()


def _key(words: Sequence[str], form: Callable[[str], str]) -> Key:
    return tuple(_singular(form(word)) for word in words)


def _tone_last(word: str) -> str:
    """Return a word with its tone mark at the end: "hoà" and "hòa" are one word."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = [char for char in decomposed if char in _TONES]
    rest = "".join(char for char in decomposed if char not in _TONES)
    return unicodedata.normalize("NFC", rest) + "".join(tones)


def _singular(word: str) -> str:
    plural = len(word) >= _SHORTEST_PLURAL and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if plural else word


def load_glossary(path: Path) -> Glossary:
    """Read a glossary: a YAML list of meanings, each a mapping of languages to lists of terms.

    A file that does not exist is an empty glossary.

    Raises:
        ConfigError: The file is not such a list.
    """
    if not path.is_file():
        return Glossary()
    try:
        content: Any = read_yaml(path.read_text(encoding="utf-8"))
        return Glossary([_entry(item) for item in content or ()])
    except (yaml.YAMLError, AttributeError, TypeError, ValueError) as error:
        raise ConfigError(
            f"{path} is not a valid glossary ({' '.join(str(error).split())[:120]})",
            "each item maps languages to lists of terms: {en: [late check-out], vi: [...]}",
        ) from error


def _entry(item: Mapping[str, Sequence[str]]) -> Terms:
    from workbench.engine.retrieval.lexical import lexical_words

    for lang, terms in item.items():
        if not isinstance(lang, str):
            raise TypeError(f"the language {lang!r} is no text: put it in quotes")
        if not (isinstance(terms, list) and terms and all(isinstance(t, str) for t in terms)):
            raise TypeError(f"{lang}: {terms!r} is no list of terms")
    entry = {
        lang: tuple(tuple(lexical_words(term)) for term in terms) for lang, terms in item.items()
    }
    if not all(term for terms in entry.values() for term in terms):
        raise ValueError("a term has no words")
    return entry
