"""What all contestants share: the questions that they send, their options and their report.

Only the standard library is imported, since each contestant runs in an environment of its own.
"""

import argparse
import json
import os
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_STARTED = time.perf_counter()
DEFAULT = "default"
"""Stands for the concurrency that a tool chooses by itself."""
TIMEOUT_S = 3600.0
"""How long every contestant waits for a reply. At their own defaults some would give up a request
that waits for its turn at a slow server, and send it again: that would measure the patience."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A question as the model gets it.

    Attributes:
        id: The question's id.
        messages: The chat: objects with `role` and `content`.
        reference: What the answer should hold.
        max_tokens: The longest reply.
        temperature: How it is sampled.
    """

    id: str
    messages: list[dict[str, str]]
    reference: str
    max_tokens: int
    temperature: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a contestant reports of its questions.

    Attributes:
        asking_s: Seconds of asking alone, from the tool's own records where it keeps them: without
            imports and other preparation.
        items: How many questions were answered.
        failures: How many were not.
        prompt_tokens: Tokens of all prompts, as the server told the tool.
        completion_tokens: Tokens of all replies, likewise.
        version: Which tool.
        note: What else a reader should know; empty where that is nothing.
        wall_s: Seconds of the whole process where that is not the contestant's own.
        peak_mib: Most memory of that process, likewise.
    """

    asking_s: float
    items: int
    failures: int
    prompt_tokens: int
    completion_tokens: int
    version: str
    note: str = ""
    wall_s: float | None = None
    peak_mib: float | None = None


def read_prompts(path: Path, limit: int | None = None) -> list[Prompt]:
    """Read the file that `prepare.py` wrote."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Prompt(**json.loads(line)) for line in lines if line.strip()][:limit]


def write_prompts(path: Path, prompts: Sequence[Prompt]) -> None:
    """Write one prompt a line."""
    lines = [json.dumps(asdict(prompt), ensure_ascii=False) + "\n" for prompt in prompts]
    path.write_text("".join(lines), encoding="utf-8")


def same_sampling(prompts: Sequence[Prompt]) -> tuple[int, float]:
    """Return the longest reply and the temperature, which all prompts share.

    Raises:
        SystemExit: They do not; some tools take only one for all.
    """
    found = {(prompt.max_tokens, prompt.temperature) for prompt in prompts}
    if len(found) != 1:
        raise SystemExit(f"the prompts need one max_tokens and temperature, not {sorted(found)}")
    return found.pop()


def contestant_options(program: str) -> argparse.ArgumentParser:
    """Return the options that every contestant has."""
    parser = argparse.ArgumentParser(prog=f"python -m evals.throughput.{program}")
    parser.add_argument("--base-url", required=True, help="the address up to and including /v1")
    parser.add_argument("--model", required=True)
    parser.add_argument("--api-key-from-env", required=True, metavar="NAME")
    parser.add_argument("--messages", type=Path, required=True)
    parser.add_argument("--concurrency", type=_width, required=True, help="a number, or default")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--limit", type=int)
    return parser


def api_key(options: argparse.Namespace) -> str:
    """Return the key; clients insist on some text where none is needed."""
    return os.environ.get(options.api_key_from_env) or "none"


def run_contestant(
    parser: argparse.ArgumentParser, ask: Callable[[argparse.Namespace, list[Prompt]], Asked]
) -> None:
    """Ask everything, then write and print the report.

    Args:
        parser: The contestant's options.
        ask: Asks all prompts.
    """
    options = parser.parse_args()
    asked = ask(options, read_prompts(options.messages, options.limit))
    text = json.dumps(report(asked), indent=1) + "\n"
    options.output.write_text(text, encoding="utf-8")
    print(text)


def report(asked: Asked) -> dict[str, Any]:
    """Return a contestant's report as plain JSON types, with wall time and memory of its own."""
    wall_s = asked.wall_s if asked.wall_s is not None else time.perf_counter() - _STARTED
    peak = asked.peak_mib if asked.peak_mib is not None else peak_mib(resource.RUSAGE_SELF)
    return {
        **asdict(asked),
        "wall_s": wall_s,
        "peak_mib": peak,
        "items_per_minute": asked.items / asked.asking_s * 60,
        "whole_items_per_minute": asked.items / wall_s * 60,
    }


def peak_mib(who: int) -> float:
    """Return the most memory (resident set) that this process, or its largest child, had."""
    return resource.getrusage(who).ru_maxrss / 1024


def _width(text: str) -> int | None:
    if text == DEFAULT:
        return None
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1, or default")
    return int(text)
