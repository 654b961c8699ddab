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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workbench.engine.guards.phrases import PHRASES

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_GAP = re.compile(r"(?<=[.!?…])[\"')\]”’*_]*\s+(?![a-zà-ỹ])|\n+")
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


def find_orders(text: str) -> list[Order]:
    """Return the sentences of a text that order the assistant about, in reading order.

    A block of code goes with the order that hands it over.
    """
    found: list[Order] = []
    done = 0
    for start, end in _sentences(text):
        kind = order_kind(text[start:end]) if start >= done else None
        if kind is None:
            continue
        block = _FENCED.match(text, end) if kind == "code" else None
        done = block.end() if block else end
        found.append(Order(kind, start, done))
    return found


def order_kind(sentence: str) -> str | None:
    """Return what a single sentence orders, one of `KINDS`; `None` when it orders nothing."""
    if _hides_text(sentence):
        return "encoded"
    plain = _plain(sentence)
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
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    decomposed = unicodedata.normalize("NFD", visible.replace("đ", "d"))
    hidden = ("Mn", "Me", "Cf")
    bare = "".join(char for char in decomposed if unicodedata.category(char) not in hidden)
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
