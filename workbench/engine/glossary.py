"""Terms that mean the same in an assistant's documents, in one language or several.

Questions use other words than the documents, and another language; a glossary, written by whoever
knows the documents, tells the search which words stand for each other.
"""

import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from workbench.engine.text import fold
from workbench.errors import ConfigError
from workbench.yaml_text import read_yaml

Terms = Mapping[str, tuple[tuple[str, ...], ...]]
"""By language, the terms of one meaning; each term is its words."""

_SHORTEST_PLURAL = 4
_WORD = re.compile(r"\w+")


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
    def _by_key(self) -> dict[tuple[str, ...], Terms]:
        found: dict[tuple[str, ...], Terms] = {}
        for entry in self._entries:
            for terms in entry.values():
                for term in terms:
                    found.setdefault(_key(term), entry)
        return found

    @functools.cached_property
    def languages(self) -> frozenset[str]:
        """The languages of its terms."""
        return frozenset(lang for entry in self._entries for lang in entry)

    def __len__(self) -> int:
        return len(self._entries)

    def mentions(self, words: Sequence[str]) -> list[Mention]:
        """Return the terms among the words of a question, the longest first where they overlap.

        Case, diacritics and an English plural's "s" make no difference.
        """
        key = _key(words)
        longest = max(map(len, self._by_key), default=0)
        mentions: list[Mention] = []
        start = 0
        while start < len(key):
            ends = range(min(len(key), start + longest), start, -1)
            end = next((end for end in ends if key[start:end] in self._by_key), None)
            if end is not None:
                mentions.append(Mention(start, end, self._by_key[key[start:end]]))
            start = end or start + 1
        return mentions

    def translate(self, words: Sequence[str], lang: str) -> str | None:
        """Return the question with its terms in another language; `None` where none has one."""
        parts: list[str] = []
        done = 0
        for mention in self.mentions(words):
            if lang in mention.terms:
                parts += [*words[done : mention.start], *mention.terms[lang][0]]
                done = mention.end
        return " ".join([*parts, *words[done:]]) if done else None


NO_GLOSSARY = Glossary()


def _key(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(_singular(fold(word)) for word in words)


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
    entry = {lang: tuple(map(_words, terms)) for lang, terms in item.items()}
    if not all(term for terms in entry.values() for term in terms):
        raise ValueError("a term has no words")
    return entry


def _words(term: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFC", term).lower()))
