"""The chat client."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from textual import events
from textual.app import App, SystemCommand
from textual.screen import Screen

from workbench.errors import WorkbenchError
from workbench.interrupts import acting
from workbench.tui.backend import Backend
from workbench.tui.capture import OutputLog
from workbench.tui.chat_screen import ChatScreen
from workbench.tui.commands import COMMANDS
from workbench.tui.dialogue import LEAVE_SECONDS
from workbench.tui.glyphs import plain_terminal
from workbench.tui.leaving import end_loop, leave_if_blocked, woken_by_signals
from workbench.tui.theme import DARK, LIGHT, initial_theme


class ChatApp(App[None]):
    """A chat with one assistant.

    Args:
        backend: Who answers.
    """

    CSS_PATH = "styles.tcss"
    TITLE = "workbench"

    def __init__(self, backend: Backend) -> None:
        super().__init__()
        self._backend = backend
        self._output_log = OutputLog(backend.facts.folder / "logs")
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = initial_theme()
        if plain_terminal():
            self.animation_level = "none"

    def get_default_screen(self) -> Screen[None]:
        """Return the chat."""
        return ChatScreen(self._backend, self._output_log)

    def on_mount(self) -> None:
        """Keep what libraries print."""
        self.set_class(plain_terminal(), "-ascii")
        self.begin_capture_print(self)

    def on_print(self, event: events.Print) -> None:
        """Add printed text to the log."""
        self._output_log.write(event.text)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """List the chat's commands in the palette, before the theme."""
        if isinstance(screen, ChatScreen):
            for command in COMMANDS:
                yield SystemCommand(
                    command.help,
                    f"Key: {command.keys[0]}",
                    lambda action=command.action: screen.run_action(action),
                )
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)

    async def action_quit(self) -> None:
        """Stop and store the running turn, close connections, and leave."""
        for screen in self.screen_stack:
            if isinstance(screen, ChatScreen):
                await screen.end()
        with suppress(asyncio.TimeoutError, WorkbenchError):
            await asyncio.wait_for(self._backend.close(), LEAVE_SECONDS)
        self.exit()

    def run(self, **options: Any) -> None:
        """Run until the person leaves; nothing but the client reaches the terminal.

        Raises:
            WorkbenchError: The client broke; the log says where.
            KeyboardInterrupt: It was interrupted from outside, where its keys do not reach.
        """
        with self._output_log.logging(), self._output_log.descriptors():
            loop = asyncio.new_event_loop()
            try:
                with acting(partial(loop.call_soon_threadsafe, self.exit)), woken_by_signals(loop):
                    super().run(loop=loop, **options)
            finally:
                end_loop(loop)
        if self.return_code:
            raise WorkbenchError("the chat client broke off", f"see {self._output_log.path}")
        leave_if_blocked()
