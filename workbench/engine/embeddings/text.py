"""The form of a text that every encoder sees, so that two encoders of one model agree."""

import re
import unicodedata

MAX_CHARS = 8_000
"""Longest text embedded, in characters; the rest says little more about its subject."""

_SPACE_LIKE = re.compile(r"[\s\u200b-\u200f\u2581\ufeff\ufffd]+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")


def prepare_text(text: str) -> str:
    """Return `text` in NFKC, without control characters, with single spaces, at most `MAX_CHARS`.

    Encoders written in C stop at a NUL and compose no combining marks; after this step they see
    what a Unicode-aware tokenizer sees.
    """
    composed = unicodedata.normalize("NFKC", _CONTROL.sub("", text[: 2 * MAX_CHARS]))
    return _SPACE_LIKE.sub(" ", composed).strip()[:MAX_CHARS]
