"""The steps of one answer: wait for the model, search, read, write, cite."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import date
from typing import Any, Protocol

from workbench.config import Settings
from workbench.engine.agent.assistance import Assistance
from workbench.engine.agent.loop import Confirm
from workbench.engine.agent.step import LOOKED_UP, LookUpStep
from workbench.engine.assistant import Assistant
from workbench.engine.citing import CitingStream
from workbench.engine.context import Excerpt
from workbench.engine.costs import turn_cost
from workbench.engine.draft import Draft, as_source, cited_sources
from workbench.engine.events import (
    Event,
    GuardApplied,
    QueryRewritten,
    Reasoning,
    RetrievalFinished,
    RetrievalStarted,
    Token,
    TurnStarted,
    Waiting,
)
from workbench.engine.followup import Standalone, needs_history, standalone_query
from workbench.engine.guards.passages import with_orders
from workbench.engine.language import detect_language
from workbench.engine.names import mentions_any, names_in
from workbench.engine.prompts import Prompt
from workbench.engine.query_engine import GroundedQueryEngine
from workbench.engine.quoting import are_answer, quote
from workbench.engine.refusing import RefusalGate, is_refusal
from workbench.engine.retrieval import Passage
from workbench.engine.tools.running import Call
from workbench.engine.tools.tool import Tool
from workbench.engine.turn import Confidence, Cost, ModelInfo
from workbench.services.endpoints import Endpoint
from workbench.store.messages import Exchange

Emit = Callable[[Event], None]
ModelSource = Callable[[], Awaitable[tuple[Endpoint, GroundedQueryEngine]]]
"""Gives the model's endpoint and the query engine over it, waiting for the server where need be."""


class EndpointSource(Protocol):
    """Gives the endpoint of the model, starting its server where need be."""

    async def __call__(self, progress: Callable[[str], None]) -> Endpoint:
        """Return the endpoint; `progress` is told what is being waited for."""
        ...


class EngineSource(Protocol):
    """Gives the query engine over an endpoint."""

    def __call__(self, endpoint: Endpoint) -> GroundedQueryEngine:
        """Return the query engine."""
        ...


async def refuse_all(call: Call) -> bool:
    """Confirm nothing: nobody is there to be asked."""
    return False


class Answering:
    """Answers the questions of one conversation.

    Args:
        assistant: Whose documents and rules are used.
        prompt: Which of its prompts.
        model_name: The model that will answer.
        settings: The workspace's settings.
        endpoint_source: Where the model is served.
        engine_source: The query engine over that endpoint.
        assistance: The assistant's tools; documents alone are read when `None`.
    """

    def __init__(
        self,
        assistant: Assistant,
        prompt: Prompt,
        model_name: str,
        settings: Settings,
        endpoint_source: EndpointSource,
        engine_source: EngineSource,
        assistance: Assistance | None = None,
    ) -> None:
        self._assistant = assistant
        self._prompt = prompt
        self._model_name = model_name
        self._settings = settings
        self._endpoint_source = endpoint_source
        self._engine_source = engine_source
        self._assistance = assistance
        self._lang = assistant.languages[0]

    @property
    def history_turns(self) -> int:
        """How many earlier turns a follow-up may lean on."""
        return self._settings.answer.history_turns

    def draft(self, session: str, question: str, history: Sequence[Exchange]) -> Draft:
        """Return the empty record of a turn; a follow-up's query includes the one before it."""
        others = [lang for lang in self._assistant.languages if lang != self._lang]
        lang = self._lang = detect_language(question, (self._lang, *others))
        asked = Standalone(question, whole=True)
        if history and needs_history(question, lang):
            asked = standalone_query(question, history[-1].query)
        return Draft(
            id="",
            session=session,
            assistant=self._assistant.name,
            lang=lang,
            question=question,
            search_query=asked.query,
            stands_alone=asked.whole,
            prompt=self._prompt.label,
            model=ModelInfo(name=self._model_name),
        )

    async def run(
        self,
        draft: Draft,
        history: Sequence[Exchange],
        emit: Emit,
        confirm: Confirm = refuse_all,
    ) -> None:
        """Fill in the draft, step by step, and say so in events.

        Args:
            draft: The turn.
            history: What was said before.
            emit: Told of every step.
            confirm: Asks the operator before a tool changes something.

        Raises:
            WorkbenchError: A step failed; the draft holds what there is.
        """
        emit(TurnStarted(turn_id=draft.id, session=draft.session, question=draft.question))
        if draft.search_query != draft.question:
            method = "another time" if draft.stands_alone else "previous query"
            emit(QueryRewritten(question=draft.question, query=draft.search_query, method=method))
        opened: list[tuple[Endpoint, GroundedQueryEngine]] = []

        async def model() -> tuple[Endpoint, GroundedQueryEngine]:
            if not opened:
                endpoint = await self._connect(draft, emit)
                opened.append((endpoint, self._engine_source(endpoint)))
            return opened[0]

        looked_up = await self._look_up(draft, emit, confirm, model)
        if looked_up is not None:
            _, engine = await model()
            await self._read(draft, engine, looked_up, history, emit)
        if opened:
            draft.cost = self._cost(draft, opened[0][0])

    async def _look_up(
        self, draft: Draft, emit: Emit, confirm: Confirm, model: ModelSource
    ) -> list[Excerpt] | None:
        """Return what tools found, to be read beside documents; `None` when it is the answer."""
        if self._assistance is None:
            return []

        async def fill(
            tool: Tool, question: str, given: Mapping[str, Any], today: date
        ) -> dict[str, Any]:
            _, engine = await model()
            found, usage = await engine.fill(tool, question, given, today)
            draft.add_usage(usage)
            return found

        return await LookUpStep(self._assistance, confirm, fill).run(draft, emit)

    async def _read(
        self,
        draft: Draft,
        engine: GroundedQueryEngine,
        looked_up: Sequence[Excerpt],
        history: Sequence[Exchange],
        emit: Emit,
    ) -> None:
        """Answer from documents, and from what tools found."""
        retrieved = await self._retrieve(draft, engine, emit)
        self._report_orders(retrieved, emit)
        found = engine.choose(retrieved, draft.search_query, looked_up)
        chosen = [*looked_up, *found]
        if not chosen:
            self._refuse(draft, emit, "nothing was found")
        elif not looked_up and (names := self._unknown_names(draft, chosen)):
            self._refuse(draft, emit, f"no passage mentions {', '.join(names)}")
        elif self._prompt.quoting is not None:
            await self._quote(draft, engine, looked_up, found, emit)
        else:
            earlier = () if draft.stands_alone else history
            await self._write(draft, engine, chosen, earlier, emit)
            if draft.outcome == "answered":
                return
            if looked_up:
                self._tell(draft, looked_up, emit)
            else:
                self._refuse(draft, emit, "the model found no answer in the passages")

    async def _quote(
        self,
        draft: Draft,
        engine: GroundedQueryEngine,
        looked_up: Sequence[Excerpt],
        found: Sequence[Excerpt],
        emit: Emit,
    ) -> None:
        """Answer with what tools found, and with the passages' own sentences if they answer."""
        assert self._prompt.quoting is not None
        answers = await are_answer(draft, engine, self._prompt.quoting, found)
        chosen = [*looked_up, *(found if answers else ())]
        if looked_up and not answers:
            draft.confidence = Confidence(value=1.0, method=LOOKED_UP)
        if chosen:
            emit(Token(text=quote(draft, chosen)))
        else:
            self._refuse(draft, emit, "the model holds the passages for no answer")

    def _cost(self, draft: Draft, endpoint: Endpoint) -> Cost:
        server = self._settings.server
        seconds = draft.elapsed() - (draft.queue or 0.0)
        return turn_cost(
            endpoint, draft.usage, seconds, server.hardware_price_per_hour, server.currency
        )

    async def _connect(self, draft: Draft, emit: Emit) -> Endpoint:
        loop = asyncio.get_running_loop()

        def show(message: str) -> None:
            # a message may still be on its way from its thread when the wait is over
            if draft.queue is None:
                emit(Waiting(message=message))

        def progress(message: str) -> None:
            loop.call_soon_threadsafe(show, message)

        try:
            endpoint = await self._endpoint_source(progress)
        finally:
            draft.queue = draft.elapsed()
        draft.model = ModelInfo(
            name=endpoint.name,
            weights=endpoint.weights,
            quantisation=endpoint.quantisation,
            endpoint=endpoint.base_url,
        )
        return endpoint

    async def _retrieve(
        self, draft: Draft, engine: GroundedQueryEngine, emit: Emit
    ) -> list[Passage]:
        emit(RetrievalStarted(query=draft.search_query))
        started = time.perf_counter()
        passages = await engine.search(draft.search_query)
        draft.retrieval = time.perf_counter() - started
        draft.retrieved = tuple(
            as_source(passage, number) for number, passage in enumerate(passages, start=1)
        )
        emit(RetrievalFinished(passages=draft.retrieved, seconds=draft.retrieval))
        return passages

    def _report_orders(self, retrieved: Sequence[Passage], emit: Emit) -> None:
        if self._settings.answer.drop_orders and (ordering := with_orders(retrieved)):
            places = ", ".join(sorted({one.document for one in ordering}))
            emit(GuardApplied(guard="orders", reason=f"left out orders to the assistant: {places}"))

    def _unknown_names(self, draft: Draft, chosen: Sequence[Excerpt]) -> list[str]:
        """Return the names of the question if its passages hold none of them.

        Only passages in the question's language count: in another one a name may be spelt anew.
        """
        passages = [excerpt.passage for excerpt in chosen if excerpt.passage.lang == draft.lang]
        if not passages or not self._settings.answer.names_must_occur:
            return []
        names = names_in(draft.search_query)
        texts = [f"{passage.label}\n{passage.text}" for passage in passages]
        return [] if mentions_any(names, texts) else names

    async def _write(
        self,
        draft: Draft,
        engine: GroundedQueryEngine,
        chosen: Sequence[Excerpt],
        history: Sequence[Exchange],
        emit: Emit,
    ) -> None:
        passages = [excerpt.passage for excerpt in chosen]
        gate = RefusalGate()
        question = draft.search_query if draft.stands_alone else draft.question
        foreign = [at for at, passage in enumerate(passages) if passage.lang != draft.lang]
        citing = CitingStream([passage.text for passage in passages], question, foreign)

        def show(text: str) -> None:
            if text:
                draft.first_token = draft.first_token or draft.elapsed()
                draft.answer += text
                draft.sources = cited_sources(citing, passages)
                emit(Token(text=text))

        stream = engine.stream(question, draft.lang, chosen, history)
        async with aclosing(stream) as deltas:  # type: ignore[type-var]
            async for delta in deltas:
                if delta.reasoning:
                    emit(Reasoning(text=delta.reasoning))
                draft.add_usage(delta.usage)
                show(citing.feed(gate.feed(delta.text)))
        show(citing.feed(gate.finish()) + citing.finish())
        if gate.refused or is_refusal(draft.answer) or not draft.answer.strip():
            draft.outcome = "refused"
            return
        draft.confidence = Confidence(
            value=citing.share_supported, method="share of sentences that a passage supports"
        )

    def _tell(self, draft: Draft, looked_up: Sequence[Excerpt], emit: Emit) -> None:
        """Answer with what tools found, where the model saw no answer in it."""
        told = [f"{excerpt.text} [{number}]" for number, excerpt in enumerate(looked_up, start=1)]
        text = ("\n\n" if draft.answer.strip() else "") + " ".join(told)
        draft.first_token = draft.first_token or draft.elapsed()
        draft.answer += text
        draft.outcome = "answered"
        draft.sources = tuple(
            as_source(excerpt.passage, number) for number, excerpt in enumerate(looked_up, start=1)
        )
        draft.confidence = Confidence(value=1.0, method=LOOKED_UP)
        emit(Token(text=text))

    def _refuse(self, draft: Draft, emit: Emit, reason: str) -> None:
        """Say honestly that the documents do not hold the answer, and whom to ask."""
        emit(GuardApplied(guard="evidence", reason=reason))
        text = self._assistant.refusal(draft.lang)
        if draft.answer.strip():
            text = "\n\n" + self._assistant.contacts.get(draft.lang, "")
        draft.first_token = draft.first_token or draft.elapsed()
        draft.answer += text
        draft.outcome = "refused"
        draft.sources = ()
        emit(Token(text=text))
