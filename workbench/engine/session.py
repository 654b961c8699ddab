"""One conversation: `Session.ask` turns a question into a stream of events."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol

from workbench.engine.answering import Answering
from workbench.engine.draft import Draft
from workbench.engine.events import AnswerFinished, Event, TurnCancelled, TurnFailed
from workbench.engine.tools.running import Call
from workbench.engine.turn import Turn
from workbench.errors import InvalidQuestionError, WorkbenchError
from workbench.store.messages import Exchange

MAX_QUESTION_CHARS = 4_000
"""A longer question would not fit beside its passages in the smallest context window."""

_log = logging.getLogger(__name__)


class Recorder(Protocol):
    """Keeps conversations; the store in real use."""

    async def begin(self, question: str, lang: str) -> str:
        """Store a question, and a running answer to it; return the answer's id."""
        ...

    async def finish(self, turn: Turn) -> None:
        """Store the finished turn in place of the running one."""
        ...

    async def history(self, turns: int) -> Sequence[Exchange]:
        """Return the last turns that were answered, oldest first."""
        ...


def checked_question(text: str) -> str:
    """Return the question without surrounding space.

    Raises:
        InvalidQuestionError: It is empty, or longer than `MAX_QUESTION_CHARS`.
    """
    question = text.replace("\x00", "").strip()
    if not question:
        raise InvalidQuestionError("the question is empty", "type a question")
    if len(question) > MAX_QUESTION_CHARS:
        raise InvalidQuestionError(
            f"the question has {len(question):,} characters",
            f"ask in at most {MAX_QUESTION_CHARS:,}, or put the text among the documents",
        )
    return question


class Session:
    """A conversation with one assistant.

    Args:
        session_id: The stored conversation's id.
        answering: How its questions are answered.
        recorder: Where it is stored.
    """

    def __init__(self, session_id: str, answering: Answering, recorder: Recorder) -> None:
        self.id = session_id
        self._answering = answering
        self._recorder = recorder
        self._task: asyncio.Task[None] | None = None
        self._waiting: dict[str, asyncio.Future[bool]] = {}

    async def ask(self, text: str) -> AsyncIterator[Event]:
        """Answer a question; one at a time.

        Yields:
            The events of the turn; the last carries the whole `Turn`.

        Raises:
            InvalidQuestionError: The question is empty or too long; nothing was stored.
        """
        question = checked_question(text)
        events: asyncio.Queue[Event | None] = asyncio.Queue()
        task = asyncio.create_task(self._produce(question, events.put_nowait))
        self._task = task
        task.add_done_callback(lambda _: events.put_nowait(None))
        try:
            while (event := await events.get()) is not None:
                yield event
            await task
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    def cancel(self) -> None:
        """Stop the running turn, on the model server too; its partial answer is kept."""
        if self._task is not None and not self._task.done():
            self._task.cancel()

    def confirm(self, confirmation_id: str, yes: bool) -> None:
        """Answer a tool's request for confirmation.

        Raises:
            InvalidQuestionError: No confirmation of that id is waiting.
        """
        waiting = self._waiting.pop(confirmation_id, None)
        if waiting is None or waiting.done():
            raise InvalidQuestionError(
                f"no confirmation {confirmation_id!r} is waiting", "it was answered or given up"
            )
        waiting.set_result(yes)

    async def _confirm(self, call: Call) -> bool:
        """Wait for the operator's answer to a call that changes something."""
        waiting: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[call.id] = waiting
        try:
            return await waiting
        finally:
            self._waiting.pop(call.id, None)

    async def _produce(self, question: str, emit: Callable[[Event], None]) -> None:
        draft: Draft | None = None
        try:
            history = await self._recorder.history(self._answering.history_turns)
            draft = self._answering.draft(self.id, question, history)
            draft.id = await self._recorder.begin(question, draft.lang)
            await self._answering.run(draft, history, emit, self._confirm)
            turn = await self._store(draft)
            emit(AnswerFinished(turn=turn))
        except asyncio.CancelledError:
            draft = draft or self._answering.draft(self.id, question, ())
            draft.outcome = "cancelled"
            emit(TurnCancelled(turn=await self._store(draft)))
        except WorkbenchError as error:
            draft = draft or self._answering.draft(self.id, question, ())
            emit(await self._failed(draft, error))
        except Exception as error:
            _log.exception("a turn broke")
            draft = draft or self._answering.draft(self.id, question, ())
            fault = WorkbenchError(f"unexpected fault: {error}", "see the log", retryable=True)
            emit(await self._failed(draft, fault))

    async def _failed(self, draft: Draft, error: WorkbenchError) -> TurnFailed:
        draft.outcome = "failed"
        draft.error = error.one_line()
        turn = await self._store(draft)
        return TurnFailed(
            turn=turn, message=error.message, hint=error.hint, retryable=error.retryable
        )

    async def _store(self, draft: Draft) -> Turn:
        """Store the turn; an answer that cannot be stored is still shown, and says so."""
        turn = draft.to_turn()
        if not draft.id:
            return turn
        try:
            await self._recorder.finish(turn)
        except WorkbenchError as error:
            draft.error = " ".join([draft.error, f"(not stored: {error.one_line()})"]).strip()
            turn = draft.to_turn()
        return turn
