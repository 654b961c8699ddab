"""A message in the form that the rules read, and the way back to where its words stand."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

_ACCENTED_SHARE = 0.2
"""From this share of words with diacritics on, a word without any is meant without."""
TAKEN = "¤"
"""What masks a word that was read already."""
DAY = "§"
"""What masks the words of a day."""
_SAME = str.maketrans({"’": "'", "‘": "'", "`": "'", "–": "-", "—": "-", "−": "-", "\xa0": " "})
_OLD_TONES = re.compile("o[àáảãạ]|o[èéẻẽẹ]|(?<!q)u[ỳýỷỹỵ]")
_TONES = {
    **dict(zip("àáảãạ", "òóỏõọ", strict=True)),
    **dict(zip("èéẻẽẹ", "òóỏõọ", strict=True)),
    **dict(zip("ỳýỷỹỵ", "ùúủũụ", strict=True)),
}
_BARE = {
    **dict.fromkeys("àáảãạ", "a"),
    **dict.fromkeys("èéẻẽẹ", "e"),
    **dict.fromkeys("ỳýỷỹỵ", "y"),
}
_WORD = re.compile(r"[^\W\d_]+")


def fold_letters(text: str) -> str:
    """Return a text without diacritics, as long as it was; its case stays."""
    return "".join(map(_bare, text))


def _bare(char: str) -> str:
    if char.isascii():
        return char
    if char in "đĐ":
        return "d" if char == "đ" else "D"
    base = unicodedata.normalize("NFD", char)[0]
    return base if base.isascii() else char


def lower_letters(text: str) -> str:
    """Return a text in lower case, as long as it was, tones where the newer spelling has them."""
    lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    plain = lowered.translate(_SAME)
    return _OLD_TONES.sub(lambda found: _TONES[found[0][1]] + _BARE[found[0][1]], plain)


class Pattern:
    """A rule's regular expression, for text with and without Vietnamese diacritics.

    It is written with diacritics, in lower case. In a message without them it is read without, so
    that "tối" then means "toi" as well. Each of the two is compiled when a message needs it.

    Args:
        source: The expression.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._compiled: dict[bool, re.Pattern[str]] = {}

    def finditer(self, message: "Message") -> Iterator[re.Match[str]]:
        """Yield what a message has of it."""
        return self._of(message).finditer(message.plain)

    def search(self, message: "Message", begin: int = 0, end: int | None = None) -> bool:
        """Tell whether a stretch of a message has it; "^" and "$" are the stretch's ends."""
        return self.within(message, begin, end) is not None

    def within(
        self, message: "Message", begin: int = 0, end: int | None = None
    ) -> re.Match[str] | None:
        """Return the first in a stretch of a message, its places counted from `begin`."""
        return self._of(message).search(message.plain[begin:end])

    def all_within(self, message: "Message", begin: int, end: int) -> list[re.Match[str]]:
        """Return all in a stretch of a message, their places counted from `begin`."""
        return list(self._of(message).finditer(message.plain[begin:end]))

    def _of(self, message: "Message") -> re.Pattern[str]:
        known = self._compiled.get(message.accented)
        if known is None:
            source = self._source
            spelt = lower_source(source) if message.accented else fold_letters(source)
            known = self._compiled[message.accented] = re.compile(spelt)
        return known


def lower_source(source: str) -> str:
    """Return a pattern's source with the tones where the newer spelling has them."""
    return _OLD_TONES.sub(lambda found: _TONES[found[0][1]] + _BARE[found[0][1]], source)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the rules read it.

    Attributes:
        text: The message, NFC.
        lang: Its language.
        accented: Whether its words carry their diacritics; if not, the rules read without them.
        plain: The text in lower case, number words as digits, without diacritics where they are
            not to be relied on; what was read already is masked.
        begins: For each character of `plain`, where its origin in `text` begins.
        ends: And where it ends.
    """

    text: str
    lang: str
    accented: bool
    plain: str
    begins: tuple[int, ...]
    ends: tuple[int, ...]

    def without(self, spans: Iterable[tuple[int, int]], mark: str = TAKEN) -> "Message":
        """Return the message with stretches of `plain` masked, for the rules that come later."""
        letters = list(self.plain)
        for begin, end in spans:
            letters[begin:end] = mark * (end - begin)
        return replace(self, plain="".join(letters))

    def original(self, begin: int, end: int) -> tuple[int, int]:
        """Return the stretch of `text` that a stretch of `plain` came from."""
        if begin >= end:
            return 0, 0
        return self.begins[begin], self.ends[end - 1]

    def written(self, begin: int, end: int) -> str:
        """Return a stretch of `plain` as it was typed."""
        first, last = self.original(begin, end)
        return self.text[first:last]


def open_message(text: str, lang: str) -> Message:
    """Return a text as a message whose words are all still to be read."""
    normal = unicodedata.normalize("NFC", text)
    words = _WORD.findall(lower_letters(normal))
    marked = sum(not word.isascii() for word in words)
    accented = bool(words) and marked / len(words) >= _ACCENTED_SHARE
    plain = lower_letters(normal)
    places = range(len(plain))
    return Message(
        text=normal,
        lang=lang,
        accented=accented,
        plain=plain if accented else fold_letters(plain),
        begins=tuple(places),
        ends=tuple(place + 1 for place in places),
    )


def rewrite(message: Message, changes: Sequence[tuple[int, int, str]]) -> Message:
    """Return a message with stretches of `plain` written anew; each keeps its place in the text.

    Args:
        message: The message.
        changes: Beginning, end and new words of each, in their order and apart from each other.
    """
    plain: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    done = 0
    for begin, end, words in (*changes, (len(message.plain), len(message.plain), "")):
        plain += [message.plain[done:begin], words]
        begins += message.begins[done:begin]
        ends += message.ends[done:begin]
        if words:
            begins += [message.begins[begin]] * len(words)
            ends += [message.ends[end - 1]] * len(words)
        done = end
    return replace(message, plain="".join(plain), begins=tuple(begins), ends=tuple(ends))
