"""Questions and their answers, one after another, without any drawing."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from workbench.errors import WorkbenchError
from workbench.tui.backend import Backend
from workbench.tui.record import TurnRecord

LEAVE_SECONDS = 3.0
"""How long leaving waits for a stopped turn to be stored, and for connections to close."""

_log = logging.getLogger(__name__)

Changed = Callable[[TurnRecord], Awaitable[None]]
Confirm = Callable[[str, Mapping[str, Any]], Awaitable[bool]]
"""Asks the operator whether a tool may be called with some arguments."""


class Dialogue:
    """Asks the questions of a queue, in their order.

    Args:
        backend: Who answers.
        changed: Called when a turn begins and when it has ended.
        confirm: Asked before a tool changes something.
    """

    def __init__(self, backend: Backend, changed: Changed, confirm: Confirm) -> None:
        self._backend = backend
        self._changed = changed
        self._confirm = confirm
        self._queue: deque[TurnRecord] = deque()
        self._task: asyncio.Task[None] | None = None
        self._running = False
        self.current: TurnRecord | None = None

    def add(self, record: TurnRecord) -> None:
        """Put a question at the end of the queue."""
        self._queue.append(record)

    async def run(self) -> None:
        """Ask until the queue is empty; does nothing while that is being done already."""
        if self._running:
            return
        self._running = True
        try:
            while self._queue:
                await self._run_turn(self._queue.popleft())
        finally:
            self._running = False

    async def _run_turn(self, record: TurnRecord) -> None:
        self.current = record
        record.start()
        await self._changed(record)
        self._task = asyncio.create_task(self._answer(record))
        try:
            await asyncio.wait([self._task])
        finally:
            self.current = None
        await self._changed(record)

    async def stop(self) -> bool:
        """Stop the running answer, or drop the question that came last; whether there was one.

        A second call does not wait for the backend any longer.
        """
        if self.current is not None:
            if self.current.stopping and self._task is not None:
                self._task.cancel()
            self.current.stopping = True
            self._backend.cancel()
            return True
        if self._queue:
            record = self._queue.pop()
            record.stop()
            await self._changed(record)
            return True
        return False

    async def end(self) -> None:
        """Stop everything, waiting a moment for the running turn to end by itself."""
        self._queue.clear()
        task = self._task
        if self.current is None or task is None or task.done():
            return
        await self.stop()
        await asyncio.wait([task], timeout=LEAVE_SECONDS)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _answer(self, record: TurnRecord) -> None:
        try:
            async for event in self._backend.ask(record.question):
                record.apply(event)
                if event.type == "confirmation_requested":
                    yes = await self._confirm(event.name, event.arguments)
                    self._backend.confirm(event.confirmation_id, yes)
        except asyncio.CancelledError:
            record.stop()
        except WorkbenchError as error:
            record.fail(error.message, error.hint)
        except Exception as error:
            _log.exception("a turn broke in the client")
            record.fail(f"unexpected fault: {error}", "ctrl+l shows the log, ctrl+r asks again")
        if record.running:
            record.fail("the answer broke off without a result", "ctrl+r asks again")
