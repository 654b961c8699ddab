"""What ctrl-c does at any moment of a command: one line, exit code 130, no process left behind.

Python's own way, an exception wherever the program happens to be, does not do: in an import or in a
destructor the exception is lost or shown as a traceback, and before the process ends Python waits
for its threads, which nothing can interrupt.
"""

import atexit
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import NoReturn

INTERRUPTED = 130
_PATIENCE_S = 2.0
_POLL_S = 0.02


class OnInterrupt:
    """The handler of ctrl-c: the first may be acted on, every other ends the process.

    Args:
        line: What a person reads when the process ends.
    """

    def __init__(self, line: str) -> None:
        self.line = line
        self.act: Callable[[], object] | None = None

    def __call__(self, *_: object) -> None:
        """Take one ctrl-c."""
        act, self.act = self.act, None
        if act is None:
            leave(self.line)
        act()


def leave_on_interrupt(line: str) -> None:
    """Let ctrl-c end this process at once with a line, except where `acting` says otherwise.

    To be called before the imports that take long. A process that was started to ignore ctrl-c, as
    shells do with those in the background, goes on ignoring it.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        return
    signal.signal(signal.SIGINT, OnInterrupt(line))
    # what is left to do after these is Python's, which would let ctrl-c kill the process
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)

    def unraisable(lost: "sys.UnraisableHookArgs") -> None:
        if issubclass(lost.exc_type, KeyboardInterrupt):  # it came in a destructor
            leave(line)
        sys.__unraisablehook__(lost)

    sys.unraisablehook = unraisable


@contextlib.contextmanager
def acting(act: Callable[[], object]) -> Iterator[None]:
    """Act on the first ctrl-c within the block; a second one ends the process at once.

    Does nothing in a process that never called `leave_on_interrupt`: its owner handles ctrl-c.

    Raises:
        KeyboardInterrupt: ctrl-c was pressed, whatever the block made of it.
    """
    handler = signal.getsignal(signal.SIGINT)
    if not isinstance(handler, OnInterrupt):
        yield
        return
    before, handler.act = handler.act, act
    try:
        yield
    finally:
        if handler.act is act:
            handler.act = before
        elif not isinstance(sys.exc_info()[1], KeyboardInterrupt):
            raise KeyboardInterrupt


def raised() -> contextlib.AbstractContextManager[None]:
    """Raise the first ctrl-c as an exception, so that the block can put in order what it began."""
    return acting(_raise)


def _raise() -> None:
    raise KeyboardInterrupt


def ignore_further() -> None:
    """Ignore ctrl-c from now on: the process says that it was interrupted, once, and ends."""
    if isinstance(signal.getsignal(signal.SIGINT), OnInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def leave(line: str = "") -> NoReturn:
    """End the process now; its threads are not waited for, its children are ended.

    Services go on: they were started so that they are nobody's children.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if line:
        before = "\n" if os.isatty(2) else ""  # a terminal shows ^C where the cursor was
        with contextlib.suppress(OSError):
            os.write(2, f"{before}{line}\n".encode())
    end_processes(descendants(os.getpid()))
    os._exit(INTERRUPTED)


def descendants(pid: int) -> list[int]:
    """Return the processes that a process started, and those that they did in turn."""
    found: list[int] = []
    with contextlib.suppress(OSError):  # it ended meanwhile
        for thread in os.scandir(f"/proc/{pid}/task"):
            for child in map(int, _read(f"{thread.path}/children").split()):
                found += [child, *descendants(child)]
    return found


def end_processes(pids: Iterable[int], patience_s: float = _PATIENCE_S) -> None:
    """End processes and wait until they are gone: those that do not end when asked are killed."""
    left = list(pids)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, number)
        end = time.monotonic() + patience_s
        while (left := [pid for pid in left if _runs(pid)]) and time.monotonic() < end:
            time.sleep(_POLL_S)


def _runs(pid: int) -> bool:
    state = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()[:1]
    return state not in ([], ["Z"], ["X"])


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib is slow to load
            return file.read()
    except OSError:
        return ""
