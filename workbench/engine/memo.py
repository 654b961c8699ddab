"""What lets a caller keep and reuse the two dear steps of an answer: searching and writing.

An evaluation asks the same question many times: after a crash, for another metric, with another
prompt over the same passages. It gives a session a memo; front ends give none.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Protocol

from workbench.engine.llm import Delta
from workbench.engine.retrieval import Passage


class Memo(Protocol):
    """Stands between the engine and the work; it may answer from what it kept."""

    async def passages(
        self, asked: Mapping[str, Any], find: Callable[[], Awaitable[list[Passage]]]
    ) -> list[Passage]:
        """Return the passages of a search, found now or earlier.

        Args:
            asked: All that the engine knows of what decides the result, as plain JSON types.
            find: Does the search.
        """
        ...

    def reply(
        self, asked: Mapping[str, Any], write: Callable[[], AsyncIterator[Delta]]
    ) -> AsyncIterator[Delta]:
        """Return the stream of a model's reply, written now or earlier.

        Args:
            asked: The messages and the sampling settings, as plain JSON types.
            write: Asks the model.
        """
        ...
