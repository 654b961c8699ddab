"""Making text of people, documents and models safe to report: it is data, never markup."""

import re

_UNSHOWN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069"
    r"\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
"""Control characters, marks that reverse the reading direction, and what no XML file may hold."""


def clean(text: str) -> str:
    """Return text without characters that are not shown or that mislead; line breaks stay."""
    return _UNSHOWN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Return clean text as a single line."""
    return " ".join(clean(text).split())


def cut(text: str, length: int) -> str:
    """Return text of at most `length` characters, with an ellipsis where some are left out."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
