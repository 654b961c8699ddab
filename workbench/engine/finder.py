"""The search of one assistant: its collection, its glossary, its rules out of force last."""

from workbench.config import SearchSettings
from workbench.engine.assistant import Assistant
from workbench.engine.memo import Memo
from workbench.engine.retrieval import Passage, Retriever

SPARE = 10
"""How many passages more than wanted are looked at, so that rules out of force can give way."""


class Finder:
    """Finds passages of one assistant's documents.

    Args:
        retriever: Finds passages in Postgres.
        assistant: Whose documents are searched.
        settings: How passages are found, and how many are wanted.
        memo: Keeps searches for reuse; nothing is reused when `None`.
    """

    def __init__(
        self,
        retriever: Retriever,
        assistant: Assistant,
        settings: SearchSettings,
        memo: Memo | None = None,
    ) -> None:
        self._retriever = retriever.using(settings)
        self._assistant = assistant
        self._wanted = settings.top_k
        self._memo = memo

    async def search(self, query: str) -> list[Passage]:
        """Return the passages for a query, best first; rules out of force come last, if at all."""
        found = await self._find(query)
        marks = self._assistant.superseded_marks
        in_force = sorted(found, key=lambda one: any(mark in one.label for mark in marks))
        return in_force[: self._wanted]

    async def _find(self, query: str) -> list[Passage]:
        collection, glossary = self._assistant.collection, self._assistant.glossary
        wanted = self._wanted + SPARE

        async def find() -> list[Passage]:
            return await self._retriever.search(query, collection, wanted, glossary=glossary)

        if self._memo is None:
            return await find()
        asked = {"query": query, "collection": collection, "wanted": wanted}
        return await self._memo.passages({**asked, "glossary": glossary.digest()}, find)
