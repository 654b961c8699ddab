"""Sentences of documents that give orders to the assistant which reads them.

Documents are data. A sentence that tells the reader's assistant what to write, whom to play or what
to forget is no fact of the document, and an attacker who can place a document can place such a
sentence ("indirect prompt injection": Greshake et al., 2023, arXiv 2302.12173). Whoever uses
`without_orders` cuts these sentences out of a passage before a model reads it.

Only what can hardly be meant for a person is found, in English, Vietnamese and Indonesian. House
rules are full of orders to the staff, so that an order alone tells nothing: it must be about the
assistant's own reply, its instructions or its role, or come in a form that only machines read. What
an attacker asks without any of that ("What is the capital of ...?") is not found.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workbench.engine.guards.lookalikes import fold_lookalikes
from workbench.engine.guards.phrases import FOR_STAFF, PHRASES

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_GAP = re.compile(r"(?<=[.!?…])[\"')\]”’*_]*\s+(?![a-zà-ỹ])|\n+")
_ENDS = re.compile(r"[.!?…:;][\"')\]”’*_]*\s*$")
_BEGINS = re.compile(r"\s*(?:[-*+•#|>]|\d+[.)]\s|```|~~~)")
_HYPHEN = re.compile(r"(?<=\w)[-\u2010]\s*\n\s*(?=\w)")
_MOST_LINES = 4
"""An order broken over more lines than that is not put together."""
_FENCED = re.compile(r"\s*(```|~~~).*?(?:\1[ \t]*|\Z)", re.DOTALL)
_BLOB = re.compile(r"(?<![\w+/=.-])[A-Za-z0-9+/]{40,}={0,2}(?![\w+/=.-])")
_READABLE = 0.9
"""The least share of letters and spaces in a blob that hides a text; of random bytes, encoded,
fewer than half are such characters."""


@dataclass(frozen=True, slots=True)
class Order:
    """A place in a text that orders the assistant about.

    Attributes:
        kind: What it is about, one of `KINDS`.
        start: Where it begins in the text, from 0.
        end: Where it ends; the character there no longer belongs to it.
    """

    kind: str
    start: int
    end: int


KINDS: Mapping[str, str] = {
    "override": "forget or replace the instructions",
    "role": "play somebody, or change how to behave",
    "reply": "what the reply holds, or how it is written",
    "code": "put given code into the reply",
    "secrets": "show the instructions",
    "address": "speaks to a language model",
    "control": "marks that only a chat's own format has",
    "encoded": "a text in base64",
}
"""What orders are about, by kind."""

_COMPILED = {
    kind: tuple(re.compile(phrase) for phrase in phrases) for kind, phrases in PHRASES.items()
}
_FOR_STAFF = tuple(re.compile(phrase) for phrase in FOR_STAFF)


def find_orders(text: str) -> list[Order]:
    """Return the sentences of a text that order the assistant about, in reading order.

    A block of code goes with the order that hands it over.
    """
    found: list[Order] = []
    done = 0
    places = list(_sentences(text))
    for first, last, kind in orders_among([text[start:end] for start, end in places]):
        start, end = places[first][0], places[last][1]
        if start < done:
            continue
        block = _FENCED.match(text, end) if kind == "code" else None
        done = block.end() if block else end
        found.append(Order(kind, start, done))
    return found


def orders_among(pieces: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return which of the sentences or lines of a text order the assistant about.

    A PDF breaks sentences at the ends of its lines, so that up to four pieces are also judged as
    one, where none of them but the last ends as a sentence does or begins an item of a list.

    Returns:
        For each order, in reading order, its first piece, its last one, both from 0, and its kind.
    """
    found: list[tuple[int, int, str]] = []
    free = 0
    for last, piece in enumerate(pieces):
        first, kind = last, order_kind(piece)
        if kind is None:
            first, kind = _broken_order(pieces, free, last)
        if kind is not None:
            found.append((first, last, kind))
            free = last + 1
    return found


def _broken_order(pieces: Sequence[str], free: int, last: int) -> tuple[int, str | None]:
    """Return where the order begins that a piece ends, not before `free`, and its kind."""
    for first in range(last - 1, max(free, last - _MOST_LINES + 1) - 1, -1):
        if _ENDS.search(pieces[first]) or _BEGINS.match(pieces[first + 1]):
            break
        kind = order_kind(_HYPHEN.sub("", "\n".join(pieces[first : last + 1])))
        if kind is not None:
            return first, kind
    return last, None


def order_kind(sentence: str) -> str | None:
    """Return what a single sentence orders, one of `KINDS`; `None` when it orders nothing."""
    if _hides_text(sentence):
        return "encoded"
    plain = _plain(sentence)
    if any(phrase.fullmatch(plain) for phrase in _FOR_STAFF):
        return None
    for kind, phrases in _COMPILED.items():
        if any(phrase.search(plain) for phrase in phrases):
            return kind
    return None


def without_orders(text: str) -> str:
    """Return a text without the sentences that `find_orders` finds; the rest is as it was."""
    kept, done = [], 0
    for order in find_orders(text):
        kept.append(text[done : order.start])
        done = order.end + len(text[order.end :]) - len(text[order.end :].lstrip(" \t"))
    if not done:
        return text
    return re.sub(r"\n{3,}", "\n\n", "".join([*kept, text[done:]])).strip()


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence begins and ends; a line's end ends one too."""
    start = 0
    for gap in _GAP.finditer(text):
        end = gap.start() + len(gap.group().rstrip())
        if text[start:end].strip():
            yield start, end
        start = gap.end()
    if text[start:].strip():
        yield start, len(text)


def _plain(text: str) -> str:
    """Return a text as patterns see it: no case, marks or tricks with look-alike characters."""
    folded = fold_lookalikes(_INVISIBLE.sub("", text)).casefold()
    bare = "".join(char for char in folded if unicodedata.category(char) != "Cf")
    return " ".join(bare.replace("’", "'").split())


def _hides_text(sentence: str) -> bool:
    """Tell whether a sentence holds base64 that reads as a text."""
    return any(_reads_as_text(blob.group()) for blob in _BLOB.finditer(sentence))


def _reads_as_text(blob: str) -> bool:
    whole = blob.rstrip("=")
    try:
        text = base64.b64decode(whole + "=" * (-len(whole) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return False
    readable = sum(char.isalpha() or char.isspace() or char in ".,:;!?'\"-" for char in text)
    return " " in text and readable >= _READABLE * len(text)
