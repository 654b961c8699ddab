"""How long answers take: one stream, a warm server, the clock from `Session.ask`."""

import json
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from workbench.engine.assistant import Assistant
from workbench.engine.engine import Engine
from workbench.engine.session import Session
from workbench.engine.turn import Turn
from workbench.errors import WorkbenchError
from workbench.evaluation.statistics.percentiles import percentile_figures

Progress = Callable[[str], None]


def read_questions(path: Path, limit: int) -> list[str]:
    """Return the first `limit` questions of a question set.

    Raises:
        WorkbenchError: The file cannot be read as one.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        found = [str(json.loads(line)["user_input"]) for line in lines if line.strip()]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise WorkbenchError(f"{path} is not a question set: {error!r}", "name another") from error
    if not found:
        raise WorkbenchError(f"{path} holds no questions", "name another")
    return found[:limit]


async def run_latency(
    engine: Engine, assistant: Assistant, questions: Sequence[str], progress: Progress
) -> dict[str, Any]:
    """Ask each question once in a session of its own, after one that warms the server.

    Returns:
        Seconds at the 50th and 95th percentile with their 95% intervals, tokens a second while
        answering, and counts.
    """
    await _ask(await engine.session(assistant), questions[0])
    turns: list[Turn] = []
    for number, question in enumerate(questions, start=1):
        progress(f"asking {number} of {len(questions)}")
        turns.append(await _ask(await engine.session(assistant), question))
    return summarise(turns)


async def _ask(session: Session, question: str) -> Turn:
    turn: Turn | None = None
    async for event in session.ask(question):
        turn = getattr(event, "turn", turn)
    assert turn is not None, "a turn ends with an event that carries it"
    return turn


def summarise(turns: Sequence[Turn]) -> dict[str, Any]:
    """Summarise turns; failed ones are counted and left out of the times."""
    done = [turn for turn in turns if turn.outcome in ("answered", "refused")]
    first = [turn.timings.first_token or 0.0 for turn in done]
    total = [turn.timings.total or 0.0 for turn in done]
    retrieval = [turn.timings.retrieval or 0.0 for turn in done]
    rates = [rate for turn in done if (rate := tokens_per_second(turn)) is not None]
    return {
        "n": len(done),
        "failed": len(turns) - len(done),
        "first_token_s": _percentiles(first),
        "total_s": _percentiles(total),
        "retrieval_s": _percentiles(retrieval),
        "tokens_per_second": statistics.median(rates) if rates else None,
        "prompt_tokens": statistics.median([turn.usage.prompt for turn in done] or [0]),
        "uncached_tokens": statistics.median(
            [turn.usage.prompt - turn.usage.cached for turn in done] or [0]
        ),
        "completion_tokens": statistics.median([turn.usage.completion for turn in done] or [0]),
    }


def tokens_per_second(turn: Turn) -> float | None:
    """Return the pace at which an answer was written.

    `None` for less than five tokens, and for a refusal, whose text does not come from the model.
    """
    if turn.outcome != "answered":
        return None
    first, total, tokens = turn.timings.first_token, turn.timings.total, turn.usage.completion
    if first is None or total is None or tokens < 5 or total <= first:
        return None
    return (tokens - 1) / (total - first)


def _percentiles(values: list[float]) -> dict[str, float | None]:
    figures = percentile_figures(values)
    return {key: value for key, value in figures.items() if not key.startswith("p99")}
