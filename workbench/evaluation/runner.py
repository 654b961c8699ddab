"""Asks the questions of a set, a few at a time, each in a conversation of its own."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from typing import Protocol, cast

from workbench.engine.events import Event
from workbench.engine.turn import Turn
from workbench.errors import WorkbenchError
from workbench.evaluation.questions import Question
from workbench.evaluation.results import Item, make_item


class Conversation(Protocol):
    """What is asked: a session of the engine, or a scripted one."""

    def ask(self, text: str) -> AsyncIterator[Event]:
        """Yield the events of a turn."""
        ...


OpenConversation = Callable[[], Awaitable[Conversation]]


async def run_questions(
    questions: Sequence[Question],
    open_conversation: OpenConversation,
    keep: Callable[[Item], None],
    progress: Callable[[str], None],
    concurrency: int = 1,
) -> None:
    """Ask all questions; every one ends as an item, whether it was answered or not.

    When the task is cancelled, the questions under way are stopped; finished items were kept.

    Args:
        questions: What is asked.
        open_conversation: Begins a fresh conversation.
        keep: Stores an item as soon as it is finished; what it raises ends the run.
        progress: Told the figures so far after every item.
        concurrency: How many questions are under way at once; 1 gives true latencies.
    """
    waiting = iter(questions)
    figures = _Figures(len(questions))

    def finished(item: Item) -> None:
        keep(item)
        figures.add(item)
        progress(figures.line())

    workers = [
        asyncio.create_task(_work(waiting, open_conversation, finished))
        for _ in range(min(concurrency, len(questions)))
    ]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


async def _work(
    waiting: Iterator[Question], open_conversation: OpenConversation, done: Callable[[Item], None]
) -> None:
    for question in waiting:
        done(await ask_question(question, open_conversation))


async def ask_question(question: Question, open_conversation: OpenConversation) -> Item:
    """Ask one question, after those of its history, and score the answer."""
    try:
        conversation = await open_conversation()
        for earlier in question.history:
            await _last_turn(conversation, earlier)
        return make_item(question, await _last_turn(conversation, question.user_input))
    except WorkbenchError as error:
        return make_item(question, None, error.one_line())


async def _last_turn(conversation: Conversation, text: str) -> Turn:
    turn: Turn | None = None
    events = cast("AsyncGenerator[Event, None]", conversation.ask(text))
    async with aclosing(events):
        async for event in events:
            turn = getattr(event, "turn", turn)
    if turn is None:
        raise WorkbenchError("the turn ended without an answer")
    return turn


class _Figures:
    """The figures of a run while it goes on."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._started = time.monotonic()
        self._items: list[Item] = []

    def add(self, item: Item) -> None:
        self._items.append(item)

    def line(self) -> str:
        done = len(self._items)
        minutes = (time.monotonic() - self._started) / done * (self._total - done) / 60
        failed = sum(not item.answered for item in self._items)
        shares = [
            f"{label} {self._share(metric)}"
            for label, metric in (
                ("right", "answer_accuracy"),
                ("refused rightly", "refusal_recall"),
                ("wrongly", "false_refusal"),
            )
        ]
        return f"{done}/{self._total}  {', '.join(shares)}, failed {failed}  {minutes:.0f} min left"

    def _share(self, metric: str) -> str:
        scored = [item.metrics[metric] for item in self._items]
        values = [score.value for score in scored if score.value is not None]
        return f"{sum(values):.0f}/{len(values)}"
