"""Small operations on text that several parts share."""

import re
import unicodedata

_ABBREVIATIONS = (
    "mr",
    "mrs",
    "ms",
    "dr",
    "no",
    "ext",
    "e.g",
    "i.e",
    "a.m",
    "p.m",
    "st",
    "tp",
    "vs",
)
_CLAUSE = re.compile(r"(?<=[.!?…:;])\s+|\n+")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+")
_NUMBER = re.compile(r"(?<![^\W\d_])\d+(?:[.,:]\d+)*")
_WORD = re.compile(r"\d+(?:[.,:]\d+)*|\w+")


def fold(text: str) -> str:
    """Return `text` in lower case without diacritics ("Trả phòng" becomes "tra phong")."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return bare.replace("đ", "d")


def canonical_number(text: str) -> str:
    """Return a number without its grouping marks: "700,000" and "700.000" are "700000".

    A mark counts as grouping when exactly three digits follow; a trailing ":00" of a time goes.
    """
    plain = re.sub(r"[.,](?=\d{3}(?!\d))", "", text)
    return re.sub(r":00$", "", plain.replace(",", "."))


def numbers(text: str) -> set[str]:
    """Return the canonical numbers in `text`, with 12-hour times also as 24-hour ones."""
    found = {canonical_number(match.group()) for match in _NUMBER.finditer(text)}
    for match in re.finditer(r"(\d{1,2})(?:[:.](\d\d))?\s*(am|pm|a\.m|p\.m)", text.casefold()):
        hour = int(match.group(1)) % 12 + (12 if match.group(3).startswith("p") else 0)
        minutes = match.group(2)
        found.discard(canonical_number(match.group(0).split()[0]))
        found.discard(match.group(1))
        found.add(f"{hour}:{minutes}" if minutes and minutes != "00" else str(hour))
    return found


def words(text: str) -> list[str]:
    """Return the folded words of `text`, numbers canonical."""
    return [
        canonical_number(word) if word[0].isdigit() else word for word in _WORD.findall(fold(text))
    ]


def terms(text: str) -> set[str]:
    """Return the distinct folded words and canonical numbers of `text`."""
    bare = {word for word in words(text) if not word[0].isdigit()} - {"am", "pm"}
    return bare | numbers(text)


def sentences(text: str, *, clauses: bool = True) -> list[str]:
    """Split `text` into sentences, keeping abbreviations and line items whole.

    Args:
        text: The text.
        clauses: Whether a colon or a semicolon ends a piece as well.
    """
    pieces: list[str] = []
    for piece in (_CLAUSE if clauses else _SENTENCE).split(text):
        if pieces and _ends_with_abbreviation(pieces[-1]):
            pieces[-1] = f"{pieces[-1]} {piece}"
        elif piece.strip():
            pieces.append(piece.strip())
    return pieces


def _ends_with_abbreviation(text: str) -> bool:
    *before, last = text.split() or [""]
    if last.endswith(".") and last.casefold().strip("(").rstrip(".") in _ABBREVIATIONS:
        return True
    if not _INITIALS.fullmatch(last.strip("(")):
        return False
    return last.count(".") > 1 or not before or before[-1][0].isupper()  # not "vitamin C."


def is_sentence_end(text: str) -> bool:
    """Tell whether `text` ends where a sentence ends (and not after an abbreviation)."""
    stripped = text.rstrip(" \"'”’)*_")
    return stripped.endswith((".", "!", "?", "…")) and not _ends_with_abbreviation(stripped)
