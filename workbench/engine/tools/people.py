"""Names of people in a question: those that a table knows, and those that look like names."""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from workbench.engine.text import fold

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]{2,})*")
_PART = re.compile(r"[^\W\d_]+")
TITLES_WORDS = (
    "mr mrs ms miss mister madam mme sir dr khach guest ong ba anh chi co chu bac em gentleman lady"
    " bapak ibu pak bu"
)
TITLES = frozenset(TITLES_WORDS.split())
"""Folded words after which a name stands."""
_STARTERS_WORDS = (
    "a about also and any are at can check confirm could details did do does email find for "
    "from get"
    " give has have hello hey hi how i if in is kindly let list locate look may need new of on open"
    " our please pull reservation search send show since status tell the there until was we "
    "were what"
    " when where whether which who whom whose why will with would name named booking guest guests"
    " bao bay bi booking ca cac cho coi con cua da dat day den dang di duoc hay hom hoi khach "
    "khi kiem"
    " khong la lay luc ma mail mo mo muon nay ngay nhan nho noi phong qua roi sao sau tai ten "
    "the thi"
    " thu tim toi tra trong tu va vay ve vi viet voi xem xin xac email gui goi nhac bao luu "
    "nhan"
)
_STARTERS = frozenset(_STARTERS_WORDS.split())
_VIETNAMESE_FAMILIES_WORDS = (
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh cao lam mai ta to"
    " truong trinh dao doan luong ha thai chau quach trieu kieu la luu tang vuong"
)
_VIETNAMESE_FAMILIES = frozenset(_VIETNAMESE_FAMILIES_WORDS.split())
_CUE = re.compile(
    r"\b(?:under\s+the\s+name(?:\s+of)?|in\s+the\s+name\s+of|named|name|"
    r"ten(?:\s+la)?|atas\s+nama)\s+"
)
_STOPS_WORDS = (
    "o dat la co dang da khi den phong nao gi khong chua may bao luc ngay hom roi ve tra nhan "
    "va thi"
    " has have is are was arrive arrives arrived stay stays staying please and for on in at "
    "with who"
    " which what when of the a yet now check checked book booked leave leaves"
)
_STOPS = frozenset(_STOPS_WORDS.split())
_MOST_WORDS, _FEWEST_LETTERS = 4, 2


@dataclass(frozen=True, slots=True)
class _Known:
    """The names of a table, by their folded words."""

    whole: dict[tuple[str, ...], tuple[str, ...]]
    ends: dict[tuple[str, ...], tuple[str, ...]]


def spell_names(text: str, known: Sequence[str]) -> str:
    """Return a text with the names that a table knows spelt as they stand there.

    A whole name is known in any case, without its diacritics and with the family name first; after
    a title ("Mr Keller", "chị Diệu Linh") its last words are enough where they name one person.
    A name whose diacritics are others is somebody else's.

    Args:
        text: What was written, in NFC.
        known: The names that the operator may see.
    """
    table = _table(tuple(known))
    words = [(match.start(), match.end()) for match in _PART.finditer(text)]
    spelt, done = [], 0
    at = 0
    while at < len(words):
        found = _whole_at(text, words, at, table) or _end_at(text, words, at, table)
        if found is None:
            at += 1
            continue
        name, count = found
        spelt += [text[done : words[at][0]], name]
        at += count
        done = words[at - 1][1]
    return "".join([*spelt, text[done:]])


@lru_cache(maxsize=4)
def _table(known: tuple[str, ...]) -> _Known:
    whole: dict[tuple[str, ...], list[str]] = {}
    ends: dict[tuple[str, ...], list[str]] = {}
    for name in known:
        parts = tuple(_PART.findall(fold(name)))
        for form in {parts, (*parts[-1:], *parts[:-1]), (*parts[1:], *parts[:1])}:
            whole.setdefault(form, []).append(name)
        for count in range(1, len(parts)):
            ends.setdefault(parts[-count:], []).append(name)
    return _Known(
        {form: tuple(names) for form, names in whole.items()},
        {form: tuple(names) for form, names in ends.items()},
    )


def _whole_at(
    text: str, words: list[tuple[int, int]], at: int, table: _Known
) -> tuple[str, int] | None:
    """Return the known name whose whole words begin at a word, and how many they are."""
    for count in range(_MOST_WORDS + 1, 1, -1):
        span = words[at : at + count]
        if any(text[one[1] : two[0]].strip(" ,-'’") for one, two in pairwise(span)):
            continue
        form = _form(text, span)
        if len(form) == count and form in table.whole:
            written = text[words[at][0] : words[at + count - 1][1]]
            name = _same(written, table.whole[form])
            if name is not None:
                return name, count
    return None


def _end_at(
    text: str, words: list[tuple[int, int]], at: int, table: _Known
) -> tuple[str, int] | None:
    """Return the one person whose last words stand after a title."""
    if at == 0 or fold(text[slice(*words[at - 1])]) not in TITLES:
        return None
    if not text[words[at][0]].isupper():
        return None
    for count in (3, 2, 1):
        form = _form(text, words[at : at + count])
        names = set(table.ends.get(form, ()))
        if len(form) == count and len(names) == 1:
            [name] = names
            written = text[words[at][0] : words[at + count - 1][1]]
            if written.isascii() or name.casefold().endswith(written.casefold()):
                return name, count
    return None


def _form(text: str, words: list[tuple[int, int]]) -> tuple[str, ...]:
    return tuple(fold(text[start:end]) for start, end in words)


def _same(written: str, names: Sequence[str]) -> str | None:
    """Return the name that is written; without diacritics it may be the one that is spelt so."""
    exact = [name for name in names if name.casefold() == written.casefold()]
    if exact:
        return exact[0]
    alike = [name for name in names if written.isascii() or name.isascii()]
    return alike[0] if len(alike) == 1 else None


def names_like(text: str, others: Container[str]) -> list[str]:
    """Return the names of people that a text seems to hold, in their order.

    They are two words or more that begin with capital letters, or one after a title, or the words
    after "under the name".

    Args:
        text: What was written, in NFC.
        others: Folded words with capital letters that are no names.
    """
    found = [name for run in _runs(text, others) if (name := _name_of(run))]
    return list(dict.fromkeys(found or _after_a_cue(text, others)))


Word = tuple[str, str, bool]
"""A word, the one before it folded, and whether it opens a sentence."""


def _runs(text: str, others: Container[str]) -> Iterator[list[Word]]:
    """Yield the runs of capitalised words with nothing but a space between them."""
    run: list[Word] = []
    end, before = -2, ""
    for match in _WORD.finditer(text):
        word, opens = (
            match.group(),
            not text[: match.start()].rstrip(" \"'“(")
            or (text[: match.start()].rstrip(" \"'“(")[-1] in ".?!:;\n"),
        )
        capital = word[0].isupper() and fold(word) not in others
        if run and (not capital or text[end : match.start()] not in (" ", ". ")):
            yield run
            run = []
        if capital:
            run.append((word, before, opens))
        end, before = match.end(), fold(word)
    if run:
        yield run


def _name_of(run: list[Word]) -> str:
    words = list(run)
    while words and _is_no_name(words[0], words[1:]):
        words = words[1:]
    if not words:
        return ""
    titled = fold(words[0][1]) in TITLES
    name = " ".join(word for word, _, _ in words[:_MOST_WORDS])
    name = re.sub(r"['’]s$", "", name)
    return name if len(words) > 1 or (titled and len(name) > _FEWEST_LETTERS) else ""


def _is_no_name(word: Word, rest: list[Word]) -> bool:
    """Tell whether the first word of a run is a title, or opens the sentence only."""
    folded = fold(word[0])
    if folded in TITLES and folded not in _VIETNAMESE_FAMILIES:
        return True
    if not word[2]:
        return False
    return folded in _STARTERS and (folded not in _VIETNAMESE_FAMILIES or len(rest) > _MOST_WORDS)


def _after_a_cue(text: str, others: Container[str]) -> list[str]:
    match = _CUE.search(fold(text))
    if not match:
        return []
    name: list[str] = []
    for word in re.split(r"\s+", text[match.end() :])[:_MOST_WORDS]:
        bare = word.strip(",.?!;:")
        if not _WORD.fullmatch(bare) or fold(bare) in _STOPS or fold(bare) in others:
            break
        name.append(bare)
        if bare != word:
            break
    return [" ".join(name)] if len(name) > 1 else []
