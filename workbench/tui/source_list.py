"""The list of sources below an answer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from workbench.tui.cleaning import one_line
from workbench.tui.glyphs import glyphs
from workbench.tui.theme import MUTED

if TYPE_CHECKING:
    from workbench.engine.turn import Source


def place(source: "Source") -> str:
    """Return where in its document a passage stands; empty where that is not known."""
    if source.page is not None:
        return f"page {source.page}"
    return one_line(source.heading or "").replace(" > ", glyphs().path)


class SourceLine(Static, can_focus=True):
    """One source: its number, document and page or heading.

    Args:
        source: The source.
    """

    @dataclass
    class Opened(Message):
        """The source is to be shown."""

        line: "SourceLine"
        number: int

        @property
        def control(self) -> "SourceLine":
            """The line that was chosen."""
            return self.line

    def __init__(self, source: "Source") -> None:
        self._number = source.number
        where = place(source)
        super().__init__(
            Content.assemble(
                (f"[{source.number}] ", "$primary"),
                one_line(source.document),
                (f"{glyphs().separator}{where}" if where else "", MUTED),
            ),
            markup=False,
        )

    def on_click(self, event: events.Click) -> None:
        """Open on a click."""
        event.stop()
        self.post_message(self.Opened(self, self._number))

    def key_enter(self) -> None:
        """Open on enter."""
        self.post_message(self.Opened(self, self._number))


class SourceList(Vertical):
    """The sources of an answer, by number.

    Args:
        sources: The sources.
    """

    def __init__(self, sources: "tuple[Source, ...]") -> None:
        super().__init__()
        self._sources = sources

    def compose(self) -> ComposeResult:
        """Lay out a title and a line for each source."""
        yield Static("Sources", classes="title", markup=False)
        for source in self._sources:
            yield SourceLine(source)
