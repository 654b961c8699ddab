"""Asks our engine the questions of a set over a corpus, under a condition.

Searches and replies are kept in the store, as those of a suite are: to run the same again takes
seconds, and a run that was broken off goes on where it was.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.injection.conditions import Condition, prompted, settled
from workbench.config import Settings
from workbench.engine.engine import Engine
from workbench.engine.llm import Delta
from workbench.engine.retrieval.collections import collection_identity, get_collection
from workbench.evaluation.fingerprint import fingerprint
from workbench.evaluation.preparing import corpus_assistant, prepare_endpoint, prepare_index
from workbench.evaluation.questions import Question
from workbench.evaluation.results import Item, make_item
from workbench.evaluation.running.budget import Budget
from workbench.evaluation.running.keys import Identity, code_hash
from workbench.evaluation.running.limiter import Limiter
from workbench.evaluation.running.memo import RunMemo
from workbench.evaluation.running.progress import RunProgress
from workbench.evaluation.running.runner import Job, Tried, run_jobs
from workbench.evaluation.tasks.answers import AnswerTask
from workbench.services.endpoints import Endpoint, resolve_model
from workbench.services.identity import serving_identity
from workbench.store.calls import CallKind, Calls

Say = Callable[[str], None]
METRICS = ("answer_accuracy", "false_refusal", "hit_at_5")
REUSE: tuple[CallKind, ...] = ("retrieval", "generation")


class Overheard(RunMemo):
    """A run's memo that notes what the model read.

    Attributes:
        read: The last message to the model, which holds passages and question; empty where the
            question was answered without it.
    """

    read = ""

    def reply(
        self, asked: Mapping[str, Any], write: Callable[[], AsyncIterator[Delta]]
    ) -> AsyncIterator[Delta]:
        """Note the request, and reply as a run's memo does."""
        self.read = asked["messages"][-1][1]
        return super().reply(asked, write)


class Asker:
    """Asks over several corpora, with services that are opened once.

    Args:
        settings: The workspace's settings.
        engine: The open engine.
        endpoint: Where the model is served.
        width: How many questions are under way at once.
        say: Shows what goes on.
    """

    def __init__(
        self, settings: Settings, engine: Engine, endpoint: Endpoint, width: int, say: Say
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._serving = serving_identity(settings, endpoint)
        self._calls = Calls(engine.database)
        self._width = width
        self._say = say

    @classmethod
    async def open(cls, settings: Settings, width: int, say: Say) -> "Asker":
        """Open the engine and bring the model server up.

        Raises:
            WorkbenchError: A service cannot be used.
        """
        engine = await Engine.open(settings, say)
        endpoint = await prepare_endpoint(settings, resolve_model(settings, None), say)
        return cls(settings, engine, endpoint, width, say)

    async def ask(
        self, corpus: Path, questions: Sequence[Question], condition: Condition, label: str
    ) -> list[Item]:
        """Ask questions, and return what came of each, in their order.

        Args:
            corpus: The documents, JSON Lines.
            questions: What is asked.
            condition: What stands between documents and model.
            label: What is asked, for progress.

        Raises:
            WorkbenchError: The documents cannot be indexed, or the database went away.
        """
        settings = settled(self._settings, condition)
        assistant = prompted(corpus_assistant(corpus, settings.workspace), condition)
        engine = Engine(settings, self._engine.database, self._engine.retriever)
        await prepare_index(settings, engine, assistant, self._say)
        identity = await asyncio.to_thread(self._identity, settings, assistant.collection)
        asked = {question.id: question for question in questions}

        async def do(job: Job) -> Tried:
            memo = Overheard(self._calls, identity, job.repeat, REUSE)
            task = AnswerTask(
                engine=engine,
                assistant=assistant,
                questions=asked,
                metrics=METRICS,
                memo=lambda _: memo,
            )
            tried = await task(job)
            tried.record["read"] = memo.read
            return tried

        done: dict[str, Item] = {}

        def keep(tried: Tried) -> None:
            done[tried.job.item] = make_item(tried.record, tried.scores)

        limiter = Limiter(self._width)
        watch = RunProgress(len(asked), METRICS, limiter, self._say, label)
        await run_jobs([Job(name) for name in asked], do, keep, limiter, Budget(), watch)
        return [done[name] for name in asked]

    def fingerprint(self, measured: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was measured, and on what."""
        return fingerprint(self._settings, self._serving, {}, measured)

    async def close(self) -> None:
        """Close the connections."""
        await self._calls.close()
        await self._engine.close()

    def _identity(self, settings: Settings, collection: str) -> Identity:
        with self._engine.database.transaction() as connection:
            found = get_collection(connection, collection)
            index = collection_identity(connection, found) if found else {}
        return Identity(
            serving=self._serving,
            index=index,
            retrieval=settings.retrieval.model_dump(mode="json"),
            engine=code_hash(),
        )
