"""Slips of the keyboard in the English names of things."""

import re
from functools import lru_cache

from workbench.engine.extraction.date_words import MONTHS, WEEKDAYS
from workbench.engine.extraction.message import Message, rewrite
from workbench.engine.extraction.vocabulary import Vocabulary

_WORD = re.compile(r"(?<![\w-])[a-z]{4,}(?![\w-])")
_SHORTEST, _ADDED_FROM, _REPLACED_FROM = 5, 7, 8
_CALENDAR = frozenset(
    word for word in (*MONTHS, *WEEKDAYS, "tomorrow", "tonight", "morning", "afternoon", "evening")
    if len(word) > 5
)  # fmt: skip


def mend_spelling(message: Message, vocabulary: Vocabulary) -> Message:
    """Return a message with the names of things spelt right that are one slip away: "towles".

    A slip swaps two letters or doubles one wrongly; in long words it may leave one out, add one or
    take another one.
    Only English messages are mended, in which other words seldom look alike.
    """
    if message.lang != "en":
        return message
    known = vocabulary.spellings | _CALENDAR
    changes = []
    for match in _WORD.finditer(message.plain):
        word = match.group()
        if word in known or word in vocabulary.not_typos:
            continue
        meant = _meant(word, known)
        if meant:
            changes.append((*match.span(), meant))
    return rewrite(message, changes)


@lru_cache(maxsize=4096)
def _meant(word: str, known: frozenset[str]) -> str:
    """Return the one known word that is a slip away; nothing where none or several are."""
    from rapidfuzz.distance import OSA

    for plural in ("", "s", "es"):
        stem = word.removesuffix(plural) if plural else word
        if plural and stem in known:
            return ""
    near = [
        each
        for each in known
        if each[0] == word[0]
        and abs(len(each) - len(word)) <= 1
        and _is_slip(word, each, OSA.distance(word, each, score_cutoff=1))
    ]
    plurals = [f"{each}s" for each in known if word.endswith("s") and each[0] == word[0]]
    near += [
        each for each in plurals
        if abs(len(each) - len(word)) <= 1
        and _is_slip(word, each, OSA.distance(word, each, score_cutoff=1))
    ]  # fmt: skip
    return near[0] if len(near) == 1 else ""


def _is_slip(word: str, known: str, distance: int) -> bool:
    if distance != 1 or len(known) < _SHORTEST:
        return False
    if sorted(word) == sorted(known) or _once(word) == _once(known):
        return True
    if len(word) != len(known):
        return len(known) >= _ADDED_FROM and not word.startswith(known)
    return len(known) >= _REPLACED_FROM and word[:-1] != known[:-1]


def _once(word: str) -> str:
    """Return a word with its double letters single."""
    return re.sub(r"(.)\1", r"\1", word)
