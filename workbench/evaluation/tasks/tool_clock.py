"""How long the tools of a turn were at work, read from its events."""

import time
from collections.abc import Callable

from workbench.engine.events import Event, ToolCalled, ToolReturned, TurnStarted


class ToolClock:
    """Adds up the seconds in which at least one call of a turn's tools was open.

    Calls that run at the same time count once. What lies between two rounds of calls, such as a
    model that is asked for arguments, does not count.

    Args:
        now: Tells the time in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._open: set[str] = set()
        self._since = 0.0
        self.seconds: float | None = None
        """Of the last turn; `None` where it called no tool."""

    def see(self, event: Event) -> None:
        """Take note of an event; a new turn begins anew."""
        if isinstance(event, TurnStarted):
            self._open.clear()
            self.seconds = None
        elif isinstance(event, ToolCalled):
            if not self._open:
                self._since = self._now()
            self._open.add(event.call_id)
        elif isinstance(event, ToolReturned) and event.call_id in self._open:
            self._open.remove(event.call_id)
            if not self._open:
                self.seconds = (self.seconds or 0.0) + self._now() - self._since
