"""What a message asks to be brought, lent or ordered, and how many of each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import zip_longest

from workbench.engine.extraction.correcting import is_correction
from workbench.engine.extraction.found import Found, Item
from workbench.engine.extraction.item_contexts import is_asked_for, is_done_with, is_refused
from workbench.engine.extraction.item_lexicon import Lexicon, lexicon_of
from workbench.engine.extraction.message import Message, Pattern
from workbench.engine.extraction.vocabulary import Vocabulary

_EACH = Pattern(
    r"(?<!\w)(?:(?P<before>\d{1,2}|one|a)\s*(?:of\s+)?each(?!\s*(?:room|person|night|day))|"
    r"each\s+(?P<after>\d{1,2})|"
    r"mỗi\s+(?:thứ|loại|món|cái)\s+(?P<vi>\d{1,2})|(?P<vi2>\d{1,2})\s+(?:cái\s+|"
    r"phần\s+)?mỗi\s+(?:thứ|loại|món)|"
    r"masing[\s-]*masing\s+(?P<id>\d{1,2}|se\w+))(?!\w)"
)
_AMENDED = Pattern(
    r"^[\s,.!-]*(?:no+[,\s]+)?(?:sorry|actually|i\s+mean|make\s+(?:that|it)|wait|better|"
    r"à\s+(?:không|nhầm|quên)|nhầm|"
    r"ý\s+(?:em|mình|tôi|anh|chị)\s+là|eh|maaf|maksud(?:nya)?|ralat|salah)[\s,]+(?:no\s+|wait\s+|"
    r"sorry\s+|make\s+(?:that|it)\s+|"
    r"lấy\s+|là\s+|jadi\s+|cái\s+)*(?P<n>\d{1,2})(?!\w|[:.]\d)(?!\s*(?:am|pm|giờ|h\b|o'?clock|"
    r"người|people))"
)
_JOINED = Pattern(
    r"^\s*(?:,|and|&|or|và|với|dan|sama|\+|/)?\s*(?:the\s+|a\s+|an\s+|\d+\s+|cái\s+)*$"
)
_ASKED = Pattern(
    r"(?<!\w)(?:bring|send|need|want|get|order|give|borrow|like|have|gửi|gởi|mang|xin|lấy|thêm|"
    r"cần|đặt|mượn|minta|bawa\w*|"
    r"kirim\w*|pesan|tambah|butuh|antar\w*|pinjam)(?:\s+(?:me|us|up|over|for|em|mình|tôi|anh|chị|"
    r"saya|kami|giúp|giùm|cho|some))*"
    r"\s+$"
)
_MOST = 99
_CLOSE = 25
"""Characters within which a correction concerns the thing right before it."""
_BEFORE = 60
"""Characters before a name in which its number is looked for."""


@dataclass(frozen=True, slots=True)
class _Mention:
    """A thing as a message names it: where, how many, and whether it is asked for."""

    name: str
    begin: int
    end: int
    quantity: int | None
    counted: bool
    doubtful: bool = False


def find_items(message: Message, vocabulary: Vocabulary) -> list[Found[Item]]:
    """Return what is asked for, in the order of the message.

    Things that are broken, lost, refused, charged or to be taken away are none; of something named
    twice the last number counts.

    Args:
        message: The message, without its times, days, rooms and money.
        vocabulary: The items' names.
    """
    mentions = list(_mentions(message, vocabulary))
    kept: list[_Mention] = []
    dropped_before: _Mention | None = None
    for at, one in enumerate(mentions):
        listed = bool(kept) and _JOINED.search(message, kept[-1].end, one.begin)
        if _is_wanted(message, one, dropped_before, listed=listed):
            if one.doubtful and not listed and not _ASKED.search(message, 0, one.begin):
                continue
            until = mentions[at + 1].begin if at + 1 < len(mentions) else len(message.plain)
            kept.append(_amended(message, one, until))
            dropped_before = None
        else:
            dropped_before = one
    kept = _corrected(message, _with_each(message, kept))
    return [Found(Item(one.name, one.quantity), one.begin, one.end) for one in kept]


def _is_wanted(message: Message, one: _Mention, dropped: _Mention | None, *, listed: bool) -> bool:
    """Tell whether a thing is asked for; one in a list with another goes the way of that one."""
    if dropped and _JOINED.search(message, dropped.end, one.begin) and dropped.end < one.begin:
        return False
    if is_refused(message, one.begin, one.end) or is_done_with(message, one.begin, one.end):
        return False
    return is_asked_for(message, one.begin, one.end, counted=one.counted or listed)


def _amended(message: Message, one: _Mention, until: int) -> _Mention:
    """Return a mention with the number that takes its first one back: "2 towels, no sorry, 3".

    Args:
        message: The message.
        one: The mention.
        until: Where the next thing begins, whose number is its own.
    """
    match = _AMENDED.within(message, one.end, until)
    return replace(one, quantity=int(match["n"])) if match else one


def _with_each(message: Message, kept: list[_Mention]) -> list[_Mention]:
    """Return mentions of which those without a number have that of "one each"."""
    for match in _EACH.finditer(message):
        said = next((each for each in match.groups() if each), "1")
        number = int(said) if said.isdigit() else 1
        kept = [one if one.counted else replace(one, quantity=number) for one in kept]
    return kept


def _corrected(message: Message, kept: list[_Mention]) -> list[_Mention]:
    """Return things without those that a correction replaces, and none twice with one number."""
    final: list[_Mention] = []
    for one in kept:
        taken_back = bool(final) and is_correction(message, final[-1].end, one.begin)
        if taken_back and (final[-1].name == one.name or one.begin - final[-1].end < _CLOSE):
            final.pop()
        same = [each for each in final if each.name == one.name]
        if same and (one.quantity is None or one.quantity == same[-1].quantity):
            continue
        final = [each for each in final if each not in same or each.quantity is not None]
        final.append(one)
    return final


def _mentions(message: Message, vocabulary: Vocabulary) -> Iterable[_Mention]:
    languages = {"en", message.lang} | ({"vi"} if message.accented else set())
    found: list[_Mention] = []
    rest = message
    for lang in sorted(languages, key=lambda each: each == "en"):
        lexicon = lexicon_of(vocabulary, lang, accented=message.accented)
        rest = rest.without(match.span() for match in lexicon.others.finditer(rest.plain))
        read = [
            mention
            for match in lexicon.names.finditer(rest.plain)
            if (mention := _read(rest, match, lexicon, lang))
        ]
        found += read
        rest = rest.without((one.begin, one.end) for one in read)
    ordered = sorted(found, key=lambda one: one.end)
    return [
        one
        for one, after in zip_longest(ordered, ordered[1:])
        if after is None or after.begin > one.begin  # "2 glasses of tea" names no glasses
    ]


def _read(message: Message, match: re.Match[str], lexicon: Lexicon, lang: str) -> _Mention | None:
    """Return the mention at an item's name; `None` where the name means something else."""
    name = re.sub(r"[\s-]+", " ", match["name"])
    first = max(0, match.start() - _BEFORE)
    before = lexicon.before.search(message.plain[first : match.start()])
    number, article, fused, more, container = before.groups() if before else (None,) * 5
    quantity, end = int(number) if number else 1 if article or fused else None, match.end()
    if quantity is None:
        after = lexicon.after.search(message.plain[match.end() : match.end() + _BEFORE])
        if after and _counts_here(message, match.end() + after.end(), lang, after):
            quantity, end = int(after["number"]), match.end() + after.end("number")
    if quantity is not None and not 0 < quantity <= _MOST:
        return None
    begin = first + before.start() if before and (number or article or fused) else match.start()
    counted = bool(number or fused) or end > match.end()
    doubtful = name in lexicon.doubtful and not (counted or more or container or article)
    return _Mention(lexicon.items[name], begin, end, quantity, counted, doubtful)


def _counts_here(message: Message, end: int, lang: str, after: re.Match[str]) -> bool:
    """Tell whether a number after an item's name counts it: "handuk 3", "towels x2"."""
    if after["mark"] or lang == "id" or after["unit"]:
        return True
    following = message.plain[end:].lstrip(" ")[:1]
    return following in ("", ",", ".", ";", "\n", "+", "&", ")")
