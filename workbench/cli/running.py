"""Running a command's asynchronous work so that ctrl-c ends it at any moment."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from workbench import interrupts
from workbench.tui.leaving import end_loop, woken_by_signals

R = TypeVar("R")


def run_async(work: Coroutine[Any, Any, R]) -> R:
    """Run work to its end; ctrl-c cancels it, and its threads are then not waited for.

    `asyncio.run` would wait for a thread that waits for a service, minutes long.

    Raises:
        KeyboardInterrupt: ctrl-c was pressed, whatever the work made of being cancelled.
    """
    loop = asyncio.new_event_loop()
    task = loop.create_task(work)

    def cancel() -> None:
        loop.call_soon_threadsafe(task.cancel)

    try:
        with interrupts.acting(cancel), woken_by_signals(loop):
            return loop.run_until_complete(task)
    finally:
        end_loop(loop)
