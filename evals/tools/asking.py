"""What asking our way and asking the bare model share: options, the endpoint, the loop."""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evals.tools.bfcl import FOLDER, PARTS, SCORED, Task, load_part
from evals.tools.figures import show
from evals.tools.replies import Keeper, Reply, read_replies
from workbench.config import Settings, load_settings
from workbench.errors import WorkbenchError
from workbench.evaluation.fingerprint import hardware, sha256_of
from workbench.evaluation.retrieval_sets import public_data
from workbench.services.endpoints import Endpoint, ensure_endpoint
from workbench.services.identity import serving_identity

MAX_TOKENS = 256
"""The longest reply, for everybody alike."""

Ask = Callable[[Task], Awaitable[Reply]]
MakeAsk = Callable[[argparse.Namespace, Settings, Endpoint], Ask]


def options(program: str, description: str) -> argparse.ArgumentParser:
    """Return the options that every contestant has."""
    parser = argparse.ArgumentParser(prog=f"python -m evals.tools.{program}")
    parser.description = description.partition("\n")[0]
    parser.add_argument("--part", action="append", choices=PARTS, help="may be repeated")
    parser.add_argument("--replies", type=Path, required=True, help="kept here; goes on from it")
    parser.add_argument("--model", help="the configured one when not given")
    parser.add_argument("--limit", type=int, help="only so many tasks of each part")
    parser.add_argument("--concurrency", type=int, default=8)
    return parser


def run(given: argparse.Namespace, make_ask: MakeAsk, about: Mapping[str, Any]) -> None:
    """Ask everything that is not answered yet, and print the figures.

    Args:
        given: The options.
        make_ask: Makes what asks, once the endpoint is there.
        about: What tells this contestant from others.

    Raises:
        SystemExit: Something needed is missing; with one line that says what.
    """
    try:
        asyncio.run(_run(given, make_ask, about))
    except WorkbenchError as error:
        sys.exit(error.one_line())


async def _run(given: argparse.Namespace, make_ask: MakeAsk, about: Mapping[str, Any]) -> None:
    parts = given.part or SCORED
    tasks = [task for part in parts for task in load_part(part)[: given.limit]]
    settings = load_settings()
    endpoint = await asyncio.to_thread(ensure_endpoint, settings, given.model, print)
    known = {**about, **_measured(settings, endpoint)}
    keeper = Keeper(given.replies, known)
    left = [task for task in tasks if task.id not in keeper.known]
    ask = make_ask(given, settings, endpoint)
    await ask_all(left, ask, keeper, given.concurrency)
    show(read_replies(given.replies))


def _measured(settings: Settings, endpoint: Endpoint) -> dict[str, Any]:
    return {
        "serving": serving_identity(settings, endpoint),
        "data": sha256_of(public_data() / FOLDER),
        "max_tokens": MAX_TOKENS,
        "hardware": hardware(),
    }


async def ask_all(tasks: Sequence[Task], ask: Ask, keeper: Keeper, concurrency: int) -> None:
    """Ask for all tasks, so many at once, keeping each reply and saying how far it is."""
    slots, done = asyncio.Semaphore(concurrency), 0

    async def one(task: Task) -> None:
        nonlocal done
        async with slots:
            keeper.add(await timed(task, ask))
        done += 1
        print(f"\r{done}/{len(tasks)}", end="", file=sys.stderr, flush=True)

    await asyncio.gather(*(one(task) for task in tasks))
    print(file=sys.stderr)


async def timed(task: Task, ask: Ask) -> Reply:
    """Ask for a task; a fault of the server becomes a reply that says so, to be asked again."""
    started = time.perf_counter()
    try:
        reply = await ask(task)
    except WorkbenchError as error:
        reply = Reply(id=task.id, part=task.part, error=error.one_line())
    return replace(reply, seconds=time.perf_counter() - started)
