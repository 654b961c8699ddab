"""The words that connect the clauses of an instruction, in English, Vietnamese and Indonesian.

`clauses_of` of the agent drops these words, since a question is decided part by part; in an
instruction they tell the order of the parts and what depends on what.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from workbench.engine.text import fold

Joint = Literal[
    "end", "comma", "and", "then", "thus", "if", "unless", "else", "despite", "before", "after",
]  # fmt: skip
"""What connects two clauses; "thus" ends a condition, as "thì" does."""

_WORDS: tuple[tuple[Joint, str], ...] = (
    ("end", r"(?<!\bmr)(?<!\bms)(?<!\bdr)(?<!\bmrs)[.!?;]+(?=\s|$)|:(?=\s|$)|\n+|\s[–—-]\s"),
    ("else", r"(?:or\s+)?otherwise|or\s+else|else|failing\s+that|"
             r"(?:con\s+)?(?:neu|lo|ma)?\s*(?:khong|chua)\s+thi|neu\s+(?:khong|chua)(?=\s*[,:])|"
             r"(?:kalau|jika|bila)\s+tidak(?=\s*,)"),
    ("unless", r"(?:but\s+)?not\s+(?:if|when)|unless|except\s+(?:if|when)|tru\s+(?:khi|phi)|"
               r"kecuali(?:\s+(?:jika|kalau))?"),
    ("despite", r"even\s+(?:if|though|when)|although|never\s+mind(?:\s+that)?|no\s+matter|"
                r"regardless(?:\s+of)?|despite|ignoring|mac\s+du|mac\s+ke|cho\s+du|du\s+cho|"
                r"bat\s+(?:ke|chap)|ke(?=\s+(?:phong|no|viec))|meskipun|walaupun|biarpun"),
    ("before", r"before|prior\s+to|truoc\s+khi|sebelum"),
    ("after", r"after(?!\s+that\b)|(?:sau|ngay\s+sau)\s+khi|setelah(?!\s+itu\b)|sesudah"),
    ("if", r"(?:but\s+)?(?:only\s+)?(?:if|when(?:ever)?|once|as\s+soon\s+as|as\s+long\s+as|"
           r"provided(?:\s+that)?|in\s+case|assuming(?:\s+that)?)|"
           r"(?:con\s+)?(?:chi\s+)?(?:neu(?:\s+nhu)?|khi(?:\s+nao)?|mot\s+khi|ngay\s+khi|"
           r"mien\s+la|mien\s+sao|voi\s+dieu\s+kien(?:\s+la)?|truong\s+hop)|"
           r"(?:hanya\s+)?(?:jika|kalau|bila|apabila|asalkan|begitu)"),
    ("thus", r"(?:roi\s+|la\s+)?thi|maka"),
    ("then", r"(?:and\s+)?then|and\s+(?:after\s+that|afterwards)|after\s+that|afterwards|"
             r"roi(?:\s+(?:sau\s+do|moi))?(?=\s+\w)(?!\s+(?:thi|chua|nhe|nha|a|ha)\b)|sau\s+do|"
             r"lalu|kemudian|setelah\s+itu"),
    ("and", r"and(?:\s+also)?|also|plus|but|however|va|dong\s+thoi|nhung|"
            r"(?<=,)\s*con|dan|tapi|tetapi"),
    ("comma", r","),
)  # fmt: skip
_JOINT = re.compile(
    "|".join(
        rf"(?P<{name}>{words})" if name in ("end", "comma") else rf"(?P<{name}>\b(?:{words})\b)"
        for name, words in _WORDS
    )
)
_ASKS = re.compile(
    r"\b(?:check(?:ing)?|see(?:n|ing)?|verify|look(?:ing)?|tell me|know|find out|confirm|ask|"
    r"kiem tra|xem|coi|hoi|periksa|cek|lihat)(?:\s+(?:lai|thu|xem|giup|dum|ho|apakah))*\s*$"
)
"""After these, "if" asks and sets no condition."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an instruction between two connecting words.

    Attributes:
        joint: What connects it with the piece before it.
        text: It, without the connecting word.
        opens: Whether a sentence begins before it.
        asked: Whether it ends with a question mark.
    """

    joint: Joint
    text: str
    opens: bool
    asked: bool = False


def pieces_of(text: str) -> list[Piece]:
    """Return the pieces of an instruction, in their order.

    Args:
        text: In NFC.
    """
    folded = fold(text)
    if len(folded) != len(text):  # a character that folds into several: cut the folded text
        text = folded
    pieces: list[Piece] = []
    joint: Joint = "end"
    start, opens = 0, True
    for name, begin, end in [*_joints(folded), ("end", len(text), len(text))]:
        said = text[start:begin].strip(" \t\"'“”()")
        if said:
            pieces.append(Piece(joint, said, opens, asked="?" in text[begin:end]))
            joint, opens = name, name == "end"
        else:
            joint = _stronger(joint, name)
            opens = opens or name == "end"
        start = end
    return pieces


def _joints(folded: str) -> Iterator[tuple[Joint, int, int]]:
    for found in _JOINT.finditer(folded):
        name: Joint = next(name for name, _ in _WORDS if found[name] is not None)
        if name == "if" and _ASKS.search(folded[: found.start()]):
            continue
        yield name, found.start(), found.end()


def _stronger(first: Joint, second: Joint) -> Joint:
    """Return which of two joints with nothing between them counts: ", then" is "then"."""
    order = [name for name, _ in _WORDS]
    plain = ("end", "comma", "and")
    if first in plain and second in plain:
        return min(first, second, key=order.index)
    return second if first in plain else (first if second in plain else second)
