"""Asking the operator before a tool changes something."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from workbench.tui.cleaning import clean, one_line


class ConfirmScreen(ModalScreen[bool]):
    """Shows a call and waits for a yes or a no; closing it is a no.

    Args:
        name: The tool's name.
        arguments: What it is to be called with, shown as data.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape,ctrl+c", "answer(False)", "No"),
    ]

    def __init__(self, name: str, arguments: Mapping[str, Any]) -> None:
        super().__init__()
        self._tool = name
        self._arguments = arguments

    def compose(self) -> ComposeResult:
        """Lay out the call and the keys that answer."""
        lines = [f"{key}: {_shown(value)}" for key, value in self._arguments.items()]
        with Vertical(id="confirm"):
            yield Static(f"Do this? {one_line(self._tool)}", classes="title", markup=False)
            with VerticalScroll():
                yield Static("\n".join(lines), markup=False)
            yield Static("y: yes, do it    n or esc: no", classes="keys", markup=False)

    def action_answer(self, yes: bool) -> None:
        """Close with the answer."""
        self.dismiss(yes)


def _shown(value: Any) -> str:
    return clean(value if isinstance(value, str) else json.dumps(value, default=str))
