"""Recognising that the model says the documents do not hold the answer."""

import re

from workbench.engine.text import fold

SENTINEL = "NOT IN THE DOCUMENTS"
"""What prompts tell the model to reply when the passages do not state the answer."""

_PHRASES = (
    r"\b(?:not|n't|no)\b.{0,40}\b(?:in|by|from) the (?:document|passage|provided|given|context)",
    r"(?:document|passage|context)s?\b.{0,30}\b(?:do|does)(?:n't| not) "
    r"(?:state|mention|specify|contain|provide|say|include)",
    r"khong (?:co|duoc|tim thay|thay|neu|de cap).{0,60}"
    r"(?:tai lieu|doan van|van ban|thong tin)",
    r"(?:tai lieu|doan van|van ban).{0,40}khong (?:co|neu|de cap|noi|cung cap)",
    r"tidak (?:ada|ditemukan|disebutkan|terdapat|tercantum).{0,60}(?:dokumen|teks|bagian)",
    r"(?:dokumen|teks).{0,40}tidak (?:menyebutkan|memuat|menyatakan)",
)
_LONGEST_REFUSAL = 260


def is_refusal(text: str) -> bool:
    """Tell whether a whole reply is a refusal: the agreed words, or a short paraphrase of them."""
    if SENTINEL.casefold() in text.casefold():
        return True
    folded = fold(text)
    return len(text) <= _LONGEST_REFUSAL and any(re.search(phrase, folded) for phrase in _PHRASES)


class RefusalGate:
    """Holds a stream back while it may still turn out to be the agreed words.

    An answer passes with its first different letter, so the gate costs no time.
    """

    def __init__(self) -> None:
        self._held = ""
        self._open = False
        self.refused = False

    def feed(self, text: str) -> str:
        """Take a piece of text and return what can be shown now."""
        if self.refused:
            return ""
        if self._open:
            return text
        self._held += text
        start = self._held.lstrip(" \n\"'*[.").casefold()
        agreed = SENTINEL.casefold()
        if start.startswith(agreed):
            self.refused = True
            return ""
        if agreed.startswith(start):
            return ""
        self._open = True
        return self._held

    def finish(self) -> str:
        """Return what is still held back once the stream has ended."""
        rest = "" if self._open or self.refused else self._held
        self._held = ""
        return rest
