"""The form of a text in which words are matched: NFC, lower case, plain words and numbers.

Postgres's own parser reads "check-in/check-out" as a file name and "700,000" as two numbers;
text and questions are therefore reduced to words here, before it sees them.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from workbench.engine.clock import unify_times
from workbench.engine.glossary import NO_GLOSSARY, Glossary, Mention, translate
from workbench.engine.language import detect_language
from workbench.engine.text import canonical_number, fold

CONFIGS = {"en": "english", "id": "indonesian"}
"""Postgres's text search configuration by language; "simple" where it has none (Vietnamese)."""

_WORD = re.compile(r"\d{1,2}h(?:\d\d)?(?!\w)|\d+(?:[.,:]\d+)*|[^\W\d_]+\d*")
_LONGEST_WORD = 60


def config_for(lang: str) -> str:
    """Return the text search configuration for a language."""
    return CONFIGS.get(lang, "simple")


def lexical_words(text: str) -> list[str]:
    """Return the words of a text with numbers and times in one form.

    "700.000" and "700,000" are "700000"; "3 PM" and "15:00" are "15h".
    """
    composed = unicodedata.normalize("NFC", text).lower()
    return [_word(word) for word in _WORD.findall(unify_times(composed))]


def _word(word: str) -> str:
    if not word[0].isdigit():
        return word[:_LONGEST_WORD]
    # "2:75" would be two words to Postgres
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
        words: Its distinct words, and those that a glossary says stand for them.
        folded: The same words without diacritics.
        places: For each word, which word of the question it is, or stands for.
        lang: Its language.
        accented: Whether any word of the question is written with diacritics.
        by_language: The question's words with the glossary's terms in other languages.
    """

    words: tuple[str, ...]
    folded: tuple[str, ...]
    places: tuple[int, ...]
    lang: str
    accented: bool
    by_language: Mapping[str, str] = field(default_factory=dict)

    @property
    def bare_vietnamese(self) -> bool:
        """Whether it is Vietnamese typed without diacritics."""
        return self.lang == "vi" and not self.accented

    def sees(self, lang: str) -> bool:
        """Tell whether the text leg can find passages in a language by more than chance."""
        return lang == self.lang or lang in self.by_language or self.bare_vietnamese


def read_question(query: str, glossary: Glossary = NO_GLOSSARY) -> Asked:
    """Reduce a question to its words, and pairs of syllables in Vietnamese; tell its language."""
    lang = detect_language(query)
    own = lexical_words(query)
    accented = own != folded_words(own)
    mentions = glossary.mentions(own, bare=lang == "vi" and not accented)
    placed: dict[str, int] = {}
    for place, word in enumerate([*own, *(pairs(own) if lang == "vi" else ())]):
        if len(placed) < MOST_WORDS:
            placed.setdefault(word, place)
    for mention in mentions:
        for index, word in _synonyms(mention):
            placed.setdefault(word, mention.start + index % (mention.end - mention.start))
    return Asked(
        tuple(placed),
        tuple(folded_words(list(placed))),
        tuple(placed.values()),
        lang,
        accented=accented,
        by_language={
            other: translated
            for other in glossary.languages - {lang}
            if (translated := translate(own, mentions, other))
        },
    )


def _synonyms(mention: Mention) -> Iterator[tuple[int, str]]:
    """Yield the words of all terms of a meaning, each with its index in its term."""
    for lang, terms in mention.terms.items():
        for term in terms:
            yield from enumerate([*term, *(pairs(list(term)) if lang == "vi" else ())])
