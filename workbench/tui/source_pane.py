"""The pane that shows a source: its passage with the quoted span marked."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from workbench.tui.cleaning import clean, one_line
from workbench.tui.glyphs import glyphs
from workbench.tui.record import TurnRecord
from workbench.tui.source_list import place

if TYPE_CHECKING:
    from workbench.engine.turn import Source

SCORE_KINDS = {
    "rrf": "reciprocal rank fusion",
    "cosine": "cosine similarity",
    "bm25": "BM25",
}
QUOTE_STYLE = "bold underline $accent"
LINES_ABOVE_QUOTE = 2


def find_quote(text: str, quote: str) -> tuple[int, int] | None:
    """Return the span of `text` that reads as `quote`, whatever its white space."""
    words = quote.split()
    if not words:
        return None
    match = re.search(r"\s+".join(re.escape(word) for word in words), text)
    return match.span() if match else None


class SourcePane(Vertical):
    """A source of one answer; left and right go to the others."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Previous source", show=False),
        Binding("right", "step(1)", "Next source", show=False),
    ]

    @dataclass
    class Typed(Message):
        """A character was typed that is no key of the pane."""

        character: str

    @dataclass
    class Closed(Message):
        """The pane was closed."""

    def __init__(self) -> None:
        super().__init__(id="source-pane")
        self.record: TurnRecord | None = None
        self._position = 0
        self.display = False

    def compose(self) -> ComposeResult:
        """Lay out the heading, the passage and the keys."""
        yield Static("", classes="position", markup=False)
        yield Static("", classes="document", markup=False)
        yield Static("", classes="facts", markup=False)
        with PassageView():
            yield Static("", classes="passage", markup=False)
        yield Static("", classes="keys", markup=False)

    @property
    def number(self) -> int | None:
        """The citation number of the source shown, if the pane is open."""
        source = self._source
        return source.number if source and self.display else None

    def open(self, record: TurnRecord, number: int) -> None:
        """Show a source of an answer; the answer must have it."""
        numbers = [source.number for source in record.sources]
        self.record, self._position = record, numbers.index(number)
        self.display = True
        self._draw()
        self.query_one(PassageView).focus()

    def close(self) -> None:
        """Take the pane off the screen."""
        self.display = False
        self.record = None
        self.post_message(self.Closed())

    def action_step(self, by: int) -> None:
        """Show the source before or after; after the last comes the first."""
        if self.record is not None:
            self._position = (self._position + by) % len(self.record.sources)
            self._draw()

    def on_key(self, event: events.Key) -> None:
        """Pass typed characters on to the question."""
        if event.is_printable and event.character:
            event.stop()
            self.post_message(self.Typed(event.character))

    @property
    def _source(self) -> "Source | None":
        return self.record.sources[self._position] if self.record else None

    def _draw(self) -> None:
        source, record, signs = self._source, self.record, glyphs()
        if source is None or record is None:
            return
        total = len(record.sources)
        self._update(
            "position", f"Source [{source.number}]{signs.separator}{self._position + 1} of {total}"
        )
        self._update("document", one_line(source.document))
        kind = SCORE_KINDS.get(source.score_kind, source.score_kind)
        title, where = one_line(source.title), place(source)
        if where.startswith(title):
            title = ""
        facts = [title, where, f"score {source.score:.3f}{signs.separator}{kind}"]
        self._update("facts", "\n".join(fact for fact in facts if fact))
        others = "left/right: other sources" if total > 1 else ""
        self._update("keys", signs.separator.join(filter(None, [others, "esc: close"])))
        self.query_one(PassageView).show(source)

    def _update(self, name: str, text: str) -> None:
        self.query_one(f".{name}", Static).update(Content(text))


class PassageView(VerticalScroll):
    """The passage's text, which scrolls."""

    def show(self, source: "Source") -> None:
        """Show a passage with its quote marked, and scroll to the quote."""
        text = clean(source.text)
        span = find_quote(text, clean(source.quote))
        content = Content(text)
        if span is not None:
            content = content.stylize(QUOTE_STYLE, *span)
        self.query_one(".passage", Static).update(content)
        self.call_after_refresh(self._reveal, content[: span[0]] if span else Content(""))

    def _reveal(self, before: Content) -> None:
        width = self.query_one(".passage", Static).content_size.width
        above = len(before.wrap(width)) - 1 if before and width else 0
        self.scroll_to(y=max(0, above - LINES_ABOVE_QUOTE), animate=False)
