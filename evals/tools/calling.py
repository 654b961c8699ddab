"""Runs an assistant's agent on a request, up to and including its calls."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from evals.tools.made_calls import ANY_TOOL
from workbench.config import Settings
from workbench.engine.agent.assistance import Assistance
from workbench.engine.agent.loop import LookedUp
from workbench.engine.answering import refuse_all
from workbench.engine.assistant import Assistant
from workbench.engine.assisting import Assistances
from workbench.engine.engine import Engine
from workbench.engine.language import detect_language
from workbench.engine.query_engine import GroundedQueryEngine
from workbench.engine.tools import Tool
from workbench.errors import UsageError, WorkbenchError
from workbench.evaluation.metrics.tool_calls import Call
from workbench.evaluation.questions import Question
from workbench.services.endpoints import ensure_endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What an agent called for a request.

    Attributes:
        calls: The calls, those that failed or were declined included.
        asked_back: The tools that were not called for want of an argument.
        model_calls: How often the model was asked for arguments.
        seconds: How long it took.
        error: Why it broke; empty otherwise.
    """

    calls: tuple[Call, ...] = ()
    asked_back: tuple[str, ...] = ()
    model_calls: int = 0
    seconds: float = 0.0
    error: str = ""


class Caller:
    """Runs the agent of one assistant; it is made by `open`.

    Args:
        settings: The workspace's settings; they name the operator.
        assistant: Whose agent.
        engine: The open engine.
        assistance: The assistant's tools.
    """

    def __init__(
        self, settings: Settings, assistant: Assistant, engine: Engine, assistance: Assistance
    ) -> None:
        self._settings = settings
        self._assistant = assistant
        self._engine = engine
        self._assistance = assistance
        self._model: GroundedQueryEngine | None = None
        self._lock = asyncio.Lock()

    @classmethod
    async def open(
        cls, settings: Settings, assistant: Assistant, say: Callable[[str], None]
    ) -> "Caller":
        """Open the services; the model's server starts when it is first asked.

        Raises:
            UsageError: The assistant has no tools.
            WorkbenchError: A service cannot be used.
        """
        engine = await Engine.open(settings, say)
        embedder = engine.retriever.embedder
        assistance = Assistances(settings, engine.database, embedder).of(assistant)
        if assistance is None:
            raise UsageError(f"{assistant.name} has no tools", "name an assistant with tools")
        return cls(settings, assistant, engine, assistance)

    async def close(self) -> None:
        """Close the connections."""
        await self._engine.close()

    async def call(self, question: Question) -> Called:
        """Return the calls of a request; a fault of a service becomes its error.

        Raises:
            UsageError: The request follows others, which need answers first.
        """
        if question.history:
            raise UsageError(
                f"{question.id} follows other questions", "export an eval run; give --results"
            )
        asked: list[str] = []
        started = time.perf_counter()
        try:
            looked_up = await self._look_up(question.user_input, asked)
        except WorkbenchError as error:
            return Called(error=error.one_line(), seconds=time.perf_counter() - started)
        return Called(
            calls=tuple(
                Call(each.call.name, dict(each.call.arguments)) for each in looked_up.returned
            ),
            asked_back=tuple(looked_up.lacking),
            model_calls=len(asked),
            seconds=time.perf_counter() - started,
        )

    async def _look_up(self, question: str, asked: list[str]) -> LookedUp:
        async def fill(
            tool: Tool, text: str, given: Mapping[str, Any], today: date
        ) -> dict[str, Any]:
            asked.append(tool.name)
            model = await self._query_engine()
            found, _ = await model.fill(tool, text, given, today)
            return found

        lang = detect_language(question, self._assistant.languages)
        need, context = await self._assistance.need(question, lang)
        if context is None or not need.tools:
            return LookedUp()
        return await self._assistance.look_up(
            need, question, context, lambda _: None, refuse_all, fill
        )

    async def _query_engine(self) -> GroundedQueryEngine:
        async with self._lock:
            if self._model is None:
                endpoint = await asyncio.to_thread(ensure_endpoint, self._settings, None, print)
                self._model = GroundedQueryEngine(
                    self._engine.retriever,
                    self._assistant,
                    endpoint,
                    self._assistant.prompt(None),
                    self._settings,
                )
        return self._model


def called_in(record: Mapping[str, Any]) -> Called:
    """Return what the item of an exported run says of its calls.

    It does not say which tools lacked an argument: where the operator was asked back, all that are
    missing count as that.
    """
    if record["outcome"] in ("failed", "cancelled"):
        return Called(error=str(record.get("error", "")) or record["outcome"])
    calls = tuple(Call(one["name"], one["arguments"]) for one in record.get("tool_calls", ()))
    asked = (ANY_TOOL,) if record["outcome"] == "asked_back" else ()
    return Called(calls=calls, asked_back=asked)
