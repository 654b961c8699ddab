"""Throughput side by side: our runner, Inspect AI, a plain ragas/LlamaIndex loop, and the ceiling.

    python -m evals.throughput.compare --dataset Q.jsonl --corpus C.jsonl \
        --messages messages.jsonl --inspect-python INSPECT_ENV/bin/python \
        --output evals/baselines/throughput.json

Each cell (a contestant, at an equal number of requests at once or at its own default, in a round)
meets a model server that was started anew, so that no cell profits from another's prompts. The
order rotates from round to round. Every cell is kept as soon as it ends; the same command goes on
where it stopped. The file of messages comes from `evals.throughput.prepare`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.throughput.common import DEFAULT, read_prompts, same_sampling
from evals.throughput.figures import CEILING, OURS, summarise, table
from evals.throughput.server import counted, counts, fresh_server
from workbench.config import Settings, load_settings
from workbench.evaluation.fingerprint import code_version, hardware, sha256_of
from workbench.services.endpoints import Endpoint, resolve_model
from workbench.services.identity import vllm_version

ROOT = Path(__file__).parents[2]
MODULES = {OURS: "ask_ours", "inspect": "ask_inspect", "ragas_llamaindex": "ask_ragas",
           CEILING: "ask_vllm_bench"}  # fmt: skip
SETTINGS = ("equal", DEFAULT)
KEY_VARIABLE = "THROUGHPUT_API_KEY"
_LIMIT_S = 7200


@dataclass(frozen=True, slots=True)
class Place:
    """Which cell: whose, at which concurrency, in which round (from 1)."""

    contestant: str
    setting: str
    round: int


def places(contestants: Sequence[str], settings: Sequence[str], rounds: int) -> Iterator[Place]:
    """Return all cells in the order in which they are measured."""
    for number in range(rounds):
        first = number % len(contestants)
        rotated = [*contestants[first:], *contestants[:first]]
        for setting in settings:
            for contestant in rotated:
                yield Place(contestant, setting, number + 1)


def command(
    place: Place, endpoint: Endpoint, options: argparse.Namespace, report: Path
) -> list[str]:
    """Return the command line of a contestant."""
    width = str(options.concurrency) if place.setting == "equal" else DEFAULT
    python = options.inspect_python if place.contestant == "inspect" else sys.executable
    given = [str(python), "-m", f"evals.throughput.{MODULES[place.contestant]}"]
    given += ["--base-url", endpoint.base_url, "--model", endpoint.model]
    given += ["--api-key-from-env", KEY_VARIABLE, "--messages", str(options.messages.resolve())]
    given += ["--concurrency", width, "--output", str(report)]
    if options.limit:
        given += ["--limit", str(options.limit)]
    if place.contestant == OURS:
        given += ["--dataset", str(options.dataset.resolve())]
        given += ["--corpus", str(options.corpus.resolve())]
    return given


def measure(place: Place, settings: Settings, options: argparse.Namespace) -> dict[str, Any] | None:
    """Run one contestant against a fresh server; return its cell, `None` where it broke."""
    endpoint = fresh_server(settings, lambda _: None)
    before = counts(endpoint)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        done = subprocess.run(
            command(place, endpoint, options, report),
            env=contestant_environment(settings, endpoint),
            stdout=sys.stderr,
            timeout=_LIMIT_S,
            check=False,
        )
        if done.returncode != 0 or not report.exists():
            return None
        cell = json.loads(report.read_text("utf-8"))
    if cell["items"] == 0:
        return None
    return {
        "contestant": place.contestant,
        "setting": place.setting,
        "round": place.round,
        **cell,
        "server": counted(before, counts(endpoint)),
    }


def contestant_environment(settings: Settings, endpoint: Endpoint) -> dict[str, str]:
    """Return the environment of a contestant: the key, and where these scripts are found."""
    return {
        **os.environ,
        KEY_VARIABLE: endpoint.api_key,
        "PYTHONPATH": str(ROOT),
        "WORKBENCH_WORKSPACE": str(settings.workspace),
    }


def about(settings: Settings, options: argparse.Namespace) -> dict[str, Any]:
    """Return what is measured; cells of a file belong together only where all this is equal."""
    prompts = read_prompts(options.messages, options.limit)
    max_tokens, temperature = same_sampling(prompts)
    return {
        "model": resolve_model(settings, None),
        "server": vllm_version(),
        "hardware": hardware(),
        "n": len(prompts),
        "messages_sha256": sha256_of(options.messages),
        "max_tokens": max_tokens,
        "temperature": temperature,
        "concurrency": options.concurrency,
    }


def read_state(path: Path, known: dict[str, Any]) -> dict[str, Any]:
    """Return what an earlier call kept, or a beginning.

    Raises:
        SystemExit: The file is about something else.
    """
    if not path.exists():
        return {**known, **code_version(ROOT / "workbench"), "settings": {}, "cells": []}
    state: dict[str, Any] = json.loads(path.read_text("utf-8"))
    changed = [key for key, value in known.items() if state.get(key) != value]
    if changed:
        raise SystemExit(f"{path} was measured with another {', '.join(changed)}: name a new file")
    return state


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Keep the cells and their figures, whole or not at all."""
    state["settings"] = summarise(state["cells"])
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(state, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    unfinished.replace(path)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Measure all cells that are not in the output file yet; return the exit code."""
    state = read_state(options.output, about(settings, options))
    done = {Place(cell["contestant"], cell["setting"], cell["round"]) for cell in state["cells"]}
    broken = 0
    for place in places(options.only, options.settings, options.rounds):
        if place in done:
            continue
        print(f"round {place.round}, {place.setting}: {place.contestant}", file=sys.stderr)
        cell = measure(place, settings, options)
        if cell is None:
            print(f"{place.contestant} broke; the same command tries again", file=sys.stderr)
            broken += 1
            continue
        state["cells"].append(cell)
        write_state(options.output, state)
    print(table(state["settings"]))
    return 1 if broken else 0


def read_options() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m evals.throughput.compare")
    parser.add_argument("--dataset", type=Path, required=True, help="questions, for ours")
    parser.add_argument("--corpus", type=Path, required=True, help="documents, for ours")
    parser.add_argument("--messages", type=Path, required=True, help="from prepare, for the others")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--inspect-python", type=Path, help="the Python of Inspect's environment")
    parser.add_argument("--concurrency", type=int, default=16, help="of the setting equal")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--limit", type=int, help="only so many of the messages")
    parser.add_argument("--only", nargs="+", choices=MODULES, default=list(MODULES))
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=list(SETTINGS))
    options = parser.parse_args()
    if "inspect" in options.only and options.inspect_python is None:
        parser.error("inspect needs --inspect-python, or leave it out with --only")
    return options


if __name__ == "__main__":
    raise SystemExit(run(load_settings(), read_options()))
