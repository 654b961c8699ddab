"""The screens that lie over the chat: the keys, and the log."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from workbench.tui.capture import OutputLog
from workbench.tui.cleaning import clean
from workbench.tui.commands import COMMANDS, OTHER_KEYS


class Panel(ModalScreen[None]):
    """A text over the chat that is closed with escape.

    Args:
        title: Its title.
        text: What it shows, as it is.
        from_end: Whether to begin at the end of the text.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,f1,ctrl+l", "dismiss", "Close")]

    def __init__(self, title: str, text: Content, from_end: bool = False) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._from_end = from_end

    def compose(self) -> ComposeResult:
        """Lay out the title, the text and the key that closes it."""
        with Vertical(id="panel"):
            yield Static(self._title, classes="title", markup=False)
            with VerticalScroll():
                yield Static(self._text, markup=False)
            yield Static("esc: close", classes="keys", markup=False)

    def on_mount(self) -> None:
        """Let the text be scrolled with the keyboard."""
        scroll = self.query_one(VerticalScroll)
        scroll.focus()
        if self._from_end:
            scroll.scroll_end(animate=False)


def help_panel() -> Panel:
    """Return the panel of all keys, from the table of commands."""
    rows = [(", ".join(command.keys), command.help) for command in COMMANDS]
    width = max(len(keys) for keys, _ in (*rows, *OTHER_KEYS)) + 2
    lines = [
        Content.assemble((keys.ljust(width), "$primary"), text)
        for keys, text in (*OTHER_KEYS, *rows)
    ]
    return Panel("Keys", Content("\n").join(lines))


def log_panel(log: OutputLog) -> Panel:
    """Return the panel of the log's end."""
    text = clean(log.tail()).strip() or "nothing was reported"
    return Panel(f"Log: {log.path}", Content(text), from_end=True)
