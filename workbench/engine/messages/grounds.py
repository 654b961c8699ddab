"""What prose may take from a message's facts: their names as wholes, their other words singly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from workbench.engine.messages.facts import Fact
from workbench.engine.messages.sheet import Sheet
from workbench.engine.messages.vocabulary import TOKEN, is_form_of, is_general, vocabulary

_TYPED = {"name", "title", "code", "text"}
"""Facts whose words prose may use; the words of a choice ("included") would fit anything."""
_TITLES = {"Mr", "Mrs", "Ms", "Dr", "Prof"}
_SENTENCE_START = re.compile(r"(?:^|[.!?…:]\s+)[\"“‘'(]*$")
Tokens = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """Words with capital letters next to each other, and where each begins."""

    words: Tokens
    places: tuple[int, ...]
    starts_sentence: bool

    def with_word(self, match: re.Match[str]) -> "_Run":
        """Return it with one more word."""
        places = (*self.places, match.start())
        return _Run((*self.words, match[0]), places, self.starts_sentence)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What prose may take from the facts.

    Attributes:
        facts: Those that give something: not somebody's own words, and not what was withheld.
        texts: What prose may repeat: the words of such facts, the plain prose, the kind's words.
        known: The names of the assistant's own things, in small letters, as words.
        lang: The language of the prose.
    """

    facts: tuple[Fact, ...]
    texts: tuple[str, ...]
    known: tuple[Tokens, ...]
    lang: str

    @property
    def names(self) -> set[Tokens]:
        """Whole names that were given, in small letters: known ones, and the facts themselves."""
        whole = {tuple(_small(fact.text)) for fact in self.facts if fact.type in _TYPED}
        given = [_small(text) for text in self.texts]
        return whole | {name for name in self.known if any(_holds(text, name) for text in given)}

    @property
    def words(self) -> frozenset[str]:
        """Words that may be used singly; no part of a name is one of them."""
        people = {fact.text for fact in self.facts if fact.type in ("name", "code")}
        rest = [self._nameless(_small(text)) for text in self.texts if text not in people]
        return frozenset(word for text in rest for word in text)

    @property
    def pairs(self) -> set[Tokens]:
        """Words that stand next to each other: "three nights" does not give "three rooms"."""
        given = [_small(text) for text in self.texts]
        return {pair for text in given for pair in pairwise(text)}

    def _nameless(self, text: Sequence[str]) -> list[str]:
        rest = list(text)
        for name in self.known:
            while (start := _find(rest, name)) is not None:
                rest[start : start + len(name)] = []
        return rest


def grounds_of(sheet: Sheet) -> Grounds:
    """Return what the prose of a message may take from its facts."""
    facts = tuple(
        fact for fact in sheet.facts.values() if not fact.quoted and fact.name not in sheet.withheld
    )
    texts = [fact.text for fact in facts if fact.type in _TYPED]
    known = sorted((tuple(_small(name)) for name in sheet.names), key=len, reverse=True)
    return Grounds(
        facts=facts,
        texts=(*texts, sheet.plain.opening, sheet.plain.closing, sheet.words),
        known=tuple(known),
        lang=sheet.lang,
    )


def strange_names(text: str, grounds: Grounds) -> list[str]:
    """Return the names in a text that were not given as they stand there.

    A name is one of the assistant's own things, however it is written, or a run of words with
    capital letters. A run is a given name, or several, or a part of one: of "Hotel Blue" and
    "Garden Suite" prose may take "Blue", but not "Blue Suite".
    """
    tokens = _small(text)
    given = grounds.names
    found = []
    for name in grounds.known:
        while (start := _find(tokens, name)) is not None:
            tokens[start : start + len(name)] = [""]
            if name not in given:
                found.append(" ".join(name))
    runs = [run.words for run in _runs(text, grounds.lang) if not _is_given(run, grounds)]
    strange = [" ".join(run) for run in runs if " ".join(_folded(run)) not in found]
    return list(dict.fromkeys([*found, *strange]))


def strange_words(text: str, grounds: Grounds) -> list[str]:
    """Return the words of a text, names aside, that are neither general nor given."""
    matches = list(TOKEN.finditer(text))
    following = [*(match[0].casefold() for match in matches[1:]), ""]
    numbers, words, pairs = vocabulary(grounds.lang).numbers, grounds.words, grounds.pairs
    named = _named(text, grounds)
    strange = []
    for match, after in zip(matches, following, strict=False):
        word = match[0].casefold()
        if word in numbers and (word, after) not in pairs:
            strange.append(match[0])
        elif match.start() in named or word in numbers:
            continue
        elif not is_general(word, grounds.lang) and not is_form_of(word, words):
            strange.append(match[0])
    return list(dict.fromkeys(strange))


def _named(text: str, grounds: Grounds) -> set[int]:
    """Return where words begin that are judged as names: within a sentence, or given as one."""
    named: set[int] = set()
    for run in _runs(text, grounds.lang):
        own = run.starts_sentence and not _is_name(run.words, grounds)
        named.update(run.places[1:] if own else run.places)
    return named


def _is_given(run: _Run, grounds: Grounds) -> bool:
    """Tell whether a run was given; its first word may only begin the sentence."""
    words = run.words
    if run.starts_sentence and (len(words) == 1 or is_general(words[0].casefold(), grounds.lang)):
        return len(words) == 1 or _is_name(words, grounds) or _is_name(words[1:], grounds)
    return _is_name(words, grounds)


def _is_name(run: Tokens, grounds: Grounds) -> bool:
    rest = list(_folded(run))
    for name in sorted(grounds.names, key=len, reverse=True):
        start = _find(rest, name)
        if start is not None:
            rest[start : start + len(name)] = []
    if not rest or len(rest) < len(run):
        return not rest
    if len(run) == 1:  # "Hope" is not given by "we hope"
        return any(run[0] in TOKEN.findall(text) for text in grounds.texts)
    return any(_holds(_small(text), _folded(run)) for text in grounds.texts)


def _runs(text: str, lang: str) -> list[_Run]:
    """Return the runs of words with capital letters."""
    runs: list[_Run] = []
    end = -1
    for match in TOKEN.finditer(text):
        if not match[0][0].isupper() or match[0] in vocabulary(lang).capitals:
            continue
        last = runs[-1].words[-1] if runs else ""
        between = text[end : match.start()] if runs else ""
        if between.isspace() or (between == ". " and last in _TITLES):
            runs[-1] = runs[-1].with_word(match)
        else:
            runs.append(_Run((match[0],), (match.start(),), _begins(text[: match.start()])))
        end = match.end()
    return runs


def _begins(before: str) -> bool:
    """Tell whether a sentence begins after a text; none does after "Mr."."""
    last = TOKEN.findall(before)[-1:]
    if before.endswith(". ") and last and last[0] in _TITLES:
        return False
    return _SENTENCE_START.search(before) is not None


def _small(text: str) -> list[str]:
    return [token.casefold() for token in TOKEN.findall(text)]


def _folded(run: Sequence[str]) -> Tokens:
    return tuple(each.casefold().removesuffix("'s").removesuffix("’s") for each in run)


def _find(text: Sequence[str], part: Sequence[str]) -> int | None:
    """Return where words stand in a text next to each other; the last may be in the plural."""
    size = len(part)
    if not part:  # a declared name without letters, such as "***", stands nowhere
        return None
    for start in range(len(text) - size + 1):
        here = list(text[start : start + size])
        if here[:-1] == list(part[:-1]) and here[-1] in (part[-1], f"{part[-1]}s"):
            return start
    return None


def _holds(text: Sequence[str], part: Sequence[str]) -> bool:
    return _find(text, part) is not None
