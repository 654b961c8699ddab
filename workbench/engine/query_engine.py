"""The LlamaIndex query engine: our retriever over Postgres, our prompt, a local model.

`Session` drives its two halves, retrieval and streamed generation, with an event for each step;
`query` and `aquery` join them for code that speaks LlamaIndex.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import AsyncStreamingResponse, Response
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle

from workbench.config import Settings
from workbench.engine.agent.filling import (
    MAX_TOKENS,
    filling_messages,
    filling_schema,
    read_filling,
)
from workbench.engine.assistant import Assistant
from workbench.engine.clock import to_24_hours
from workbench.engine.context import Excerpt, count_words, excerpts
from workbench.engine.finder import Finder
from workbench.engine.guards.passages import disarmed
from workbench.engine.language import detect_language, language_name
from workbench.engine.llm import Delta, build_llm, stream_chat, stream_json, stream_yes
from workbench.engine.memo import Memo
from workbench.engine.prompts import Prompt, Quoting
from workbench.engine.quoting import quoted
from workbench.engine.retrieval import Passage, Retriever
from workbench.engine.tools.tool import Tool
from workbench.engine.turn import Usage
from workbench.services.endpoints import Endpoint
from workbench.store.messages import Exchange

LEAST_QUOTED = 30
"""Words that have to be left beside what tools found; in fewer no rule is stated."""


class GroundedQueryEngine(BaseQueryEngine):
    """Answers from one assistant's documents.

    Args:
        retriever: Finds passages in Postgres.
        assistant: Whose documents and prompts are used.
        endpoint: Where the model is served.
        prompt: Which of the assistant's prompts.
        settings: Retrieval and answer settings.
        memo: Keeps searches and replies for reuse; nothing is reused when `None`.
    """

    def __init__(
        self,
        retriever: Retriever,
        assistant: Assistant,
        endpoint: Endpoint,
        prompt: Prompt,
        settings: Settings,
        memo: Memo | None = None,
    ) -> None:
        super().__init__(callback_manager=None)
        self._memo = memo
        self._finder = Finder(retriever, assistant, settings.retrieval, memo)
        self._assistant = assistant
        self._prompt = prompt
        self._settings = settings
        self._endpoint = endpoint
        self._llm = build_llm(endpoint, settings.answer)

    async def search(self, query: str) -> list[Passage]:
        """Return the passages for a query, best first; rules out of force come last, if at all."""
        return await self._finder.search(query)

    def choose(
        self, passages: Sequence[Passage], question: str, beside: Sequence[Excerpt] = ()
    ) -> list[Excerpt]:
        """Return what is read of the passages, or quoted, to answer a question.

        Rules out of force are left to questions for which nothing else is found; sentences that
        order an assistant about are left out.

        Args:
            passages: What was found, best first.
            question: What is asked.
            beside: What tools found, which leaves less room for quotes.
        """
        if self._settings.answer.drop_orders:
            passages = disarmed(passages)
        marks = self._assistant.superseded_marks
        in_force = [one for one in passages if not any(mark in one.label for mark in marks)]
        quoting = self._prompt.quoting
        if quoting is None:
            return excerpts(in_force or passages, self._settings.answer.context_chars, question)
        room = quoting.words - sum(count_words(excerpt.text) for excerpt in beside)
        if room < LEAST_QUOTED:
            return []
        return excerpts(in_force or passages, room, question, count_words)

    async def judge(
        self, question: str, lang: str, chosen: Sequence[Excerpt]
    ) -> tuple[float, Usage | None]:
        """Return how probable the model holds it that excerpts answer a question, and its tokens.

        Raises:
            ModelServerError: The model cannot be asked.
        """
        messages = self._messages(question, lang, chosen, ())
        asked = {"messages": [list(message) for message in messages], "asked": "yes"}

        def ask() -> AsyncIterator[Delta]:
            return stream_yes(self._llm, messages, self._endpoint)

        text, usage = "", None
        async for delta in ask() if self._memo is None else self._memo.reply(asked, ask):
            text += delta.text
            usage = delta.usage or usage
        return float(text), usage

    def stream(
        self, question: str, lang: str, chosen: Sequence[Excerpt], history: Sequence[Exchange]
    ) -> AsyncIterator[Delta]:
        """Stream the model's reply to a question over what `choose` returned."""
        messages = self._messages(question, lang, chosen, history)
        if self._memo is None:
            return stream_chat(self._llm, messages, self._endpoint)
        seed = self._settings.answer.seed
        asked = {
            "messages": [list(message) for message in messages],
            "temperature": self._settings.answer.temperature,
            "max_tokens": self._settings.answer.max_tokens,
            **({} if seed is None else {"seed": seed}),
        }
        return self._memo.reply(asked, lambda: stream_chat(self._llm, messages, self._endpoint))

    def _messages(
        self, question: str, lang: str, chosen: Sequence[Excerpt], history: Sequence[Exchange]
    ) -> list[tuple[str, str]]:
        read = [{"label": one.passage.label, "text": one.text} for one in chosen]
        user = self._prompt.render_user(
            passages=read,
            history=history,
            question=to_24_hours(question),
            language=language_name(lang),
        )
        return self._prompt.messages(user)

    async def fill(
        self, tool: Tool, question: str, given: Mapping[str, Any], today: date
    ) -> tuple[dict[str, Any], Usage | None]:
        """Return the arguments of a tool that the model reads from a question, and its tokens.

        The server holds the reply to the schema of what is not known yet.

        Raises:
            ModelServerError: The model cannot be asked.
        """
        messages = filling_messages(tool, question, given, today)
        schema = filling_schema(tool, given)
        asked = {
            "messages": [list(message) for message in messages],
            "schema": schema,
            "temperature": 0.0,
            "max_tokens": MAX_TOKENS,
        }

        def write() -> AsyncIterator[Delta]:
            return stream_json(self._llm, messages, self._endpoint, schema, MAX_TOKENS)

        text, usage = "", None
        async for delta in write() if self._memo is None else self._memo.reply(asked, write):
            text += delta.text
            usage = delta.usage or usage
        return read_filling(text, list(schema["properties"])), usage

    async def _aquery(self, query_bundle: QueryBundle) -> AsyncStreamingResponse:
        question = query_bundle.query_str
        chosen = self.choose(await self.search(question), question)
        lang = detect_language(question, self._assistant.languages)

        async def texts() -> AsyncIterator[str]:
            quoting = self._prompt.quoting
            if quoting is None:
                async for delta in self.stream(question, lang, chosen, ()):
                    yield delta.text
            elif chosen and await self._answers(question, lang, chosen, quoting):
                yield quoted(chosen)
            else:
                yield self._assistant.refusal(lang)

        read = [excerpt.passage for excerpt in chosen]
        nodes = [NodeWithScore(node=passage.to_node(), score=passage.score) for passage in read]
        return AsyncStreamingResponse(response_gen=texts(), source_nodes=nodes)

    async def _answers(
        self, question: str, lang: str, chosen: Sequence[Excerpt], quoting: Quoting
    ) -> bool:
        if quoting.refuse_below == 0:
            return True
        share, _ = await self.judge(question, lang, chosen)
        return share >= quoting.refuse_below

    def _query(self, query_bundle: QueryBundle) -> Response:
        import asyncio

        async def whole() -> Response:
            streamed = await self._aquery(query_bundle)
            text = "".join([piece async for piece in streamed.response_gen])
            return Response(response=text, source_nodes=streamed.source_nodes)

        return asyncio.run(whole())

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _get_prompts(self) -> dict[str, Any]:
        return {}

    def _update_prompts(self, prompts_dict: dict[str, Any]) -> None:
        """Prompts are files; LlamaIndex's own prompt objects are not used."""
