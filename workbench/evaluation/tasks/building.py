"""Making the task of a suite's variant: opening what it needs, and saying what that is."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.config import Settings
from workbench.engine.assistant import Assistant
from workbench.engine.engine import Engine
from workbench.engine.finder import Finder
from workbench.engine.own_settings import settings_for
from workbench.engine.retrieval.collections import collection_identity, get_collection
from workbench.evaluation.fingerprint import fingerprint
from workbench.evaluation.preparing import choose_assistant, prepare_endpoint, prepare_index
from workbench.evaluation.questions import Question
from workbench.evaluation.running.keys import Identity, code_hash
from workbench.evaluation.running.limiter import Load, vllm_load
from workbench.evaluation.running.memo import RunMemo
from workbench.evaluation.running.runner import Do
from workbench.evaluation.suites.suite import Suite, Variant
from workbench.evaluation.tasks.answers import AnswerTask
from workbench.evaluation.tasks.retrieval import RetrievalTask
from workbench.services.endpoints import Endpoint, resolve_model
from workbench.services.identity import serving_identity
from workbench.store.calls import CallKind, Calls

Progress = Callable[[str], None]
Close = Callable[[], Awaitable[None]]


async def _nothing() -> None:
    """There is nothing to close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A variant that is ready to run.

    Attributes:
        do: Runs one item.
        fingerprint: What is measured, and on what.
        load: Asks the model server for its load; `None` where no model is asked.
        close: Closes what was opened.
        engine: The engine, where there is one.
        endpoint: Where the model is served, where one is asked.
        assistant: Who is asked, where somebody is.
    """

    do: Do
    fingerprint: dict[str, Any]
    load: Callable[[], Awaitable[Load | None]] | None = None
    close: Close = field(default=_nothing)
    engine: Engine | None = None
    endpoint: Endpoint | None = None
    assistant: Assistant | None = None


async def prepare_answers(
    settings: Settings,
    suite: Suite,
    variant: Variant,
    questions: Sequence[Question],
    reuse: Collection[CallKind],
    progress: Progress,
) -> Prepared:
    """Open the engine, bring index and model server up, and return the task.

    Raises:
        UsageError: The suite names something that there is not.
        WorkbenchError: A service cannot be used.
    """
    assistant = choose_assistant(settings, questions, suite.assistant, suite.corpus)
    settings = settings_for(settings, assistant)
    prompt = assistant.prompt(variant.prompt)
    model = resolve_model(settings, None)
    engine = await Engine.open(settings, progress)
    await prepare_index(settings, engine, assistant, progress)
    endpoint = await prepare_endpoint(settings, model, progress)
    serving = serving_identity(settings, endpoint)
    index = await asyncio.to_thread(_index, engine, assistant)
    calls = Calls(engine.database)
    identity = _identity(settings, index, serving)
    task = AnswerTask(
        engine=engine,
        assistant=assistant,
        questions={question.id: question for question in questions},
        metrics=suite.measured(),
        memo=lambda repeat: RunMemo(calls, identity, repeat, reuse),
        prompt=variant.prompt,
    )

    async def load() -> Load | None:
        return await vllm_load(endpoint.base_url, endpoint.api_key) if endpoint.local else None

    async def close() -> None:
        await calls.close()
        await engine.close()

    measured = {
        "assistant": assistant.name,
        "prompt": prompt.label,
        "prompt_sha256": hashlib.sha256(repr(prompt).encode()).hexdigest()[:16],
    }
    return Prepared(
        do=task,
        fingerprint=fingerprint(settings, serving, index, measured),
        load=load,
        close=close,
        engine=engine,
        endpoint=endpoint,
        assistant=assistant,
    )


async def prepare_retrieval(
    settings: Settings,
    suite: Suite,
    questions: Sequence[Question],
    reuse: Collection[CallKind],
    progress: Progress,
) -> Prepared:
    """Open the engine, bring the index up to date, and return the task.

    Raises:
        WorkbenchError: A service cannot be used, or a name is not known.
    """
    assistant = choose_assistant(settings, questions, suite.assistant, suite.corpus)
    settings = settings_for(settings, assistant)
    engine = await Engine.open(settings, progress)
    await prepare_index(settings, engine, assistant, progress)
    index = await asyncio.to_thread(_index, engine, assistant)
    calls = Calls(engine.database)
    identity = _identity(settings, index, {})
    task = RetrievalTask(
        finder=lambda memo: Finder(engine.retriever, assistant, settings.retrieval, memo),
        questions={question.id: question for question in questions},
        metrics=suite.measured(),
        memo=lambda repeat: RunMemo(calls, identity, repeat, reuse),
    )

    async def close() -> None:
        await calls.close()
        await engine.close()

    return Prepared(
        do=task,
        fingerprint=fingerprint(settings, {}, index, {"assistant": assistant.name}),
        close=close,
        engine=engine,
        assistant=assistant,
    )


def _index(engine: Engine, assistant: Assistant) -> dict[str, Any]:
    with engine.database.transaction() as connection:
        collection = get_collection(connection, assistant.collection)
        return collection_identity(connection, collection) if collection else {}


def _identity(settings: Settings, index: Mapping[str, Any], serving: Mapping[str, Any]) -> Identity:
    return Identity(
        serving=serving,
        index=index,
        retrieval=settings.retrieval.model_dump(mode="json"),
        engine=code_hash(),
    )
