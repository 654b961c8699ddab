"""What stands above the first turn: who answers, what to ask, which keys there are."""

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from workbench.tui.backend import Facts
from workbench.tui.cleaning import one_line
from workbench.tui.glyphs import glyphs

KEYS = "enter sends, ctrl+j makes a new line, esc stops, F1 shows all keys"


class Example(Static):
    """A question that a click, or enter, puts into the editor.

    Args:
        question: The question.
    """

    can_focus = True

    @dataclass
    class Chosen(Message):
        """The question was chosen."""

        question: str

    def __init__(self, question: str) -> None:
        self._question = one_line(question)
        super().__init__(f"{glyphs().prompt} {self._question}", markup=False)

    def on_click(self, event: events.Click) -> None:
        """Choose on a click."""
        event.stop()
        self.post_message(self.Chosen(self._question))

    def key_enter(self) -> None:
        """Choose on enter."""
        self.post_message(self.Chosen(self._question))


class Welcome(Vertical):
    """A short greeting."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(id="welcome")
        self._facts = facts

    def compose(self) -> ComposeResult:
        """Lay out the title, the description, the examples and the keys."""
        yield Static(one_line(self._facts.title), classes="title", markup=False)
        if self._facts.description:
            yield Static(one_line(self._facts.description), markup=False)
        if self._facts.examples:
            yield Static("For example:", classes="muted above", markup=False)
        for question in self._facts.examples:
            yield Example(question)
        yield Static(KEYS, classes="muted above", markup=False)
