"""Where questions are typed."""

from dataclasses import dataclass
from typing import Any

from textual import events
from textual.message import Message
from textual.widgets import TextArea

from workbench.tui.commands import SOURCE_KEYS

NEW_LINE_KEYS = ("ctrl+j", "shift+enter", "alt+enter")


class QuestionInput(TextArea):
    """An editor of a few lines: enter sends, up and down recall earlier questions.

    Attributes:
        openable: Citation numbers that a digit opens while nothing is typed.
    """

    @dataclass
    class Submitted(Message):
        """A question was sent."""

        text: str

    @dataclass
    class SourceChosen(Message):
        """A digit was pressed while nothing was typed."""

        number: int

    def __init__(self, placeholder: str, **options: Any) -> None:
        super().__init__(placeholder=placeholder, highlight_cursor_line=False, **options)
        self.openable: frozenset[int] = frozenset()
        self._sent: list[str] = []
        self._shown: int | None = None
        self._unsent = ""

    async def _on_key(self, event: events.Key) -> None:
        if self._handle(event):
            event.stop()
            event.prevent_default()
            return
        await super()._on_key(event)

    def replace_text(self, text: str) -> None:
        """Put other text in the editor, with the cursor at its end."""
        self.text = text
        self.move_cursor(self.document.end)

    def _handle(self, event: events.Key) -> bool:
        key = event.key
        if key == "enter":
            self._send()
        elif key in NEW_LINE_KEYS:
            self.insert("\n")
        elif key == "up" and self.cursor_at_first_line:
            self._recall(-1)
        elif key == "down" and self.cursor_at_last_line:
            self._recall(1)
        elif key in SOURCE_KEYS and not self.text and int(key) in self.openable:
            self.post_message(self.SourceChosen(int(key)))
        else:
            return False
        return True

    def _send(self) -> None:
        text = self.text.strip()
        if not text:
            return
        if self._sent[-1:] != [text]:
            self._sent.append(text)
        self._shown = None
        self.text = ""
        self.post_message(self.Submitted(text))

    def _recall(self, step: int) -> None:
        """Show the sent question before or after the one shown; after the last, what was typed."""
        last = len(self._sent)
        if self._shown is None:
            self._unsent = self.text
        position = (last if self._shown is None else self._shown) + step
        if not 0 <= position <= last or (self._shown is None and step > 0):
            return
        self._shown = None if position == last else position
        self.replace_text(self._unsent if self._shown is None else self._sent[self._shown])
