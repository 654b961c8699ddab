"""Runs the client with a script, to look at it: `python tests/tui/play.py [SECONDS TO START]`."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from scripted import ANSWER, SOURCES, ScriptedBackend, make_turn

from workbench.engine.events import (
    AnswerFinished,
    Event,
    RetrievalFinished,
    RetrievalStarted,
    Token,
    TurnFailed,
    Waiting,
)
from workbench.tui.app import ChatApp

LONG = (
    ANSWER
    + """

Further to note:

- Suites follow **their own table**, with a note on `RO-17`
- The register is kept at the front desk

| Until | Price |
|---|---|
| 13:00 | free |
| 15:00 | 50% |

1. Ask the Duty Manager
2. Note it in the register [1]
"""
)
EXAMPLES = (
    "What does a late check-out until 3 PM cost, and who approves it?",
    "Phí trả phòng trễ đến 15 giờ là bao nhiêu?",
)


async def slowly(question: str) -> AsyncIterator[Event]:
    yield RetrievalStarted(query=question)
    await asyncio.sleep(0.4)
    yield RetrievalFinished(passages=SOURCES, seconds=0.4)
    await asyncio.sleep(0.8)
    answer = LONG if "all" in question else ANSWER
    for start in range(0, len(answer), 4):
        yield Token(text=answer[start : start + 4])
        await asyncio.sleep(0.05)
    outcome = "refused" if "dragon" in question else "answered"
    yield AnswerFinished(turn=make_turn(question, answer, outcome))


async def breaking(question: str) -> AsyncIterator[Event]:
    for start in range(0, 60, 4):
        yield Token(text=ANSWER[start : start + 4])
        await asyncio.sleep(0.05)
    yield TurnFailed(
        turn=make_turn(question, ANSWER[:60], "failed"),
        message="the model server went away",
        hint="it is restarted with the next question",
        retryable=True,
    )


async def restarting(question: str) -> AsyncIterator[Event]:
    for step in ("stopped", "loading weights", "warming up"):
        yield Waiting(message=f"restarting the model: {step}")
        await asyncio.sleep(1)
    async for event in slowly(question):
        yield event


def play(question: str) -> AsyncIterator[Event]:
    if "break" in question:
        return breaking(question)
    return restarting(question) if "restart" in question else slowly(question)


async def opening(progress) -> None:
    for seconds in range(int(sys.argv[1]) if len(sys.argv) > 1 else 2):
        progress("model", f"loading weights, {seconds} s")
        progress("documents", f"{12 * seconds} of 34 indexed")
        await asyncio.sleep(1)


if __name__ == "__main__":
    folder = Path(tempfile.mkdtemp())
    ChatApp(ScriptedBackend(folder, play, opening=opening, examples=EXAMPLES)).run()
