"""Number words of a message as digits, so that every rule reads digits alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from workbench.engine.extraction.message import Message, fold_letters, rewrite
from workbench.engine.extraction.number_words import (
    ENGLISH,
    INDONESIAN,
    NEEDS_A_UNIT,
    NOT_BEFORE,
    NOT_BEFORE_BARE,
    TENS,
    UNITS_AFTER,
    VIETNAMESE,
    VIETNAMESE_TEEN,
)

T = TypeVar("T")
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_JOINS = re.compile(r"[ \t]+|-")
_NOT_ONE_WORDS = (
    "another this that which no every any new best other only old good some first last same big "
    "small right wrong loved nice better"
)
_NOT_ONE = frozenset(_NOT_ONE_WORDS.split())
"""Words after which "one" stands for a thing."""
_DOZEN, _HALF_DOZEN = 12, 6
_PHRASES = (
    (("half", "a", "dozen"), _HALF_DOZEN),
    (("a", "dozen"), _DOZEN),
    (("a", "couple", "of"), 2),
    (("couple", "of"), 2),
    (("nửa", "tá"), _HALF_DOZEN),
    (("một", "tá"), _DOZEN),
    (("setengah", "lusin"), _HALF_DOZEN),
    (("selusin",), _DOZEN),
)
_ROOM_ZERO = frozenset(("không", "linh", "lẻ", "khong", "le"))


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a message: what stands between two is kept as a gap."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    joined: tuple[bool, ...]
    lang: str
    accented: bool

    def at(self, place: int) -> str:
        """Return a word that follows the one before it directly; nothing where none does."""
        if 0 <= place < len(self.words):
            return self.words[place]
        return ""

    def run(self, begin: int, count: int) -> bool:
        """Tell whether so many words stand next to each other."""
        inside = range(begin + 1, begin + count)
        return begin + count <= len(self.words) and all(self.joined[place] for place in inside)


def spell_digits(message: Message) -> Message:
    """Return a message with its number words as digits: "half past seven" as "half past 7"."""
    found = list(_TOKEN.finditer(message.plain))
    words = _Words(
        words=tuple(one.group() for one in found),
        spans=tuple(one.span() for one in found),
        joined=tuple(
            bool(place)
            and bool(_JOINS.fullmatch(message.plain[found[place - 1].end() : one.start()]))
            for place, one in enumerate(found)
        ),
        lang=message.lang,
        accented=message.accented,
    )
    changes = []
    place = 0
    while place < len(found):
        read = _number_at(words, place)
        if read is None:
            place += 1
            continue
        value, count = read
        changes.append((words.spans[place][0], words.spans[place + count - 1][1], value))
        place += count
    return rewrite(message, changes)


def _number_at(words: _Words, place: int) -> tuple[str, int] | None:
    """Return the number that begins at a word, and of how many words it is."""
    for phrase, value in _PHRASES:
        spelt = phrase if words.accented else tuple(map(fold_letters, phrase))
        if words.words[place : place + len(phrase)] == spelt and words.run(place, len(phrase)):
            return str(value), len(phrase)
    readers = [_english]
    if words.lang == "vi" or words.accented:
        readers.insert(0, _vietnamese)
    if words.lang == "id":
        readers.insert(0, _indonesian)
    for reader in readers:
        read = reader(words, place)
        if read is not None:
            return read
    return None


def _english(words: _Words, place: int) -> tuple[str, int] | None:
    word = words.at(place)
    if word == "a" and words.at(place + 1) == "hundred":
        return "100", 2
    value = ENGLISH.get(word)
    if value is None or (word == "ten" and words.lang == "vi"):
        return None
    if word == "one" and (
        words.at(place - 1) in _NOT_ONE or words.at(place + 1) in ("another", "of")
    ):
        return None
    count = 1
    if value in TENS and words.run(place, 2) and 0 < ENGLISH.get(words.at(place + 1), 0) < 10:
        value, count = value + ENGLISH[words.at(place + 1)], 2
    if words.at(place + count) == "hundred" and words.run(place, count + 1):
        return _english_hundreds(words, place, value, count + 1)
    if words.at(place + count) == "dozen":
        return str(value * _DOZEN), count + 1
    return str(value), count


def _english_hundreds(words: _Words, place: int, value: int, count: int) -> tuple[str, int]:
    more = count + (words.at(place + count) == "and")
    rest = _english(words, place + more) if words.run(place, more + 1) else None
    if rest is not None and int(rest[0]) < 100:
        return str(value * 100 + int(rest[0])), more + rest[1]
    return str(value * 100), count


def _indonesian(words: _Words, place: int) -> tuple[str, int] | None:
    word = words.at(place)
    whole = {"sepuluh": 10, "sebelas": 11}
    if word in whole:
        return str(whole[word]), 1
    for fused in ("jam", "hari", "minggu", "ribu", "juta", "menit"):
        if word == f"se{fused}":
            return f"1 {fused}", 1
    if word == "seratus":
        return _indonesian_rest(words, place, 100, 1)
    value = INDONESIAN.get(word)
    if value is None:
        return None
    after = words.at(place + 1) if words.run(place, 2) else ""
    if after == "belas":
        return str(10 + value), 2
    if after == "puluh":
        return _indonesian_rest(words, place, value * 10, 2)
    if after == "ratus":
        return _indonesian_rest(words, place, value * 100, 2)
    return str(value), 1


def _indonesian_rest(words: _Words, place: int, value: int, count: int) -> tuple[str, int]:
    rest = _indonesian(words, place + count) if words.run(place, count + 1) else None
    if rest is not None and rest[0].isdigit() and int(rest[0]) < value:
        return str(value + int(rest[0])), count + rest[1]
    return str(value), count


def _vietnamese(words: _Words, place: int) -> tuple[str, int] | None:
    """Return a Vietnamese number; without diacritics only where no other word can be meant."""
    value = _unit(words, place)
    if value is None:
        return None
    after = _spelt(words, place + 1) if words.run(place, 2) else ""
    if after in ("mươi", "chục"):
        return _vietnamese_tens(words, place, value)
    if after == "trăm":
        return _vietnamese_hundreds(words, place, value)
    if value == 10:
        teen = _teen(words, place + 1) if words.run(place, 2) else None
        return (str(10 + teen), 2) if teen else (str(value), 1)
    if after == "lăm":
        return str(value * 10 + 5), 2
    return str(value), 1


def _vietnamese_tens(words: _Words, place: int, value: int) -> tuple[str, int]:
    teen = _teen(words, place + 2) if words.run(place, 3) else None
    return (str(value * 10 + teen), 3) if teen else (str(value * 10), 2)


def _vietnamese_hundreds(words: _Words, place: int, value: int) -> tuple[str, int]:
    after = _spelt(words, place + 2) if words.run(place, 3) else ""
    if after in ("linh", "lẻ"):
        unit = _plain_unit(words, place + 3) if words.run(place, 4) else None
        return (str(value * 100 + unit), 4) if unit else (str(value * 100), 2)
    if after in ("rưỡi", "rưởi"):
        return str(value * 100 + 50), 3
    rest = _vietnamese(words, place + 2) if words.run(place, 3) else None
    if rest is not None and int(rest[0]) < 100:
        return str(value * 100 + int(rest[0])), 2 + rest[1]
    return str(value * 100), 2


def _unit(words: _Words, place: int) -> int | None:
    """Return the number of one word, if it is meant as one."""
    value = _plain_unit(words, place)
    if value is None:
        return None
    word, before, after = (words.at(place + step) for step in (0, -1, 1))
    if _between_zeros(words, place):
        return value
    bare_word, bare_after = fold_letters(word), fold_letters(after)
    no_number = NOT_BEFORE if words.accented else NOT_BEFORE_BARE
    if bare_after in no_number.get(bare_word, ()) or _is_day_after(words, place):
        return None
    if bare_word == "tu":
        return value if fold_letters(before) in ("thu", "thang") else None
    if bare_word == "nam" and fold_letters(before) in ("moi", "ca", "mot", "trong"):
        return None
    if words.accented or bare_word not in NEEDS_A_UNIT:
        return value
    counted = bare_after in UNITS_AFTER and (bare_word, bare_after) != ("bay", "gio")
    return value if counted or before in ("thu", "thang", "mung", "mong") else None


def _is_day_after(words: _Words, place: int) -> bool:
    """Tell whether "mot" without diacritics is the day after tomorrow: "ngay mot"."""
    if words.accented or words.at(place) != "mot":
        return False
    parts = ("ngay", "sang", "trua", "chieu", "toi", "bua")
    return words.at(place - 1) in parts and words.at(place + 1) not in UNITS_AFTER


def _between_zeros(words: _Words, place: int) -> bool:
    """Tell whether a word is a digit of a number read digit by digit: "tam khong bay"."""
    near = {place + step for step in (-1, 1)}
    if any(words.at(each) in _ROOM_ZERO and _beside_digit(words, each) for each in near):
        return True
    return _plain_unit(words, place + 1) is not None and words.at(place + 2) in _ROOM_ZERO


def _beside_digit(words: _Words, place: int) -> bool:
    sides = (place - 1, place + 1)
    return words.run(place - 1, 3) and all(_plain_unit(words, each) is not None for each in sides)


def _plain_unit(words: _Words, place: int) -> int | None:
    return _table(words, VIETNAMESE).get(words.at(place))


def _teen(words: _Words, place: int) -> int | None:
    """Return what is added to ten: "mười lăm", "hai mươi mốt"."""
    return _table(words, VIETNAMESE_TEEN).get(words.at(place))


def _spelt(words: _Words, place: int) -> str:
    """Return a word of tens and hundreds in its full spelling."""
    known = ("mươi", "chục", "trăm", "lăm", "linh", "lẻ", "rưỡi", "rưởi")
    return _table(words, {name: name for name in known}).get(words.at(place), "")


def _table(words: _Words, known: Mapping[str, T]) -> Mapping[str, T]:
    return known if words.accented else {fold_letters(name): known[name] for name in known}
