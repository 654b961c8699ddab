"""The feeling of a message, by a list of words that anybody can read: `sentiment.yaml`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from workbench.engine.extraction.message import fold_letters, lower_letters
from workbench.yaml_text import read_yaml

Sentiment = Literal["positive", "neutral", "negative"]
WORDS = Path(__file__).with_name("sentiment.yaml")
_LANGUAGES = ("en", "vi", "id")
_REACH = 14
"""Characters before a word in which a negation takes it away."""
_SURE = 2
"""Points from which on praise is more than politeness."""


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of the list: a pattern and its points, and the negations."""

    negative: tuple[tuple[re.Pattern[str], int], ...]
    positive: tuple[tuple[re.Pattern[str], int], ...]
    signs: Mapping[str, tuple[str, ...]]
    negations: re.Pattern[str]


def sentiment(text: str) -> Sentiment:
    """Return the feeling of a message: that of the side whose words weigh more.

    A message is negative from the first word of trouble, danger or displeasure on that nothing
    outweighs, and positive only where praise or joy is more than "thank you". A negation just
    before a word takes it away.

    Args:
        text: The message, in English, Vietnamese or Indonesian, also mixed.
    """
    lowered = lower_letters(text)
    words = _words(any(not char.isascii() and char.isalpha() for char in lowered))
    bad, good = 0, 0
    for pattern, points in words.negative:
        bad += sum(
            points for match in pattern.finditer(lowered) if not _negated(lowered, match, words)
        )
    for pattern, points in words.positive:
        good += sum(
            points for match in pattern.finditer(lowered) if not _negated(lowered, match, words)
        )
    bad += _SURE * sum(lowered.count(sign) for sign in words.signs["negative"])
    good += _SURE * sum(lowered.count(sign) for sign in words.signs["positive"])
    if bad and bad >= good:
        return "negative"
    return "positive" if good >= _SURE else "neutral"


def _negated(text: str, match: re.Match[str], words: _Words) -> bool:
    before = text[max(0, match.start() - _REACH) : match.start()]
    return words.negations.search(before) is not None


@cache
def _words(accented: bool) -> _Words:
    listed = read_yaml(WORDS.read_text(encoding="utf-8"))
    negations = [word for lang in _LANGUAGES for word in listed["negations"][lang]]
    return _Words(
        negative=_groups(listed["negative"], accented=accented),
        positive=_groups(listed["positive"], accented=accented),
        signs={side: tuple(signs) for side, signs in listed["signs"].items()},
        negations=re.compile(rf"(?<!\w)(?:{_any(negations, accented=accented)})\s+(?:\w+\s+)?$"),
    )


def _groups(
    groups: Mapping[str, Mapping[str, Any]], *, accented: bool
) -> tuple[tuple[re.Pattern[str], int], ...]:
    made = []
    for group in groups.values():
        words = [word for lang in _LANGUAGES for word in group[lang]]
        pattern = re.compile(rf"(?<!\w)(?:{_any(words, accented=accented)})(?!\w)")
        made.append((pattern, int(group["points"])))
    return tuple(made)


def _any(words: Iterable[str], *, accented: bool) -> str:
    """Return the words as one pattern; without diacritics those with "*" are left out."""
    read = [word.rstrip("*") for word in words if accented or not word.endswith("*")]
    spelt = {
        lower_letters(word) if accented else fold_letters(lower_letters(word)) for word in read
    }
    return "|".join(re.escape(word) for word in sorted(spelt, key=len, reverse=True))
