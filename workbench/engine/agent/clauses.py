"""The parts of a question that asks for several things.

Two wishes in one sentence blur each other: "status of 405 and what does a suite cost on Saturday?"
is decided better part by part, and the room belongs to the first part, the day to the second.
"""

import re

_ENDS = re.compile(r"(?<=[?!;])\s+|(?<=\.)\s+(?=[^\W\d_])|\n+")
_JOINTS = re.compile(
    r"\s*[,:-]?\s+(?:and(?:\s+(?:then|also))?|then|also|plus|as\s+well\s+as|otherwise|"
    r"rồi|và|với\s+lại|với|còn|sau\s+đó|đồng\s+thời|luôn\s+tiện|nhân\s+tiện|"
    r"roi|va|voi\s+lai|con|sau\s+do|dan|lalu|kemudian)\s+"
    r"|\s*[,:]\s+",
    re.I,
)
FEWEST_WORDS = 2
"""A part of fewer words belongs to the one before it."""
MOST = 6


def clauses_of(question: str) -> list[str]:
    """Return the parts of a question, in their order; at least one.

    It is cut at the ends of sentences, at commas and at words such as "and" or "rồi", so that some
    parts say nothing alone; whoever reads them has to bear that.
    """
    parts: list[str] = []
    for sentence in _ENDS.split(question):
        for piece in _JOINTS.split(sentence):
            part = piece.strip()
            if parts and len(part.split()) < FEWEST_WORDS:
                parts[-1] = f"{parts[-1]} {part}".strip()
            elif part:
                parts.append(part)
    return parts[:MOST] if parts else [question]
