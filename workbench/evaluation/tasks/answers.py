"""The task of the suites `answers`, `latency` and `cost`: a question asked of an assistant."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

from workbench.engine.assistant import Assistant
from workbench.engine.engine import Engine
from workbench.engine.events import ConfirmationRequested, Event, TurnFailed
from workbench.engine.memo import Memo
from workbench.engine.session import Session
from workbench.engine.turn import Turn
from workbench.errors import WorkbenchError
from workbench.evaluation.metrics.scores import UNFINISHED, score_record
from workbench.evaluation.questions import Question
from workbench.evaluation.running.memo import RunMemo
from workbench.evaluation.running.runner import Job, Tried
from workbench.evaluation.tasks.records import question_record, turn_record
from workbench.evaluation.tasks.tool_clock import ToolClock
from workbench.store.calls import CallKind
from workbench.store.messages import Exchange


class CountedMemo(Memo, Protocol):
    """A memo that tells how many calls were made through it."""

    @property
    def made(self) -> Mapping[CallKind, int]:
        """How many calls were made, by kind."""
        ...


MemoSource = Callable[[int], RunMemo]
"""Gives the memo of an item for a repeat."""


class KeptInMind:
    """Keeps a conversation while an item runs; what counts of it is stored with the results."""

    def __init__(self) -> None:
        self._turns: list[Turn] = []

    async def begin(self, question: str, lang: str) -> str:
        """Return the id of the next answer."""
        return f"turn-{len(self._turns) + 1}"

    async def finish(self, turn: Turn) -> None:
        """Keep the turn."""
        self._turns.append(turn)

    async def history(self, turns: int) -> Sequence[Exchange]:
        """Return the last turns that came to an end of their own, oldest first."""
        ended = [turn for turn in self._turns if turn.outcome in ("answered", "refused")]
        return [
            Exchange(question=turn.question, query=turn.search_query, answer=turn.answer)
            for turn in (ended[-turns:] if turns else [])
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTask:
    """Asks questions and scores the answers without a judge.

    Attributes:
        engine: Who answers.
        assistant: Whose documents and rules are used.
        questions: The questions by id.
        metrics: What is measured.
        memo: The memo of a repeat.
        model: The model that answers; the configured one when `None`.
        prompt: One of the assistant's prompts.
    """

    engine: Engine
    assistant: Assistant
    questions: Mapping[str, Question]
    metrics: Sequence[str]
    memo: MemoSource
    model: str | None = None
    prompt: str | None = None

    async def __call__(self, job: Job) -> Tried:
        """Ask one question, after those of its history."""
        question = self.questions[job.item]
        memo = self.memo(job.repeat)
        failed: list[TurnFailed] = []
        clock = ToolClock()
        try:
            turn, cost = await self.ask(question, memo, failed, clock)
        except WorkbenchError as error:
            tried = self._tried(job, None, memo, error.one_line())
            return replace(tried, retryable=error.retryable)
        retryable = any(event.retryable for event in failed)
        tried = self._tried(job, turn, memo, turn.error, clock.seconds)
        return replace(tried, retryable=retryable, cost=cost)

    async def ask(
        self,
        question: Question,
        memo: CountedMemo,
        failed: list[TurnFailed],
        clock: ToolClock | None = None,
    ) -> tuple[Turn, float | None]:
        """Ask a question after those of its history; a turn that breaks is the last one.

        Args:
            question: The question.
            memo: Counts the calls that were made.
            failed: Gets the event of a turn that broke.
            clock: Measures how long the last turn's tools were at work.

        Returns:
            The last turn, and what the turns cost for which the model was asked now; `None`
            where it was not, or where its price is not known.

        Raises:
            WorkbenchError: A question could not be asked.
        """
        session = self.conversation(memo)
        costs: list[float] = []
        for text in (*question.history, question.user_input):
            before = memo.made["generation"]
            turn = await last_turn(session, text, failed, clock)
            if memo.made["generation"] > before and turn.cost.amount is not None:
                costs.append(turn.cost.amount)
            if turn.outcome in UNFINISHED:
                break
        return turn, sum(costs) if costs else None

    def conversation(self, memo: Memo) -> Session:
        """Return a fresh conversation."""
        return self.engine.converse(
            self.assistant, KeptInMind(), "", model=self.model, prompt=self.prompt, memo=memo
        )

    def _tried(
        self,
        job: Job,
        turn: Turn | None,
        memo: RunMemo,
        error: str,
        tools: float | None = None,
    ) -> Tried:
        question = self.questions[job.item]
        record: dict[str, Any] = {
            **question_record(question),
            **turn_record(turn),
            "error": error,
            "reused": sorted(memo.reused),
        }
        if tools is not None:
            record["timings"] = {**record["timings"], "tools": tools}
        return Tried(
            job=job,
            outcome=record["outcome"],
            record=record,
            scores=score_record(question, record, self.metrics),
        )


async def last_turn(
    session: Session,
    text: str,
    failed: list[TurnFailed] | None = None,
    clock: ToolClock | None = None,
) -> Turn:
    """Ask a question and return its turn.

    Args:
        session: Whom.
        text: The question.
        failed: Gets the event of a turn that broke.
        clock: Measures how long the turn's tools were at work.

    Raises:
        WorkbenchError: The question could not be asked.
    """
    turn: Turn | None = None
    events = cast("AsyncGenerator[Event, None]", session.ask(text))
    async with aclosing(events):
        async for event in events:
            turn = getattr(event, "turn", turn)
            if clock is not None:
                clock.see(event)
            if isinstance(event, ConfirmationRequested):
                session.confirm(event.confirmation_id, yes=False)  # a measurement changes nothing
            if isinstance(event, TurnFailed) and failed is not None:
                failed.append(event)
    if turn is None:
        raise WorkbenchError("the turn ended without an answer")
    return turn
