"""Whether an assistant calls the right tools with the right arguments, end to end.

    python -m evals.tools.hotel [--dataset datasets/hotel/calls_dev.jsonl] [--failures]
    python -m evals.tools.hotel --results exported.jsonl --dataset datasets/hotel/calls_dev.jsonl

The assistant's agent runs up to its calls and no further: no answer is written. Calls that change
something count as made when the operator would be asked, and are declined, so that nothing changes.
`--results` reads the calls from an exported run of the suite `answers` instead.

Shares stand with their n and 95% Wilson interval, at the effective size where requests share a
room, a booking or a type of room. Scoring a test part is noted in the log of looks, and its
requests are not shown.
"""

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evals.tools.calling import Called, Caller, called_in
from evals.tools.made_calls import cause_of, right_calls, right_tools, right_values
from workbench.assistants import get_assistant
from workbench.config import Settings, load_settings
from workbench.engine.assistant import Assistant
from workbench.errors import UsageError, WorkbenchError
from workbench.evaluation.datasets.looks import LOG, ensure_look, is_known_test_part, look_at
from workbench.evaluation.fingerprint import code_version
from workbench.evaluation.metrics.tool_calls import Call
from workbench.evaluation.questions import Question, load_questions
from workbench.evaluation.results import read_results
from workbench.evaluation.statistics.intervals import share_interval
from workbench.services.endpoints import resolve_model

DEV = Path("datasets") / "hotel" / "calls_dev.jsonl"
FAILED = "failed"
_KINDS = ("none", "one call", "several calls")


def expected_calls(question: Question) -> list[Call]:
    """Return the calls that a request needs."""
    return [Call(call.name, call.args) for call in question.reference_tool_calls]


def judge(question: Question, called: Called, assistant: Assistant) -> dict[str, Any]:
    """Return what is known of a request and its calls, as plain JSON types."""
    expected, made, tools = expected_calls(question), list(called.calls), assistant.tools
    cause = FAILED if called.error else cause_of(expected, made, called.asked_back, tools)
    finished = not called.error
    return {
        "id": question.id,
        "lang": question.lang,
        "kind": _KINDS[min(len(expected), 2)],
        "cluster": question.cluster or question.id,
        "question": question.user_input,
        "expected": [call._asdict() for call in expected],
        "made": [call._asdict() for call in made],
        "asked_back": list(called.asked_back),
        "error": called.error,
        "tools": finished and right_tools(expected, made),
        "values": finished and right_values(expected, made, tools),
        "calls": finished and right_calls(expected, made, tools),
        "cause": cause,
        "model_calls": called.model_calls,
        "seconds": called.seconds,
    }


def figures(judged: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the shares of all requests and of each language and kind, and the causes."""
    groups: dict[str, Callable[[dict[str, Any]], bool]] = {"all": lambda one: True}
    groups |= {lang: _has("lang", lang) for lang in sorted({one["lang"] for one in judged})}
    groups |= {kind: _has("kind", kind) for kind in _KINDS}
    shares = {}
    for name, holds in groups.items():
        chosen = [one for one in judged if holds(one)]
        if chosen:
            shares[name] = {what: _share(chosen, what) for what in ("tools", "values", "calls")}
    causes = Counter(one["cause"] for one in judged if one["cause"])
    return {
        "shares": shares,
        "causes": dict(causes.most_common()),
        "model_calls": sum(one["model_calls"] for one in judged),
    }


def _has(key: str, value: str) -> Callable[[dict[str, Any]], bool]:
    return lambda one: bool(one[key] == value)


def _share(judged: Sequence[dict[str, Any]], what: str) -> dict[str, float | int]:
    values = [float(one[what]) for one in judged]
    low, high = share_interval(values, [one["cluster"] for one in judged])
    return {"right": int(sum(values)), "n": len(values), "low": low, "high": high}


def show(found: dict[str, Any]) -> None:
    """Print the figures."""
    said = {
        "tools": "right tools",
        "values": "right tools and arguments, free texts aside",
        "calls": "right tools and arguments",
    }
    for what, text in said.items():
        print(text)
        for group, shares in found["shares"].items():
            one = shares[what]
            share = one["right"] / one["n"]
            interval = f"[{one['low']:.3f}, {one['high']:.3f}]"
            print(f"  {group:14} {one['right']:4} of {one['n']:4} {share:.3f} {interval}")
    causes = ", ".join(f"{name} {count}" for name, count in found["causes"].items())
    print(f"failures by cause: {causes or 'none'}; model calls: {found['model_calls']}")


async def call_all(
    settings: Settings, assistant: Assistant, questions: Sequence[Question], concurrency: int
) -> list[Called]:
    """Run the agent on all requests, so many at once; in their order."""
    caller = await Caller.open(settings, assistant, print)
    slots = asyncio.Semaphore(concurrency)

    async def one(question: Question) -> Called:
        async with slots:
            return await caller.call(question)

    try:
        return list(await asyncio.gather(*(one(question) for question in questions)))
    finally:
        await caller.close()


def note_look(settings: Settings, dataset: Path, run: str, model: str, n: int) -> None:
    """Note that a test part is scored."""
    commit = code_version(Path(__file__).parent)["git_commit"]
    said = {"suite": "tools", "model": model, "prompt": "", "commit": commit, "n": n, "run": run}
    ensure_look(settings.workspace / LOG, look_at(dataset, settings.workspace, **said))


def judged_of(given: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the judged requests of what the command line names.

    Raises:
        WorkbenchError: Something needed is missing.
    """
    settings = load_settings()
    is_test = is_known_test_part(given.dataset, settings.workspace)
    if is_test and given.failures:
        raise UsageError("the requests of a test part are not shown", "leave --failures out")
    questions = load_questions(given.dataset)[: given.limit]
    assistant = get_assistant(given.assistant, settings.workspace)
    run = f"tools-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    if given.results is not None:
        results = read_results(given.results)
        run = results.run
        questions = [each for each in questions if each.id in results.items]
    if is_test:
        note_look(settings, given.dataset, run, resolve_model(settings, None), len(questions))
    if given.results is not None:
        called = [called_in(results.items[each.id].record) for each in questions]
    else:
        called = asyncio.run(call_all(settings, assistant, questions, given.concurrency))
    return [judge(*pair, assistant) for pair in zip(questions, called, strict=True)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="python -m evals.tools.hotel")
    parser.add_argument("--dataset", type=Path, default=DEV)
    parser.add_argument("--assistant", default="hotel")
    parser.add_argument("--results", type=Path, help="an exported run, instead of running")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--concurrency", type=int, default=2)
    parser.add_argument("--failures", action="store_true", help="show each failed request")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    try:
        judged = judged_of(given)
    except WorkbenchError as error:
        sys.exit(error.one_line())
    found = figures(judged)
    if given.failures:
        for one in judged:
            if one["cause"]:
                print(json.dumps(one, ensure_ascii=False, default=str))
    if given.json:
        print(json.dumps(found, indent=1))
    else:
        show(found)


if __name__ == "__main__":
    main()
