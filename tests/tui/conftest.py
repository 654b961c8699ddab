"""The client over a scripted backend, without a terminal."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from scripted import ScriptedBackend
from textual.pilot import Pilot

from workbench.tui.app import ChatApp
from workbench.tui.chat_screen import ChatScreen
from workbench.tui.conversation import Conversation
from workbench.tui.question_input import QuestionInput
from workbench.tui.record import TurnRecord
from workbench.tui.source_pane import SourcePane

LIMIT_S = 30.0


class Chat:
    """A running client, and what tests look at."""

    def __init__(self, app: ChatApp, backend: ScriptedBackend, pilot: Pilot[None]) -> None:
        self.app = app
        self.backend = backend
        self.pilot = pilot

    @property
    def screen(self) -> ChatScreen:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, ChatScreen)
        return screen

    @property
    def conversation(self) -> Conversation:
        return self.screen.query_one(Conversation)

    @property
    def records(self) -> list[TurnRecord]:
        return self.conversation.records

    @property
    def editor(self) -> QuestionInput:
        return self.screen.query_one(QuestionInput)

    @property
    def pane(self) -> SourcePane:
        return self.screen.query_one(SourcePane)

    @property
    def shown(self) -> str:
        """The text on the screen, line by line."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(line.text.rstrip() for line in lines)

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        end = time.monotonic() + LIMIT_S
        while not condition():
            assert time.monotonic() < end, f"{what or 'it'} did not happen:\n{self.shown}"
            await self.pilot.pause()
            await asyncio.sleep(0.01)
        await self.pilot.pause()

    async def until_shown(self, text: str) -> None:
        await self.until(lambda: text in self.shown, f"{text!r} on the screen")

    async def ask(self, question: str) -> TurnRecord:
        """Type a question and send it; return its record."""
        before = len(self.records)
        self.editor.focus()
        self.editor.replace_text(question)
        await self.pilot.press("enter")
        await self.until(lambda: len(self.records) > before, "the turn")
        return self.records[-1]

    async def answered(self, question: str = "What does a late check-out cost?") -> TurnRecord:
        """Ask a question and wait until its turn has ended on the screen."""
        record = await self.ask(question)
        await self.until(lambda: record.state in ("finished", "stopped", "failed"), "the answer")
        await self.until(lambda: self.screen._dialogue.current is None)
        async with self.conversation._changing:
            pass
        await self.pilot.pause()
        return record


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the client keeps files."""
    return tmp_path / "state"


@asynccontextmanager
async def _open(backend: ScriptedBackend, size: tuple[int, int]) -> AsyncIterator[Chat]:
    app = ChatApp(backend)
    async with app.run_test(size=size, notifications=True) as pilot:
        chat = Chat(app, backend, pilot)
        await pilot.pause()
        yield chat


@pytest.fixture
def open_chat():
    """Open the client: `async with open_chat(backend, size) as chat`."""

    def opened(backend: ScriptedBackend, size: tuple[int, int] = (110, 32)):
        return _open(backend, size)

    return opened
