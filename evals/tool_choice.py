"""How well an assistant's router chooses tools, before any model is asked.

    python evals/tool_choice.py hotel datasets/hotel/calls_dev.jsonl

prints two figures: on the requests of the file, how often exactly the right tools are called; and
on the assistant's own `routes.jsonl`, in 10-fold cross-validation, how often the set of labels is
exactly right. Each with its n and its 95% Wilson interval.
"""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

from workbench.assistants import get_assistant
from workbench.config import load_settings
from workbench.engine.agent.choosing import choose_need
from workbench.engine.assistant import Assistant
from workbench.engine.assisting import train_router
from workbench.engine.embeddings import Embedder, load_embedder
from workbench.engine.routing.examples import load_examples
from workbench.evaluation.questions import load_questions
from workbench.evaluation.statistics.intervals import share_interval

FOLDS = 10


class Remembered:
    """An encoder that computes each text once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, list[float]] = {}
        self.name, self.dimension = embedder.name, embedder.dimension

    def embed_query(self, text: str) -> list[float]:
        return self._embedder.embed_query(text)

    def embed_passages(self, texts: list[str]) -> list[list[float]]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._embedder.embed_passages(new) if new else [], strict=True))
        return [self._known[text] for text in texts]


async def on_requests(assistant: Assistant, path: Path, embedder: Embedder) -> list[bool]:
    assert assistant.routes is not None and assistant.tables is not None
    router = train_router(assistant, load_examples(assistant.routes), embedder)
    assert assistant.tables.now is not None
    today = assistant.tables.now.date()
    right = []
    for question in load_questions(path):
        need = await choose_need(question.user_input, router, assistant.tools, today)
        wanted = {call.name for call in question.reference_tool_calls}
        right.append({tool.name for tool in need.tools} == wanted)
    return right


async def cross_validated(assistant: Assistant, embedder: Embedder) -> list[bool]:
    assert assistant.routes is not None
    examples = load_examples(assistant.routes)
    right = []
    for fold in range(FOLDS):
        rest = [each for at, each in enumerate(examples) if at % FOLDS != fold]
        router = train_router(assistant, rest, embedder)
        for each in examples[fold::FOLDS]:
            route = await router.route(each.text)
            right.append(set(route.labels) == set(each.labels))
    return right


def show(what: str, right: Sequence[bool]) -> None:
    low, high = share_interval(right)
    share = sum(right) / len(right)
    print(f"{what}: {share:.2f} [{low:.2f}, {high:.2f}], n {len(right)}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python evals/tool_choice.py")
    parser.add_argument("assistant")
    parser.add_argument("requests", type=Path)
    given = parser.parse_args()
    settings = load_settings()
    assistant = get_assistant(given.assistant, settings.workspace)
    embedder = Remembered(load_embedder(settings))
    show("exactly the right tools", asyncio.run(on_requests(assistant, given.requests, embedder)))
    show("exactly the right labels", asyncio.run(cross_validated(assistant, embedder)))


if __name__ == "__main__":
    main()
