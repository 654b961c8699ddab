"""Everything the chat screen can be told to do: the one table behind keys, palette and help."""

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True)
class Command:
    """A command of the chat screen.

    Attributes:
        action: The screen's action.
        keys: The keys that run it, the one to be shown first.
        label: Its name in the footer and the palette.
        help: What it does, in one line.
        footer: Whether the footer shows it.
    """

    action: str
    keys: tuple[str, ...]
    label: str
    help: str
    footer: bool = False


COMMANDS = (
    Command("stop", ("escape",), "Stop", "Stop the answer, or close the source", footer=True),
    Command("retry", ("ctrl+r",), "Retry", "Ask again, or start the services again", footer=True),
    Command("next_source", ("ctrl+o",), "Source", "Open the sources, one by one", footer=True),
    Command(
        "copy_answer", ("ctrl+y",), "Copy", "Copy the last answer with its sources", footer=True
    ),
    Command("new_conversation", ("ctrl+n",), "New", "Begin a new conversation", footer=True),
    Command("show_log", ("ctrl+l",), "Log", "Show what the libraries and services reported"),
    Command("scroll_chat('page_up')", ("pageup",), "Page up", "Scroll the conversation up"),
    Command("scroll_chat('page_down')", ("pagedown",), "Page down", "Scroll the conversation down"),
    Command("scroll_chat('home')", ("ctrl+home",), "First", "Go to the first turn shown"),
    Command("scroll_chat('end')", ("ctrl+end",), "Latest", "Go to the latest turn"),
    Command(
        "interrupt", ("ctrl+c",), "Interrupt", "Copy a selection, stop, or quit if pressed twice"
    ),
    Command("show_help", ("f1",), "Help", "Show the keys", footer=True),
    Command("app.quit", ("ctrl+q",), "Quit", "Leave; services go on running", footer=True),
)

SOURCE_KEYS = tuple(str(number) for number in range(1, 10))

OTHER_KEYS = (
    ("enter", "Send the question"),
    ("ctrl+j, shift+enter", "A new line in the question"),
    ("up, down", "Earlier questions, when on the first or last line"),
    ("1 to 9", "Open that source, while the question is empty or in a source"),
    ("left, right", "In a source: the one before or after"),
    ("tab, shift+tab", "Move between the question, the sources and the source's text"),
    ("ctrl+p", "Every command by name"),
)


def bindings() -> list[BindingType]:
    """Return the chat screen's key bindings.

    They have priority, since the question's editor would otherwise take some of the keys.
    """
    return [
        Binding(
            ",".join(command.keys),
            command.action,
            command.label,
            show=command.footer,
            priority=True,
            tooltip=command.help,
            id=f"chat.{command.action.partition('(')[0]}.{command.keys[0]}",
        )
        for command in COMMANDS
    ]
