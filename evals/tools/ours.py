"""Our way of choosing and filling, on BFCL, which has no examples to learn a router from.

    WORKBENCH_PUBLIC_DATA=... python -m evals.tools.ours --strategy similar --replies similar.jsonl
    WORKBENCH_PUBLIC_DATA=... python -m evals.tools.ours --strategy one-of --replies one_of.jsonl

- `similar`: the router that knows tools by their descriptions alone chooses; then the model fills
  in the arguments as it does in the engine, under a schema that the server holds, null for what is
  not said. A call that lacks a required argument is not made.
- `one-of`: one request, under a schema of "one of these functions with its arguments, or none".
  With `--from NEARNESS` texts that are less near to all descriptions are declined before that.

`--tell-arguments` adds to the request of `similar` what the arguments mean, which `one-of` always
says. Thresholds and prompts may be chosen on the parts `live_*` only.
"""

import argparse
from collections.abc import Mapping
from datetime import date
from typing import Any

from evals.tools.asking import MAX_TOKENS, Ask, options, run
from evals.tools.bfcl import Function, Task
from evals.tools.lenient import read_arguments
from evals.tools.one_of import one_of_messages, one_of_schema, read_one_of
from evals.tools.replies import Reply
from evals.tools.rule import Made
from evals.tools.schemas import described, engine_tool, missing_required, told_arguments
from workbench.config import Settings
from workbench.engine.agent.filling import filling_messages, filling_schema, read_filling
from workbench.engine.embeddings import Embedder, load_embedder
from workbench.engine.llm import build_llm, stream_json
from workbench.engine.routing.background import Background
from workbench.engine.routing.describing import MIDDLE, DescribingRouter
from workbench.engine.turn import Usage
from workbench.services.endpoints import Endpoint

SIMILAR, ONE_OF = "similar", "one-of"
TODAY = date(2024, 1, 1)
"""What the model is told today is; no accepted answer of the set rests on it."""


class Asker:
    """Asks the model for objects under a schema.

    Args:
        endpoint: Where it is served.
        settings: The workspace's settings.
    """

    def __init__(self, endpoint: Endpoint, settings: Settings) -> None:
        self._endpoint = endpoint
        self._llm = build_llm(endpoint, settings.answer)

    async def ask(
        self, messages: list[tuple[str, str]], schema: dict[str, Any]
    ) -> tuple[str, Usage]:
        """Return the reply and its tokens.

        Raises:
            ModelServerError: There is none.
        """
        text, usage = "", Usage()
        async for delta in stream_json(self._llm, messages, self._endpoint, schema, MAX_TOKENS):
            text += delta.text
            usage = delta.usage or usage
        return text, usage


class Chooser:
    """Chooses a function by descriptions alone.

    Args:
        embedder: The encoder of the router.
        nearest_from: The nearness from which a function is chosen.
    """

    def __init__(self, embedder: Embedder, nearest_from: float) -> None:
        self._embedder = embedder
        self._background = Background.of(embedder)
        self._from = nearest_from

    async def choose(self, task: Task) -> str:
        """Return the name of the nearest function; an empty text where none is near."""
        if not task.functions:
            return ""
        known = {function["name"]: described(function) for function in task.functions}
        router = DescribingRouter(known, self._embedder, self._background, self._from)
        route = await router.route(task.text)
        return route.labels[0] if route.labels else ""


class Similar:
    """Chooses by descriptions, then fills as the engine does.

    Args:
        asker: Asks the model.
        chooser: Chooses.
        tell_arguments: Whether the request says what the arguments mean.
    """

    def __init__(self, asker: Asker, chooser: Chooser, tell_arguments: bool) -> None:
        self._asker = asker
        self._chooser = chooser
        self._tell = tell_arguments

    async def __call__(self, task: Task) -> Reply:
        """Return the reply to a task."""
        chosen = await self._chooser.choose(task)
        if not chosen:
            return Reply(id=task.id, part=task.part, note="no function is near")
        function = task.function(chosen)
        given, text, usage = await self._fill(function, task.text)
        missing = missing_required(function, given)
        return Reply(
            id=task.id,
            part=task.part,
            calls=() if missing else (Made(chosen, given),),
            text=text,
            note=f"lacking: {', '.join(missing)}" if missing else "",
            prompt=usage.prompt,
            completion=usage.completion,
        )

    async def _fill(self, function: Function, question: str) -> tuple[dict[str, Any], str, Usage]:
        tool = engine_tool(function)
        schema = filling_schema(tool, {})
        if not schema["properties"]:
            return {}, "", Usage()
        (role, system), *rest = filling_messages(tool, question, {}, TODAY)
        if self._tell:
            system = f"{system}\nArguments:\n{told_arguments(tool.schema())}"
        text, usage = await self._asker.ask([(role, system), *rest], schema)
        return read_filling(text, list(schema["properties"])), text, usage


class OneOf:
    """Chooses and fills in one request.

    Args:
        asker: Asks the model.
        chooser: Declines texts before; `None` where the model sees them all.
    """

    def __init__(self, asker: Asker, chooser: Chooser | None) -> None:
        self._asker = asker
        self._chooser = chooser

    async def __call__(self, task: Task) -> Reply:
        """Return the reply to a task."""
        if not task.functions:
            return Reply(id=task.id, part=task.part, note="no function is there")
        if self._chooser is not None and not await self._chooser.choose(task):
            return Reply(id=task.id, part=task.part, note="no function is near")
        messages = one_of_messages(task.functions, task.text)
        text, usage = await self._asker.ask(messages, one_of_schema(task.functions))
        call = read_one_of(read_arguments(text) or {}, task.functions)
        return Reply(
            id=task.id,
            part=task.part,
            calls=() if call is None else (call,),
            text=text,
            prompt=usage.prompt,
            completion=usage.completion,
        )


def make_ask(given: argparse.Namespace, settings: Settings, endpoint: Endpoint) -> Ask:
    """Return what asks for the calls of a task in the chosen way."""
    asker, nearest_from = Asker(endpoint, settings), threshold(given)
    chooser = None
    if nearest_from is not None:
        chooser = Chooser(load_embedder(settings), nearest_from)
    if given.strategy == SIMILAR:
        assert chooser is not None
        return Similar(asker, chooser, given.tell_arguments)
    return OneOf(asker, chooser)


def threshold(given: argparse.Namespace) -> float | None:
    """Return the nearness below which everything is declined; `None` where nothing is."""
    chosen: float | None = given.nearest_from
    return MIDDLE if chosen is None and given.strategy == SIMILAR else chosen


def about(given: argparse.Namespace) -> Mapping[str, Any]:
    """Return what tells this way of asking from others."""
    return {
        "system": "ours",
        "strategy": given.strategy,
        "nearest_from": threshold(given),
        "tell_arguments": given.tell_arguments or given.strategy == ONE_OF,
    }


def main() -> None:
    """Ask the parts that the command line names."""
    parser = options("ours", __doc__ or "")
    parser.add_argument("--strategy", choices=(SIMILAR, ONE_OF), required=True)
    parser.add_argument("--from", dest="nearest_from", type=float, metavar="NEARNESS")
    parser.add_argument("--tell-arguments", action="store_true")
    given = parser.parse_args()
    run(given, make_ask, about(given))


if __name__ == "__main__":
    main()
