"""The tools of a conversation: decided on, called, and told."""

import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from workbench.engine.agent.carrying import carry_over
from workbench.engine.agent.choosing import ONLY_DOCUMENTS, Need, choose_need
from workbench.engine.agent.loop import Confirm, Emit, LookedUp, ToolLoop
from workbench.engine.assistant import Assistant
from workbench.engine.routing.router import Router
from workbench.engine.tools.arguments import name_readers
from workbench.engine.tools.context import ToolContext
from workbench.engine.tools.people import spell_names
from workbench.engine.tools.running import ToolRunner
from workbench.engine.tools.tool import Tool

ContextSource = Callable[[str], Awaitable[ToolContext]]
"""Gives what tools work with, for a language; who asks is read from the store."""
RouterSource = Callable[[], Awaitable[Router]]
"""Gives the router that tells documents and tools apart."""
ModelFill = Callable[[Tool, str, Mapping[str, Any], date], Awaitable[dict[str, Any]]]
"""Takes a tool, the question, the known arguments and the date; returns what the model adds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistance:
    """The tools of one assistant for one conversation.

    Attributes:
        assistant: Whose tools.
        context: What they work with.
        router: Decides which are needed.
    """

    assistant: Assistant
    context: ContextSource
    router: RouterSource

    async def need(
        self, question: str, lang: str, earlier: str = ""
    ) -> tuple[Need, ToolContext | None]:
        """Return what a question needs, and what the tools work with.

        Args:
            question: As it was asked.
            lang: Its language.
            earlier: What was asked before, where the question leans on it.

        Raises:
            WorkbenchError: The tables or the operator's profile cannot be read.
        """
        if not self.assistant.tools or self.assistant.routes is None:
            return ONLY_DOCUMENTS, None
        context = await self.context(lang)
        today, tools = context.now.date(), self.assistant.tools
        whole = unicodedata.normalize("NFC", carry_over(question, earlier, tools, today))
        spelt = await self._spelt(whole, context)
        need = await choose_need(spelt, await self.router(), tools, today, earlier)
        return need, context

    async def _spelt(self, question: str, context: ToolContext) -> str:
        """Return a question with the names that the operator may know as the tables spell them."""
        for permission, read in name_readers(self.assistant.tools):
            if context.operator.may(permission):
                question = spell_names(question, await read(context))
        return question

    async def look_up(
        self,
        need: Need,
        question: str,
        context: ToolContext,
        emit: Emit,
        confirm: Confirm,
        fill: ModelFill,
    ) -> LookedUp:
        """Call the tools that are needed."""
        question = need.question or question
        runner = ToolRunner(self.assistant.tools, replace(context, question=question))
        today = context.now.date()

        async def filled(tool: Tool, given: Mapping[str, Any]) -> dict[str, Any]:
            # a tool that was only thought of is not worth seconds of the model's time
            return await fill(tool, question, given, today) if tool.name in need.likely else {}

        loop = ToolLoop(runner, emit, confirm, filled)
        return await loop.run(need.tools, question, today, need.parts)
