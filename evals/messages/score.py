"""Scores finished messages by rules written from their definition alone.

    python -m evals.messages.score datasets/hotel/messages_dev.jsonl outputs.jsonl [--json]

A message is right when every reference fact stands in its subject or body, it states nothing
forbidden and nothing invented, and its HTML body is the same with everything escaped. A message
that was not written is wrong in all. Each proportion comes with its n and Wilson's 95% interval.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.messages.asked import Request, load_requests
from evals.messages.inventing import Invention, inventions
from evals.messages.markup import markup_faults
from evals.messages.stating import forbidden_facts, missing_facts
from workbench.errors import UsageError, WorkbenchError
from workbench.evaluation.statistics.intervals import wilson
from workbench.json_lines import filled_lines, read_object_at


@dataclass(frozen=True)
class Score:
    """What is wrong with one message.

    Attributes:
        request: What was asked for.
        error: Why it was not written; empty when it was.
        missing: Facts that it does not state, each by its first form.
        forbidden: What it states though it may not.
        invented: What it states without ground.
        markup: What is wrong with its HTML.
        prose: Whose sentences stand around the facts, as the writer said; empty if unknown.
    """

    request: Request
    error: str = ""
    missing: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    invented: tuple[Invention, ...] = ()
    markup: tuple[str, ...] = ()
    prose: str = ""

    @property
    def right(self) -> bool:
        """Whether nothing is wrong with it."""
        return not (self.error or self.missing or self.forbidden or self.invented or self.markup)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "id": self.request.id,
            "right": self.right,
            "error": self.error,
            "missing": list(self.missing),
            "forbidden": list(self.forbidden),
            "invented": [[one.kind, one.text] for one in self.invented],
            "markup": list(self.markup),
            "prose": self.prose,
        }


def score_message(output: Mapping[str, Any], request: Request) -> Score:
    """Score one output of `run.py`: `subject`, `body`, `html_body`, `metadata`, or an `error`."""
    if output.get("error"):
        return Score(request, error=str(output["error"]))
    subject, body, html_body = (str(output[key]) for key in ("subject", "body", "html_body"))
    return Score(
        request,
        missing=tuple(missing_facts(f"{subject}\n{body}", request)),
        forbidden=tuple(forbidden_facts((subject, body), request)),
        invented=tuple(inventions(subject, body, request)),
        markup=tuple(markup_faults(body, html_body, request)),
        prose=str(output.get("metadata", {}).get("prose", "")),
    )


def share(count: int, n: int) -> dict[str, float | int | None]:
    """Return a share with Wilson's 95% interval; `None` for a share of nothing."""
    low, high = wilson(count, n)
    return {"count": count, "n": n, "share": count / n if n else None, "low": low, "high": high}


def summary(scores: Sequence[Score]) -> dict[str, Any]:
    """Return the shares of messages of which each promise holds, whole, by language and by kind."""
    promises: dict[str, Callable[[Score], bool]] = {
        "written": lambda score: not score.error,
        "all_facts_kept": lambda score: not score.error and not score.missing,
        "nothing_forbidden": lambda score: not score.error and not score.forbidden,
        "nothing_invented": lambda score: not score.error and not score.invented,
        "html_escaped": lambda score: not score.error and not score.markup,
        "right": lambda score: score.right,
    }
    facts = sum(len(score.request.facts) for score in scores)
    lost = sum(len(score.request.facts) if score.error else len(score.missing) for score in scores)
    return {
        "n": len(scores),
        "promises": {
            name: share(sum(map(holds, scores)), len(scores)) for name, holds in promises.items()
        },
        "facts_stated": share(facts - lost, facts),
        "prose_of_the_model": share(sum(s.prose == "model" for s in scores), len(scores)),
        "right_by_lang": _by(scores, lambda score: score.request.lang),
        "right_by_kind": _by(scores, lambda score: score.request.kind),
    }


def lines_of(figures: Mapping[str, Any]) -> list[str]:
    """Return a summary as lines for a person."""
    named = [*figures["promises"].items(), ("facts_stated", figures["facts_stated"])]
    named.append(("prose_of_the_model", figures["prose_of_the_model"]))
    for key in ("right_by_lang", "right_by_kind"):
        named += [(f"right, {name}", each) for name, each in figures[key].items()]
    return [line_of(name, each) for name, each in named]


def line_of(name: str, each: Mapping[str, Any]) -> str:
    """Return a share as one line."""
    return f"{name:34} {each['count']:4} of {each['n']:4}  [{each['low']:.3f}, {each['high']:.3f}]"


def read_outputs(path: Path) -> dict[str, Mapping[str, Any]]:
    """Return the outputs of `run.py` by the ids of their requests.

    Raises:
        UsageError: The file cannot be read or a line is no output.
    """
    outputs: dict[str, Mapping[str, Any]] = {}
    for number, text in filled_lines(path, "outputs"):
        output = read_object_at(text, f"{path}, line {number}")
        if "id" not in output or not ({"body", "error"} & output.keys()):
            raise UsageError(f"{path}, line {number}: no output of a request", "run it again")
        outputs[str(output["id"])] = output
    return outputs


def score_all(requests: Sequence[Request], outputs: Mapping[str, Mapping[str, Any]]) -> list[Score]:
    """Score the output of every request; one that is not there was not written."""
    none = {"error": "there is no output"}
    return [score_message(outputs.get(request.id, none), request) for request in requests]


def show(scores: Sequence[Score], *, as_json: bool) -> None:
    """Print the figures and what is wrong with each message that is not right."""
    wrong = [score.to_dict() for score in scores if not score.right]
    if as_json:
        print(json.dumps({**summary(scores), "wrong": wrong}, ensure_ascii=False, indent=2))
        return
    for line in lines_of(summary(scores)):
        print(line)
    for each in wrong:
        print(json.dumps({k: v for k, v in each.items() if v and k != "right"}, ensure_ascii=False))


def _by(scores: Sequence[Score], group: Callable[[Score], str]) -> dict[str, Any]:
    names = sorted({group(score) for score in scores})
    groups = {name: [score for score in scores if group(score) == name] for name in names}
    return {name: share(sum(s.right for s in each), len(each)) for name, each in groups.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Score a file of outputs and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m evals.messages.score")
    parser.add_argument("requests", type=Path)
    parser.add_argument("outputs", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    try:
        scores = score_all(load_requests(given.requests), read_outputs(given.outputs))
    except WorkbenchError as error:
        sys.exit(error.one_line())
    show(scores, as_json=given.json)


if __name__ == "__main__":
    main()
