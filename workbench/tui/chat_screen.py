"""The chat: a conversation, a source beside it, the question and the status line."""

import asyncio
import logging
import time
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Footer

from workbench.errors import WorkbenchError
from workbench.tui.backend import Backend
from workbench.tui.capture import OutputLog
from workbench.tui.commands import bindings
from workbench.tui.confirming import ConfirmScreen
from workbench.tui.conversation import Conversation
from workbench.tui.copying import answer_as_text, save_copy
from workbench.tui.dialogue import Dialogue
from workbench.tui.panels import help_panel, log_panel
from workbench.tui.question_input import QuestionInput
from workbench.tui.record import TurnRecord
from workbench.tui.service_line import ServiceLine
from workbench.tui.source_pane import SourcePane
from workbench.tui.status_line import StatusLine
from workbench.tui.welcome import Example, Welcome

if TYPE_CHECKING:
    from workbench.tui.turn_view import TurnView

SECOND_PRESS_SECONDS = 3.0
WIDTHS = [(0, "-narrow"), (110, "-wide")]
"""From 110 columns on, a source stands beside the conversation; below, it lies over it."""

_log = logging.getLogger(__name__)


class ChatScreen(Screen[None]):
    """The screen of one conversation.

    Args:
        backend: Who answers.
        log: Where library output went.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings()
    HORIZONTAL_BREAKPOINTS = WIDTHS
    AUTO_FOCUS = "QuestionInput"

    def __init__(self, backend: Backend, log: OutputLog) -> None:
        super().__init__()
        self._backend = backend
        self._output_log = log
        self._dialogue = Dialogue(backend, self._turn_changed, self._confirm)
        self._ready = False
        self._opening = False
        self._interrupted_at = float("-inf")

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        facts = self._backend.facts
        with Container(id="body"):
            yield Conversation(Welcome(facts))
            yield SourcePane()
        yield ServiceLine()
        yield QuestionInput(f"Ask {facts.title} a question", id="question")
        yield StatusLine(facts)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Start the services once the screen has been painted."""
        self.call_after_refresh(self._start_services)

    # Services

    def _start_services(self) -> None:
        if not self._opening:
            self._opening = True
            self.run_worker(self._open(), group="services", exit_on_error=False)

    async def _open(self) -> None:
        line, status = self.query_one(ServiceLine), self.query_one(StatusLine)
        line.begin()
        status.show(services="starting")
        try:
            await asyncio.to_thread(import_module, "workbench.tui.turn_view")
            earlier = await self._backend.open(line.report)
        except WorkbenchError as error:
            self._services_failed(error.message, error.hint)
        except Exception as error:
            _log.exception("the services did not start")
            self._services_failed(f"unexpected fault: {error}", "ctrl+l shows the log")
        else:
            line.end()
            self._ready = True
            status.show(services="ready", facts=self._backend.facts)
            if earlier:
                await self._show_earlier([TurnRecord.of(turn) for turn in earlier])
            self._answer_queue()
        finally:
            self._opening = False

    @on(ServiceLine.Reported)
    def _service_reported(self) -> None:
        self.query_one(StatusLine).show(facts=self._backend.facts)

    def _services_failed(self, problem: str, hint: str) -> None:
        self.query_one(ServiceLine).fail(problem, hint)
        self.query_one(StatusLine).show(services="failed")

    async def _show_earlier(self, records: list[TurnRecord]) -> None:
        conversation = self.query_one(Conversation)
        await conversation.show([*records, *conversation.records])
        self._offer_sources()

    # Turns

    async def ask(self, question: str) -> None:
        """Put a question at the end of the conversation; it is asked when its turn comes."""
        waits_for = "the answers before it" if self._ready else "the services"
        record = TurnRecord(question, note=f"waiting for {waits_for}")
        await self.query_one(Conversation).add(record)
        self._dialogue.add(record)
        self._answer_queue()

    def _answer_queue(self) -> None:
        if self._ready:
            self.run_worker(self._dialogue.run(), group="turns", exit_on_error=False)

    async def _turn_changed(self, record: TurnRecord) -> None:
        status = self.query_one(StatusLine)
        if record.running:
            status.show(services="answering")
            return
        if self._ready:
            status.show(services="ready", turn=record.turn)
        await self.query_one(Conversation).finish(record)
        self._offer_sources()

    async def _confirm(self, name: str, arguments: Mapping[str, Any]) -> bool:
        answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def answer(yes: bool | None) -> None:
            if not answered.done():
                answered.set_result(bool(yes))

        screen = ConfirmScreen(name, arguments)
        self.app.push_screen(screen, answer)
        try:
            return await answered
        finally:
            if screen.is_current and not answered.done():
                screen.dismiss(False)

    def _offer_sources(self) -> None:
        record = self._last_record(with_sources=True)
        numbers = [source.number for source in record.sources] if record else []
        self.query_one(QuestionInput).openable = frozenset(numbers)

    def _last_record(self, with_sources: bool = False) -> TurnRecord | None:
        records = reversed(self.query_one(Conversation).records)
        return next((record for record in records if record.sources or not with_sources), None)

    @on(QuestionInput.Submitted)
    async def _submitted(self, event: QuestionInput.Submitted) -> None:
        await self.ask(event.text)

    @on(Example.Chosen)
    def _example_chosen(self, event: Example.Chosen) -> None:
        editor = self.query_one(QuestionInput)
        editor.replace_text(event.question)
        editor.focus()

    # Sources

    @on(QuestionInput.SourceChosen)
    def _digit_pressed(self, event: QuestionInput.SourceChosen) -> None:
        self.action_open_source(event.number)

    def on_turn_view_source_chosen(self, event: "TurnView.SourceChosen") -> None:
        """Open the source that was chosen in an answer."""
        self.query_one(SourcePane).open(event.record, event.number)

    @on(SourcePane.Typed)
    def _typed_in_pane(self, event: SourcePane.Typed) -> None:
        if event.character.isdecimal() and self.action_open_source(int(event.character)):
            return
        editor = self.query_one(QuestionInput)
        editor.focus()
        editor.insert(event.character)

    @on(SourcePane.Closed)
    def _pane_closed(self) -> None:
        self.query_one(QuestionInput).focus()

    def action_open_source(self, number: int) -> bool:
        """Open a source of the answer in the pane, or of the last one; whether it has it."""
        pane = self.query_one(SourcePane)
        record = pane.record or self._last_record(with_sources=True)
        if record is None or record.source(number) is None:
            self._say(f"the last answer has no source [{number}]")
            return False
        pane.open(record, number)
        return True

    def action_next_source(self) -> None:
        """Open the first source, or the one after the source that is shown."""
        pane = self.query_one(SourcePane)
        record = self._last_record(with_sources=True)
        if pane.number is not None:
            pane.action_step(1)
        elif record is not None:
            pane.open(record, record.sources[0].number)
        else:
            self._say("no answer has sources yet")

    # Commands

    async def action_stop(self) -> None:
        """Stop the running turn; with none, close the source."""
        pane = self.query_one(SourcePane)
        if not await self._dialogue.stop() and pane.display:
            pane.close()

    async def action_retry(self) -> None:
        """Ask the last question again; after a failure, see to the services first."""
        record = self._last_record()
        if not self._ready:
            self._start_services()
        elif self._dialogue.current is not None:
            self._say("an answer is being written; esc stops it")
        elif record is not None:
            self._ready = record.state != "failed"
            await self.ask(record.question)
            if not self._ready:
                self._start_services()

    async def action_new_conversation(self) -> None:
        """Leave the conversation, stopping its turn, and begin another."""
        await self._dialogue.end()
        self.query_one(SourcePane).close()
        await self.query_one(Conversation).show([])
        self.query_one(StatusLine).clear_turn()
        self._offer_sources()
        try:
            await self._backend.new_conversation()
        except WorkbenchError as error:
            self._say(error.one_line(), severity="error")

    def action_copy_answer(self) -> None:
        """Copy the last answer to the clipboard and to a file."""
        records = reversed(self.query_one(Conversation).records)
        record = next((record for record in records if record.answer.strip()), None)
        if record is None:
            self._say("there is no answer to copy yet")
            return
        text = answer_as_text(record)
        self.app.copy_to_clipboard(text)
        self._say(save_copy(self._backend.facts.folder, text))

    async def action_interrupt(self) -> None:
        """Copy what is selected; else stop the turn; else quit when pressed twice."""
        selected = self.query_one(QuestionInput).selected_text or self.get_selected_text()
        if selected:
            self.app.copy_to_clipboard(selected)
            self._say("copied, if your terminal allows it")
        elif await self._dialogue.stop():
            return
        elif time.monotonic() - self._interrupted_at < SECOND_PRESS_SECONDS:
            await self.app.action_quit()
        else:
            self._interrupted_at = time.monotonic()
            self._say("press ctrl+c again to quit")

    async def action_scroll_chat(self, where: str) -> None:
        """Scroll the conversation, whatever has the focus."""
        await self.query_one(Conversation).page(where)

    def action_show_help(self) -> None:
        """Show all keys."""
        self.app.push_screen(help_panel())

    def action_show_log(self) -> None:
        """Show the end of the log."""
        self.app.push_screen(log_panel(self._output_log))

    async def end(self) -> None:
        """Stop the running turn, and wait a moment until it is stored."""
        await self._dialogue.end()

    def _say(self, text: str, severity: str = "information") -> None:
        self.notify(text, severity=severity, markup=False)  # type: ignore[arg-type]
