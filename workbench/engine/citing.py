"""Turning a stream of model text into answer text with checked citations.

Citation numbers are the passages' numbers in the order of first use, and are added as soon as a
sentence ends, so that the stream never waits.
"""

import re
from collections.abc import Collection, Sequence

from workbench.engine.citations import Support, find_support
from workbench.engine.text import is_sentence_end

MODEL_MARK = re.compile(r"\s?\[\d+(?:,\s*\d+)*\]")


class CitingStream:
    """Adds " [n]" after every sentence that a passage supports.

    Args:
        passages: The texts given to the model, best first.
        question: What was asked.
        foreign: The positions of the passages in another language than the answer.
    """

    def __init__(
        self, passages: Sequence[str], question: str = "", foreign: Collection[int] = ()
    ) -> None:
        self._passages = passages
        self._question = question
        self._foreign = foreign
        self._raw = ""
        self._sentence = ""
        self._sentences = 0
        self.order: list[int] = []
        self.supports: dict[int, Support] = {}
        self._supported = 0

    def feed(self, text: str) -> str:
        """Take a piece of model text and return what can be shown now."""
        self._raw += text
        shown: list[str] = []
        while self._raw:
            piece = self._next_piece()
            if piece is None:
                break
            shown.append(self._accept(piece))
        return "".join(shown)

    def finish(self) -> str:
        """Return what was held back, with the last sentence's citation."""
        rest = MODEL_MARK.sub("", self._raw)
        self._raw = ""
        self._sentence += rest
        return rest + self._cite()

    @property
    def share_supported(self) -> float | None:
        """The share of sentences that a passage supports; `None` without a sentence."""
        return self._supported / self._sentences if self._sentences else None

    def _next_piece(self) -> str | None:
        """Return the next piece to show, or `None` while a mark of the model may be arriving."""
        mark = MODEL_MARK.match(self._raw)
        if mark:
            self._raw = self._raw[mark.end() :]
            return ""
        if re.fullmatch(r"\s?\[?[\d,\s]{0,6}", self._raw) and self._raw.lstrip(" ")[:1] in (
            "",
            "[",
        ):
            return None
        piece, self._raw = self._raw[0], self._raw[1:]
        return piece

    def _accept(self, piece: str) -> str:
        ends = piece.isspace() and (piece == "\n" or is_sentence_end(self._sentence))
        if ends and self._sentence.strip():
            return self._cite() + piece
        self._sentence += piece
        return piece

    def _cite(self) -> str:
        sentence, self._sentence = self._sentence.strip(), ""
        if not re.search(r"\w", sentence):
            return ""
        self._sentences += 1
        support = find_support(sentence, self._passages, self._question, self._foreign)
        if support is None:
            return ""
        self._supported += 1
        if support.index not in self.order:
            self.order.append(support.index)
            self.supports[support.index] = support
        return f" [{self.order.index(support.index) + 1}]"
