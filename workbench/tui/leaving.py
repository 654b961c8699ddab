"""Leaving at once although a thread may be waiting for a service.

A thread that blocks, such as one that waits for a model server to load, cannot be interrupted, and
both asyncio and the interpreter wait for such threads when they end. The services themselves are
processes of their own and go on.
"""

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

JOIN_SECONDS = 0.3


def end_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what still runs on a loop and close it, without waiting for its threads."""
    loop.run_until_complete(_cancel(asyncio.all_tasks(loop)))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


@contextmanager
def woken_by_signals(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Let signals wake a loop that waits.

    One that comes just before the loop begins to wait would else stay unnoticed until something
    else happens, such as the next word of a model that hangs.
    """
    receiver, sender = socket.socketpair()
    with receiver, sender:
        receiver.setblocking(False)
        sender.setblocking(False)
        loop.add_reader(receiver, receiver.recv, 4096)
        earlier = signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(earlier)
            loop.remove_reader(receiver)


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
