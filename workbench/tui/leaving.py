"""Leaving at once although a thread may be waiting for a service.

A thread that blocks, such as one that waits for a model server to load, cannot be interrupted, and
both asyncio and the interpreter wait for such threads when they end. The services themselves are
processes of their own and go on.
"""

import asyncio
import logging
import os
import sys
import threading
from typing import Any

JOIN_SECONDS = 0.3


def end_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what still runs on a loop and close it, without waiting for its threads."""
    loop.run_until_complete(_cancel(asyncio.all_tasks(loop)))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


async def _cancel(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def blocked_threads() -> list[threading.Thread]:
    """Return the threads that would keep the process from ending."""
    others = [
        thread
        for thread in threading.enumerate()
        if thread is not threading.main_thread() and not thread.daemon
    ]
    for thread in others:
        thread.join(JOIN_SECONDS)
    return [thread for thread in others if thread.is_alive()]


def leave_if_blocked() -> None:
    """End the process here if a thread would keep it from ending by itself."""
    if blocked_threads():
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
