"""How many items are under way at once: as many as keep the server busy, no more."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

START = 4
MOST = 32
"""More would meet the 50 connections of the embedded Postgres: an item may hold one for its tools
beside the twelve that all searches share."""
GROWTH = 1.5
BACKING_OFF = 0.8
"""As in AIMD: a refusal costs a fifth of the width, as Inspect does."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a server says of itself: requests that it works on, and that wait for it."""

    running: int
    waiting: int


class Limiter:
    """Lets a number of items in at once; a fixed number, or one that it finds.

    The width grows by half whenever as many items as it is wide have ended well and nobody waits
    at the server, and shrinks by a fifth when the server refuses, or when more wait than run: a
    longer queue there makes answers later, not more of them.

    Args:
        fixed: The number; `None` finds it.
        load: Asks the server for its load; `None` where it does not tell.
    """

    def __init__(
        self, fixed: int | None = None, load: Callable[[], Awaitable[Load | None]] | None = None
    ) -> None:
        self._adaptive = fixed is None
        self._load = load
        self._free = asyncio.Condition()
        self._ended_well = 0
        self.width = START if fixed is None else fixed
        self.active = 0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a place and hold it for the block."""
        async with self._free:
            await self._free.wait_for(lambda: self.active < self.width)
            self.active += 1
        try:
            yield
        finally:
            async with self._free:
                self.active -= 1
                self._free.notify_all()

    async def report(self, *, refused: bool) -> None:
        """Tell how an item ended; the width follows.

        Args:
            refused: Whether the server refused or went away; wrong answers are no refusal.
        """
        if not self._adaptive:
            return
        if refused:
            await self._set(max(1, int(self.width * BACKING_OFF)))
            return
        self._ended_well += 1
        if self._ended_well < self.width:
            return
        load = await self._load() if self._load else None
        if load is None or load.waiting == 0:
            await self._set(min(MOST, int(self.width * GROWTH) + 1))
        elif load.waiting > load.running:
            await self._set(max(1, int(self.width * BACKING_OFF)))

    async def _set(self, width: int) -> None:
        self._ended_well = 0
        async with self._free:
            self.width = width
            self._free.notify_all()


async def vllm_load(base_url: str, api_key: str) -> Load | None:
    """Return the load of a vLLM server, `None` for a server that does not tell.

    Args:
        base_url: Its address up to and including `/v1`.
        api_key: Its key.
    """
    import httpx

    url = base_url.removesuffix("/v1") + "/metrics"
    try:
        async with httpx.AsyncClient(timeout=2.0) as client:
            reply = await client.get(url, headers={"Authorization": f"Bearer {api_key}"})
        reply.raise_for_status()
    except httpx.HTTPError:
        return None
    return read_load(reply.text)


def read_load(text: str) -> Load | None:
    """Read the load from vLLM's metrics page (Prometheus text format)."""
    figures = {}
    for name in ("running", "waiting"):
        prefix = f"vllm:num_requests_{name}{{"
        lines = [line for line in text.splitlines() if line.startswith(prefix)]
        if not lines:
            return None
        figures[name] = int(sum(float(line.rpartition(" ")[2]) for line in lines))
    return Load(**figures)
