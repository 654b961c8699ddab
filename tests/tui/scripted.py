"""A backend that plays a script, and the turns that it plays."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from workbench.engine.events import (
    AnswerFinished,
    Event,
    RetrievalFinished,
    RetrievalStarted,
    Token,
    TurnCancelled,
    TurnStarted,
)
from workbench.engine.turn import ModelInfo, Source, Timings, Turn, Usage
from workbench.tui.backend import Facts, Progress

PASSAGE = """Late check-out

Guests may keep the room until 15:00 against 50% of the day's room rate. The Duty Manager
approves every late check-out after 13:00 and notes it in the register.

Suites follow their own table."""
QUOTE = "The Duty Manager approves every late check-out after 13:00"
ANSWER = """A late check-out until 15:00 costs **50% of the room rate** [1].

The Duty Manager approves it [2]."""


def make_source(number: int, **changes: object) -> Source:
    values = {
        "number": number,
        "document": f"policies/late_checkout_{number}.md",
        "title": "Late check-out",
        "heading": "Late check-out > Fees",
        "chunk_id": f"chunk-{number}",
        "score": 0.0328,
        "score_kind": "rrf",
        "quote": QUOTE,
        "text": PASSAGE,
    }
    return Source(**{**values, **changes})


SOURCES = (
    make_source(1),
    make_source(2, document="sops/checkout_procedures.pdf", page=3, heading=None),
)


def make_turn(question: str, answer: str = ANSWER, outcome: str = "answered", **changes) -> Turn:
    values = {
        "id": "turn-1",
        "session": "session-1",
        "assistant": "hotel",
        "lang": "en",
        "question": question,
        "answer": answer,
        "outcome": outcome,
        "sources": SOURCES if outcome == "answered" else (),
        "usage": Usage(prompt=412, completion=58, cached=310),
        "timings": Timings(queue=0.01, retrieval=0.031, first_token=0.48, total=6.2),
        "model": ModelInfo(name="scripted-model"),
        "prompt": "answer@1",
    }
    return Turn(**{**values, **changes})


async def play_answer(question: str, answer: str = ANSWER, **changes) -> AsyncIterator[Event]:
    """An ordinary turn, whose text comes in pieces of a few characters."""
    turn = make_turn(question, answer, **changes)
    yield TurnStarted(turn_id=turn.id, session=turn.session, question=question)
    yield RetrievalStarted(query=question)
    yield RetrievalFinished(passages=SOURCES, seconds=0.031)
    for start in range(0, len(answer), 5):
        yield Token(text=answer[start : start + 5])
        await asyncio.sleep(0)
    yield AnswerFinished(turn=turn)


Play = Callable[[str], AsyncIterator[Event]]


class ScriptedBackend:
    """Plays one script a question, in order; the last one again for every further question.

    Args:
        folder: Where the client may keep files.
        plays: The scripts.
        opening: What `open` does; it is given the progress callback.
    """

    def __init__(self, folder: Path, *plays: Play, opening=None, examples=()) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self.cancelled = asyncio.Event()
        self.confirmed: list[tuple[str, bool]] = []
        self.answered_confirmation = asyncio.Event()
        self.conversations = 1
        self.closed = False
        self._plays = plays or (play_answer,)
        self._opening = opening
        self._examples = tuple(examples)

    @property
    def facts(self) -> Facts:
        return Facts(
            title="Hotel Paradise",
            description="Answers questions from the hotel's procedures and policies.",
            model="scripted-model",
            prompt="answer@1",
            examples=self._examples,
            folder=self.folder,
        )

    async def open(self, progress: Progress) -> Sequence[Turn]:
        if self._opening is not None:
            return await self._opening(progress) or ()
        return ()

    def confirm(self, confirmation_id: str, yes: bool) -> None:
        self.confirmed.append((confirmation_id, yes))
        self.answered_confirmation.set()

    async def ask(self, text: str) -> AsyncIterator[Event]:
        self.asked.append(text)
        self.cancelled.clear()
        play = self._plays[min(len(self.asked), len(self._plays)) - 1]
        async for event in play(text):
            yield event

    def until_cancelled(self, *pieces: str) -> Play:
        """A script that writes some text, and then waits until it is cancelled."""

        async def play(question: str) -> AsyncIterator[Event]:
            yield TurnStarted(turn_id="turn-1", session="session-1", question=question)
            for piece in pieces:
                yield Token(text=piece)
            await self.cancelled.wait()
            yield TurnCancelled(turn=make_turn(question, "".join(pieces), "cancelled"))

        return play

    def add(self, *plays: Play) -> None:
        self._plays = plays

    def cancel(self) -> None:
        self.cancelled.set()

    async def new_conversation(self) -> None:
        self.conversations += 1

    async def close(self) -> None:
        self.closed = True
