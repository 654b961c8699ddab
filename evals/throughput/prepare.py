"""Writes the chats that our engine sends for the questions of a set, for all contestants to send.

    python -m evals.throughput.prepare --dataset Q.jsonl --corpus C.jsonl --limit 100 \
        --output messages.jsonl

The engine runs as in a suite, with its index, its search and its prompt; only where it would ask
the model, the chat is written down instead. The corpus is indexed on the way, as it is before
questions are asked in a suite.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.throughput.common import Prompt, write_prompts
from workbench.config import Settings, load_settings
from workbench.engine.assistant import Assistant
from workbench.engine.engine import Engine
from workbench.engine.llm import Delta
from workbench.engine.retrieval import Passage
from workbench.evaluation.preparing import choose_assistant, prepare_index
from workbench.evaluation.questions import Question, load_questions
from workbench.evaluation.tasks.answers import KeptInMind, last_turn


class Overheard:
    """A memo that searches anew each time, and writes down what the model would be asked.

    Attributes:
        asked: The messages and the sampling of each call.
    """

    def __init__(self) -> None:
        self.asked: list[Mapping[str, Any]] = []

    async def passages(
        self, asked: Mapping[str, Any], find: Callable[[], Awaitable[list[Passage]]]
    ) -> list[Passage]:
        """Return what is found now."""
        return await find()

    async def reply(
        self, asked: Mapping[str, Any], write: Callable[[], AsyncIterator[Delta]]
    ) -> AsyncIterator[Delta]:
        """Note the request; the reply does not matter."""
        self.asked.append(asked)
        yield Delta("-")


async def prompt_of(engine: Engine, assistant: Assistant, question: Question) -> Prompt:
    """Return what the model is asked for a question.

    Raises:
        SystemExit: The question follows others, whose answers are the model's; or the engine
            answers it without the model.
    """
    if question.history:
        raise SystemExit(f"{question.id} has a history: choose a set of single questions")
    overheard = Overheard()
    session = engine.converse(assistant, KeptInMind(), "", memo=overheard)
    turn = await last_turn(session, question.user_input)
    if len(overheard.asked) != 1:
        raise SystemExit(f"{question.id} does not reach the model: {turn.error or turn.outcome}")
    asked = overheard.asked[0]
    return Prompt(
        id=question.id,
        messages=[{"role": role, "content": content} for role, content in asked["messages"]],
        reference=question.reference,
        max_tokens=asked["max_tokens"],
        temperature=asked["temperature"],
    )


async def prepare(settings: Settings, questions: Sequence[Question], corpus: Path) -> list[Prompt]:
    """Index the corpus and return the prompt of every question, in their order."""
    assistant = choose_assistant(settings, questions, None, corpus)
    engine = await Engine.open(settings, print)
    try:
        await prepare_index(settings, engine, assistant, print)
        return [await prompt_of(engine, assistant, question) for question in questions]
    finally:
        await engine.close()


def main() -> None:
    """Write the prompts of the set that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m evals.throughput.prepare")
    parser.add_argument("--dataset", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=100)
    options = parser.parse_args()
    questions = load_questions(options.dataset)[: options.limit]
    prompts = asyncio.run(prepare(load_settings(), questions, options.corpus))
    write_prompts(options.output, prompts)
    print(f"{options.output}: {len(prompts)} prompts")


if __name__ == "__main__":
    main()
