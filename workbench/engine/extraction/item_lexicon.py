"""The patterns that find an assistant's items in a message."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from workbench.engine.extraction.message import fold_letters, lower_letters
from workbench.engine.extraction.vocabulary import Names, Vocabulary

_ARTICLE = r"an?|another|se(?=\s)"
_FILLER = r"of|the|new|clean|fresh|other|nữa|my|our|full|whole|lagi|your|those|these"
_MORE = r"more|extra|additional|some|spare|any|thêm|tambahan|tambah"
_AFTER = (
    r"(?!\s*(?:am|pm|giờ|gio|h\b|people|pax|người|nguoi|ng\b|khách|khach|orang|nights?|malam|đêm|"
    r"dem|"
    r"k\b|for\b|times|floors?|minutes?|hours?|days?|phút|phut|tiếng|tieng))(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The patterns of an assistant's items in one language, with or without diacritics.

    Attributes:
        names: Finds a name of an item, as the group `name`.
        items: The item of each name.
        doubtful: The names that are other words too, unless they are counted.
        others: Finds what holds a name and is no item: "air conditioner".
        before: What counts an item before its name: a number, an article, a container that "se-"
            begins, a word for more of it, a container.
        after: What counts it after its name: the groups `mark`, `number` and `unit`.
    """

    names: re.Pattern[str]
    items: dict[str, str]
    doubtful: frozenset[str]
    others: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]


def lexicon_of(vocabulary: Vocabulary, lang: str, *, accented: bool) -> Lexicon:
    """Return the patterns of a vocabulary's items in a language; they are made once."""
    known: dict[tuple[str, bool], Lexicon] = vocabulary.memo
    key = lang, accented
    if key not in known:
        known[key] = _make(vocabulary, lang, lower_letters if accented else _without_accents)
    return known[key]


def _without_accents(text: str) -> str:
    return fold_letters(lower_letters(text))


def _make(vocabulary: Vocabulary, lang: str, spell: Callable[[str], str]) -> Lexicon:
    items: dict[str, str] = {}
    doubtful: set[str] = set()
    for name, called in vocabulary.items.items():
        for written in (*([name] if lang == "en" else []), *getattr(called, lang)):
            for form in plural_forms(written.rstrip("*"), lang):
                items.setdefault(spell(form), name)
                bare = spell is _without_accents
                if written.endswith("**") or (bare and written.endswith("*")):
                    doubtful.add(spell(form))
    own = _any(getattr(vocabulary.containers, lang), lang, spell)
    held = "|".join(
        _any(getattr(vocabulary.containers, each), each, spell) for each in ("en", "vi", "id")
    )
    modifiers = (*vocabulary.modifiers.en, *getattr(vocabulary.modifiers, lang))
    filler = _any((*_FILLER.split("|"), *modifiers), "", spell)
    more = _any(_MORE.split("|"), "", spell)
    fused = rf"|se({own})\s+" if lang == "id" else "|((?!))"
    return Lexicon(
        names=re.compile(rf"(?<![\w-])(?P<name>{_sorted(items) or '(?!)'})(?!\w)"),
        items=items,
        doubtful=frozenset(doubtful),
        others=re.compile(rf"(?<!\w)(?:{_any(_every(vocabulary.not_items), '', spell)})(?!\w)"),
        before=re.compile(
            rf"(?<![\w.,:/$])(?:(\d{{1,3}})(?:\s*x)?\s*|({_ARTICLE})\s+{fused})?"
            rf"(?:(?:({more})|({held})|{filler})(?:\s+|-))*$"
        ),
        after=re.compile(
            r"^\s*(?:(?P<mark>[x×:(*]|-)\s*)?(?P<number>\d{1,2})(?![\d:%/]|[.,]\d)"
            rf"\s*(?P<unit>(?:{held})(?!\w))?{spell(_AFTER)}"
        ),
    )


def _every(names: Names) -> tuple[str, ...]:
    return (*names.en, *names.vi, *names.id)


def _any(names: Iterable[str], lang: str, spell: Callable[[str], str]) -> str:
    return _sorted({spell(form) for name in names for form in plural_forms(name, lang)}) or "(?!)"


def _sorted(names: Iterable[str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(re.escape(name).replace(r"\ ", r"[\s-]+") for name in longest_first)


def plural_forms(name: str, lang: str = "en") -> list[str]:
    """Return a name and, in English, its plurals."""
    if lang != "en":
        return [name]
    if name.endswith(("s", "x", "ch", "sh")):
        return [name, f"{name}es"]
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return [name, f"{name[:-1]}ies", f"{name}s"]
    if name.endswith("fe"):
        return [name, f"{name[:-2]}ves", f"{name}s"]
    return [name, f"{name}s", f"{name}es"] if name.endswith("o") else [name, f"{name}s"]
