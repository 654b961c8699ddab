"""The step of a turn in which tools are called."""

from collections.abc import Sequence

from workbench.engine.agent.assistance import Assistance, ModelFill
from workbench.engine.agent.choosing import DOCUMENTS, NOT_IN_TABLES, Need
from workbench.engine.agent.loop import Confirm, Emit, LookedUp
from workbench.engine.agent.telling import as_answer, as_excerpts, ask_for, not_in_tables
from workbench.engine.context import Excerpt
from workbench.engine.draft import Draft, as_source
from workbench.engine.events import AskedBack, GuardApplied, RouteDecided, Token
from workbench.engine.tools.running import Returned
from workbench.engine.turn import Confidence, Outcome, Source, ToolCall

LOOKED_UP = "looked up in tables"


class LookUpStep:
    """Calls the tools that a question needs.

    Args:
        assistance: The tools.
        confirm: Asks the operator before a call that changes something.
        fill: Asks the model for arguments that rules do not find.
    """

    def __init__(self, assistance: Assistance, confirm: Confirm, fill: ModelFill) -> None:
        self._assistance = assistance
        self._confirm = confirm
        self._fill = fill

    async def run(self, draft: Draft, emit: Emit) -> list[Excerpt] | None:
        """Look up what the question needs.

        Returns:
            What is to be read beside documents; `None` when that was the whole answer.

        Raises:
            WorkbenchError: The tables cannot be read, or the model cannot be asked.
        """
        question = draft.search_query if draft.stands_alone else draft.question
        earlier = "" if draft.stands_alone else draft.search_query.removesuffix(question)
        need, context = await self._assistance.need(question, draft.lang, earlier)
        if need.route is not None:
            draft.route = _route_name(need)
            emit(RouteDecided(route=draft.route, probabilities=dict(need.route.probabilities)))
        if need.untold:
            self._refuse(draft, emit)
            return None
        if context is None or not need.tools:
            return []
        looked_up = await self._assistance.look_up(
            need, question, context, emit, self._confirm, self._fill
        )
        draft.tool_calls = tuple(_call(each) for each in looked_up.returned)
        if need.documents:
            return as_excerpts(looked_up.returned, self._assistance.assistant.title, draft.lang)
        self._answer(draft, looked_up, emit)
        return None

    def _answer(self, draft: Draft, looked_up: LookedUp, emit: Emit) -> None:
        """Answer from the tools alone: nothing is left for a model to say."""
        returned, lang = looked_up.returned, draft.lang
        lacking = [name for names in looked_up.lacking.values() for name in names]
        text = as_answer(returned, lang)
        if lacking:
            asked = ask_for(lacking, lang)
            emit(AskedBack(question=asked))
            text = f"{text} {asked}".strip()
        if any(each.code == "not_allowed" for each in returned):
            emit(GuardApplied(guard="role", reason="the operator's role may not use a tool"))
        draft.first_token = draft.elapsed()
        draft.answer = text
        draft.outcome = _outcome(returned, bool(lacking))
        if draft.outcome == "refused":
            text = draft.answer = f"{text} {self._contact(lang)}".strip()
        if draft.outcome == "answered":
            draft.sources = self._sources(returned, lang)
            draft.confidence = Confidence(value=1.0, method=LOOKED_UP)
        emit(Token(text=text))

    def _refuse(self, draft: Draft, emit: Emit) -> None:
        """Say honestly that no table holds what is asked, and whom to ask."""
        emit(GuardApplied(guard="evidence", reason="no table holds what is asked"))
        text = f"{not_in_tables(draft.lang)} {self._contact(draft.lang)}".strip()
        draft.first_token = draft.elapsed()
        draft.answer = text
        draft.outcome = "refused"
        emit(Token(text=text))

    def _contact(self, lang: str) -> str:
        """Return whom to ask instead."""
        assistant = self._assistance.assistant
        return assistant.contacts.get(lang, assistant.contacts.get(assistant.languages[0], ""))

    def _sources(self, returned: Sequence[Returned], lang: str) -> tuple[Source, ...]:
        excerpts = as_excerpts(returned, self._assistance.assistant.title, lang)
        return tuple(
            as_source(excerpt.passage, number) for number, excerpt in enumerate(excerpts, start=1)
        )


def _outcome(returned: Sequence[Returned], lacking: bool) -> Outcome:
    if any(each.result for each in returned):
        return "answered"
    if lacking:
        return "asked_back"
    return "blocked" if any(each.code == "not_allowed" for each in returned) else "refused"


def _route_name(need: Need) -> str:
    if need.untold:
        return NOT_IN_TABLES
    names = [each.name for each in need.tools]
    return " + ".join([*names, DOCUMENTS] if need.documents else names)


def _call(returned: Returned) -> ToolCall:
    return ToolCall(
        name=returned.call.name,
        arguments=dict(returned.call.arguments),
        result=returned.text,
        ok=returned.result is not None,
    )
