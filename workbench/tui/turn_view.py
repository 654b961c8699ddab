"""One question and its answer on the screen."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Markdown, Static
from textual.widgets.markdown import MarkdownStream

from workbench.tui.answer_markdown import SOURCE_SCHEME, answer_parser
from workbench.tui.cleaning import clean, one_line
from workbench.tui.glyphs import glyphs
from workbench.tui.record import TurnRecord
from workbench.tui.source_list import SourceLine, SourceList

REDRAWS_PER_SECOND = 12
SHOW_SECONDS_AFTER = 2.0
"""A step that takes longer says for how long it has been going on."""


class AnswerText(Markdown):
    """The Markdown of an answer; citations are its only links, and nothing is opened."""

    def __init__(self, text: str) -> None:
        super().__init__(text, parser_factory=answer_parser, open_links=False)
        self.BULLETS = list(glyphs().bullets)


class TurnView(Vertical):
    """Draws a record, and follows it while the answer is being made.

    Args:
        record: The turn; the view only reads it.
    """

    @dataclass
    class SourceChosen(Message):
        """A citation or a source was chosen."""

        record: TurnRecord
        number: int

    def __init__(self, record: TurnRecord) -> None:
        super().__init__(classes="turn")
        self.record = record
        self._drawn = 0
        self._stream: MarkdownStream | None = None
        self._timer: Timer | None = None
        self._note, self._note_since = "", 0.0

    def compose(self) -> ComposeResult:
        """Lay out the question, the answer, and the line about what is going on."""
        self._drawn = len(self.record.answer)
        yield Static(clean(self.record.question), classes="question", markup=False)
        yield AnswerText(clean(self.record.answer))
        yield Static("", classes="note", markup=False)

    async def on_mount(self) -> None:
        """Draw the ending of a turn that has ended, or follow the others."""
        if self.record.state in ("queued", "running"):
            self._timer = self.set_interval(1 / REDRAWS_PER_SECOND, self._follow)
            await self._follow()
        else:
            await self._draw_ending()

    async def finish(self) -> None:
        """Draw the turn as it ended."""
        if self._timer is not None:
            self._timer.stop()
        await self._stop_stream()
        await self.query_one(AnswerText).update(clean(self.record.answer))
        await self._draw_ending()

    async def _follow(self) -> None:
        fresh = clean(self.record.answer[self._drawn :])
        self._drawn = len(self.record.answer)
        if fresh:
            await self._append(fresh)
        self._draw_note(self._progress())

    async def _append(self, text: str) -> None:
        if self._stream is None:
            self._stream = Markdown.get_stream(self.query_one(AnswerText))
        await self._stream.write(text)

    async def _stop_stream(self) -> None:
        stream, self._stream = self._stream, None
        if stream is None:
            return
        # a stream that is stopped before its task first ran raises the task's own cancellation
        with suppress(asyncio.CancelledError):
            await stream.stop()

    def _progress(self) -> Content:
        note = "stopping" if self.record.stopping else self.record.note
        if note != self._note:
            self._note, self._note_since = note, time.monotonic()
        if not self._note:
            return Content("")
        text = one_line(self._note)
        seconds = time.monotonic() - self._note_since
        if seconds >= SHOW_SECONDS_AFTER:
            text += f"{glyphs().separator}{seconds:.0f} s"
        return Content(text)

    def _draw_note(self, content: Content) -> None:
        note = self.query_one(".note", Static)
        note.display = bool(content)
        note.update(content)

    async def _draw_ending(self) -> None:
        self.set_class(self.record.state == "failed", "-failed")
        self._draw_note(ending(self.record))
        self.query_one(AnswerText).display = bool(self.record.answer.strip())
        if self.record.sources and not self.query(SourceList):
            await self.mount(SourceList(self.record.sources))

    @on(Markdown.LinkClicked)
    def _citation_clicked(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        number = event.href.removeprefix(SOURCE_SCHEME)
        if number.isdecimal() and self.record.source(int(number)):
            self.post_message(self.SourceChosen(self.record, int(number)))

    @on(SourceLine.Opened)
    def _source_opened(self, event: SourceLine.Opened) -> None:
        event.stop()
        self.post_message(self.SourceChosen(self.record, event.number))


def ending(record: TurnRecord) -> Content:
    """Return the line that says how a turn ended; empty for an ordinary answer."""
    signs = glyphs()
    if record.state == "failed":
        hint = one_line(record.hint) or "ctrl+r asks again"
        return Content.assemble(
            (f"{signs.failed} {one_line(record.problem)}", "$error"),
            f"\n{hint}",
            "" if "ctrl+r" in hint else f"{signs.separator}ctrl+r asks again",
        )
    if record.state == "stopped":
        kept = "the answer so far is kept" if record.answer.strip() else "nothing had arrived"
        return Content(f"{signs.stopped} stopped{signs.separator}{kept}")
    outcomes = {
        "refused": f"{signs.refused} not in the documents",
        "blocked": f"{signs.refused} blocked by a guard",
        "asked_back": f"{signs.refused} needs an answer from you",
    }
    text = outcomes.get(record.turn.outcome, "") if record.turn else ""
    if record.turn and record.turn.error:
        text = f"{text}{signs.separator if text else ''}{one_line(record.turn.error)}"
    return Content(text)
