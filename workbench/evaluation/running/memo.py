"""The memo of a run: searches and replies are looked up before they are made."""

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from typing import Any, Protocol

from workbench.engine.llm import Delta
from workbench.engine.retrieval import Passage
from workbench.engine.retrieval.passage import Sentence
from workbench.engine.turn import Usage
from workbench.evaluation.running.keys import Identity
from workbench.store.calls import CallKind


class Calls(Protocol):
    """Where calls are kept; the store in real use."""

    async def get(self, kind: CallKind, key: str) -> Any | None:
        """Return what a call gave, or `None`."""
        ...

    async def put(self, kind: CallKind, key: str, value: Any) -> None:
        """Keep what a call gave."""
        ...


class RunMemo:
    """Keeps the calls of one item in one repeat.

    Args:
        calls: Where they are kept.
        identity: What decides them besides the request.
        repeat: Which repeat of the item this is.
        reuse: The kinds of calls that may be answered from what was kept.

    Attributes:
        reused: The kinds that were.
        made: How many calls were made, by kind.
    """

    def __init__(
        self, calls: Calls, identity: Identity, repeat: int, reuse: Collection[CallKind]
    ) -> None:
        self._calls = calls
        self._identity = identity
        self._repeat = repeat
        self._reuse = frozenset(reuse)
        self.reused: set[CallKind] = set()
        self.made: dict[CallKind, int] = {"retrieval": 0, "generation": 0}

    async def passages(
        self, asked: Mapping[str, Any], find: Callable[[], Awaitable[list[Passage]]]
    ) -> list[Passage]:
        """Return the passages of a search, found now or earlier."""
        key = self._identity.retrieval_key(asked)
        kept = await self._kept("retrieval", key)
        if kept is not None:
            return [_passage(each) for each in kept]
        found = await find()
        self.made["retrieval"] += 1
        await self._calls.put("retrieval", key, [dataclasses.asdict(each) for each in found])
        return found

    async def reply(
        self, asked: Mapping[str, Any], write: Callable[[], AsyncIterator[Delta]]
    ) -> AsyncIterator[Delta]:
        """Yield a model's reply, piece by piece as it came; only a whole one is kept."""
        key = self._identity.generation_key(asked, self._repeat)
        kept = await self._kept("generation", key)
        if kept is not None:
            for each in kept:
                yield _delta(each)
            return
        pieces = []
        self.made["generation"] += 1
        async for delta in write():
            pieces.append(dataclasses.asdict(delta))
            yield delta
        await self._calls.put("generation", key, pieces)

    async def _kept(self, kind: CallKind, key: str) -> Any | None:
        if kind not in self._reuse:
            return None
        kept = await self._calls.get(kind, key)
        if kept is not None:
            self.reused.add(kind)
        return kept


def _passage(kept: dict[str, Any]) -> Passage:
    sentences = tuple(Sentence(**each) for each in kept["sentences"])
    return Passage(**{**kept, "sentences": sentences})


def _delta(kept: dict[str, Any]) -> Delta:
    usage = kept["usage"]
    return Delta(kept["text"], kept["reasoning"], Usage(**usage) if usage else None)
