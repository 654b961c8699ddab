"""How well an assistant's router chooses tools and rules fill them, before any model is asked.

    python evals/tool_choice.py hotel datasets/hotel/calls_dev.jsonl [--failures]

prints three figures. On the requests of the file: how often exactly the right tools are called, and
how often with exactly the right arguments, of those that need no free text of a model; names are
looked for without their table. On the assistant's own `routes.jsonl`, in cross-validation in which
near-duplicates are left out together: how often exactly the right tools are called. Each with its n
and its 95% Wilson interval. `--failures` shows what went wrong; it is for development parts only.
"""

import argparse
import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from workbench.assistants import get_assistant
from workbench.config import load_settings
from workbench.engine.agent.choosing import choose_need
from workbench.engine.agent.wanted import wanted_calls
from workbench.engine.assistant import Assistant
from workbench.engine.assisting import train_router
from workbench.engine.embeddings import Embedder, load_embedder
from workbench.engine.routing.examples import RoutingExample, load_examples
from workbench.engine.routing.linear import LinearRouter
from workbench.engine.text import words
from workbench.evaluation.questions import load_questions
from workbench.evaluation.statistics.intervals import share_interval

FOLDS = 5
ALIKE_WORDS = 0.5
"""The share of common words from which two examples are left out together."""
ALIKE_VECTORS = 0.8
"""The cosine of centred vectors from which they are."""
FREE = ("description", "subject", "body")
"""Arguments that are free text."""
_DIGIT = re.compile(r"\d")


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


Called = Sequence[tuple[str, dict[str, Any]]]
"""Names of tools with their arguments as the tools receive them."""


def received(assistant: Assistant, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments checked and with defaults, free texts left out."""
    model = assistant.tools[name].arguments
    free = {key: "any text at all" for key in FREE if key in model.model_fields}
    try:
        checked = model.model_validate({**arguments, **free}).model_dump(mode="json")
    except ValidationError:
        checked = dict(arguments)
    return {key: value for key, value in checked.items() if key not in FREE}


def same(wanted: Called, made: Called) -> bool:
    left = list(made)
    for each in wanted:
        if each not in left:
            return False
        left.remove(each)
    return not left


async def calls_for(
    assistant: Assistant, router: LinearRouter, question: str, today: date
) -> Called:
    need = await choose_need(question, router, assistant.tools, today)
    wanted = wanted_calls(need.tools, question, today, need.parts)
    return [(one.tool.name, received(assistant, one.tool.name, one.arguments)) for one in wanted]


async def on_requests(
    assistant: Assistant, path: Path, embedder: Embedder, failures: bool
) -> tuple[list[bool], list[bool]]:
    assert assistant.routes is not None and assistant.tables is not None
    router = train_router(assistant, load_examples(assistant.routes), embedder)
    assert assistant.tables.now is not None
    today = assistant.tables.now.date()
    tools, arguments = [], []
    for question in load_questions(path):
        made = await calls_for(assistant, router, question.user_input, today)
        wanted = [
            (call.name, received(assistant, call.name, call.args))
            for call in question.reference_tool_calls
        ]
        tools.append(sorted(name for name, _ in made) == sorted(name for name, _ in wanted))
        arguments.append(same(wanted, made))
        if failures and not arguments[-1]:
            print(f"  {question.user_input}\n    wanted {wanted}\n    called {made}")
    return tools, arguments


def folds_of(examples: Sequence[RoutingExample], embedder: Embedder) -> list[int]:
    """Return the fold of each example; those that are nearly the same share one."""
    texts = [_DIGIT.sub("0", each.text) for each in examples]
    vectors = np.asarray(embedder.embed_passages(texts))
    vectors = vectors - vectors.mean(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    terms = [set(words(text)) for text in texts]
    groups = list(range(len(texts)))
    for at in range(len(texts)):
        near = set(np.flatnonzero(vectors[:at] @ vectors[at] > ALIKE_VECTORS).tolist())
        near |= {
            other
            for other in range(at)
            if len(terms[at] & terms[other]) > ALIKE_WORDS * len(terms[at] | terms[other])
        }
        joined = {groups[other] for other in near} | {groups[at]}
        first = min(joined)
        groups = [first if group in joined else group for group in groups]
    order = {group: at for at, group in enumerate(dict.fromkeys(groups))}
    return [order[group] % FOLDS for group in groups]


async def cross_validated(assistant: Assistant, embedder: Embedder) -> list[bool]:
    assert assistant.routes is not None and assistant.tables is not None
    assert assistant.tables.now is not None
    today = assistant.tables.now.date()
    examples = load_examples(assistant.routes)
    folds = folds_of(examples, embedder)
    right = []
    for fold in range(FOLDS):
        rest = [each for each, of in zip(examples, folds, strict=True) if of != fold]
        router = train_router(assistant, rest, embedder)
        for each, of in zip(examples, folds, strict=True):
            if of == fold:
                need = await choose_need(each.text, router, assistant.tools, today)
                wanted = set(each.labels) & set(assistant.tools)
                right.append({tool.name for tool in need.tools} == wanted)
    return right


def show(what: str, right: Sequence[bool]) -> None:
    low, high = share_interval(right)
    share = sum(right) / len(right)
    print(f"{what}: {share:.2f} [{low:.2f}, {high:.2f}], n {len(right)}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python evals/tool_choice.py")
    parser.add_argument("assistant")
    parser.add_argument("requests", type=Path)
    parser.add_argument("--failures", action="store_true")
    given = parser.parse_args()
    settings = load_settings()
    assistant = get_assistant(given.assistant, settings.workspace)
    embedder = Remembered(load_embedder(settings))
    tools, arguments = asyncio.run(on_requests(assistant, given.requests, embedder, given.failures))
    show("exactly the right tools", tools)
    show("exactly the right calls by rule", arguments)
    left_out = asyncio.run(cross_validated(assistant, embedder))
    show("exactly the right tools, examples left out", left_out)


if __name__ == "__main__":
    main()
