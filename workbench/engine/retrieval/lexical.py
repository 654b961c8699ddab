"""The form of a text in which words are matched: NFC, lower case, plain words and numbers.

Postgres's own parser reads "check-in/check-out" as a file name and "700,000" as two numbers;
text and questions are therefore reduced to words here, before it sees them.
"""

import itertools
import re
import unicodedata
from dataclasses import dataclass

from workbench.engine.language import detect_language
from workbench.engine.text import canonical_number, fold

CONFIGS = {"en": "english", "id": "indonesian"}
"""Postgres's text search configuration by language; "simple" where it has none (Vietnamese)."""

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+\d*")
_LONGEST_WORD = 60


def config_for(lang: str) -> str:
    """Return the text search configuration for a language."""
    return CONFIGS.get(lang, "simple")


def lexical_words(text: str) -> list[str]:
    """Return the words of a text with canonical numbers ("700.000" and "700,000" are "700000")."""
    composed = unicodedata.normalize("NFC", text).lower()
    return [_word(word) for word in _WORD.findall(composed)]


def _word(word: str) -> str:
    if not word[0].isdigit():
        return word[:_LONGEST_WORD]
    # "15:30" would be two words to Postgres, "15h30" is one
    return canonical_number(word).replace(":", "h")[:_LONGEST_WORD]


def pairs(words: list[str]) -> list[str]:
    """Return neighbouring syllables as one word each: "trả phòng" becomes "trảphòng".

    A Vietnamese word is mostly two syllables long, and each of them, without diacritics above all,
    stands in many others; in Postgres's parsing they are single words.
    """
    neighbours = itertools.pairwise(words)
    return [left + right for left, right in neighbours if left.isalpha() and right.isalpha()]


def folded_words(words: list[str]) -> list[str]:
    """Return the words without diacritics ("phòng" becomes "phong")."""
    return [fold(word) for word in words]


MOST_WORDS = 60
"""Words of a question that are matched; the first ones, in a longer text."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the text leg reads it.

    Attributes:
        words: Its distinct words.
        folded: The same words without diacritics.
        lang: Its language.
    """

    words: tuple[str, ...]
    folded: tuple[str, ...]
    lang: str

    @property
    def accented(self) -> bool:
        """Whether any word is written with diacritics."""
        return self.words != self.folded

    @property
    def bare_vietnamese(self) -> bool:
        """Whether it is Vietnamese typed without diacritics."""
        return self.lang == "vi" and not self.accented


def read_question(query: str) -> Asked:
    """Reduce a question to its words, and pairs of syllables in Vietnamese; tell its language."""
    lang = detect_language(query)
    found = lexical_words(query)
    if lang == "vi":
        found += pairs(found)
    words = list(dict.fromkeys(found))[:MOST_WORDS]
    return Asked(tuple(words), tuple(folded_words(words)), lang)
