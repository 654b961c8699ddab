"""Calling a tool, again where the fault may pass."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from workbench.engine.tools.running import Call, Returned, ToolRunner

ATTEMPTS = 3
FIRST_PAUSE_S = 0.5
"""Seconds before the second attempt; each further pause is twice as long."""
PASSING = ("timed_out", "unavailable")
"""Faults that may pass. Tools that write do so once however often they are called."""

Pause = Callable[[float], Awaitable[None]]
"""Waits for some seconds."""


@dataclass(frozen=True, slots=True)
class Called:
    """How a call ended, and after how many attempts."""

    returned: Returned
    attempts: int


class Caller:
    """Calls tools, up to three times.

    Args:
        runner: Runs a tool for the operator.
        pause: Waits between attempts.
    """

    def __init__(self, runner: ToolRunner, pause: Pause = asyncio.sleep) -> None:
        self._runner = runner
        self._pause = pause

    async def call(self, call: Call) -> Called:
        """Make a call; only faults that may pass are tried again."""
        attempts = 1
        returned = await self._runner.run(call)
        while returned.code in PASSING and attempts < ATTEMPTS:
            await self._pause(FIRST_PAUSE_S * 2 ** (attempts - 1))
            attempts += 1
            returned = await self._runner.run(call)
        return Called(returned, attempts)
