"""Baselines as files: a small JSON with each item's scores, to be kept in a repository."""

import json
import os
from pathlib import Path
from typing import Any

from workbench.errors import UsageError
from workbench.evaluation.metrics.score import Score
from workbench.evaluation.results import Item, Results
from workbench.evaluation.summary import summarise

_KEYS = ("run", "suite", "fingerprint", "metrics", "items")


def write_baseline(path: Path, results: Results) -> None:
    """Write a run as a baseline; what was there before is replaced.

    Each item is a line of its own, so that a version control system shows which changed.

    Raises:
        UsageError: The run lacks results of some items.
    """
    missing = [identifier for identifier in results.asked if identifier not in results.items]
    if missing:
        raise UsageError(
            f"run {results.run} has no result of {len(missing)} of {len(results.asked)} items",
            f"complete it: --resume {results.run}",
        )
    figures = summarise(results)["metrics"]
    head = {
        "run": results.run,
        "suite": results.suite,
        "fingerprint": results.fingerprint,
        "metrics": {name: [each["mean"], each["n"]] for name, each in figures.items()},
    }
    lines = [f"{_text(key)}: {_text(value)}" for key, value in head.items()]
    items = [f" {_text(item.id)}: {_text(_record(item))}" for item in results.items.values()]
    text = ",\n".join([*lines, '"items": {\n' + ",\n".join(items) + "\n}"])
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text("{\n" + text + "\n}\n", encoding="utf-8")
    unfinished.replace(path)


def read_baseline(path: Path) -> Results:
    """Read a baseline; its items hold scores alone, without questions and answers.

    Raises:
        UsageError: It cannot be read, or is no baseline.
    """
    hint = "name a baseline file, a result file or a run"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {path} ({error.strerror})", hint) from error
    except ValueError as error:
        raise UsageError(f"{path} is no baseline ({error})", hint) from error
    if not _is_baseline(content):
        raise UsageError(f"{path} is no baseline (its keys are not {', '.join(_KEYS)})", hint)
    try:
        items = {name: _item(name, given) for name, given in content["items"].items()}
    except (LookupError, TypeError, ValueError) as error:
        raise UsageError(f"{path} is no baseline ({error!r})", hint) from error
    about = dict(content["fingerprint"])
    return Results(content["run"], content["suite"], about, items, tuple(items))


def _is_baseline(content: Any) -> bool:
    return (
        isinstance(content, dict)
        and set(_KEYS) <= content.keys()
        and all(isinstance(content[key], dict) for key in ("fingerprint", "items"))
    )


def _record(item: Item) -> dict[str, Any]:
    return {
        "cluster": item.cluster,
        "critical": item.critical,
        "tags": list(item.tags),
        "outcome": item.outcome,
        "scores": {name: [score.status, score.value] for name, score in item.metrics.items()},
    }


def _item(identifier: str, given: dict[str, Any]) -> Item:
    scores = {}
    for name, (status, value) in given["scores"].items():
        if (status == "scored") != isinstance(value, int | float):
            raise ValueError(f"{identifier}: {name} is {status} with the value {value}")
        scores[name] = Score(status, value)
    return Item(
        id=identifier,
        cluster=given["cluster"],
        outcome=given["outcome"],
        metrics=scores,
        record={},
        tags=tuple(given["tags"]),
        critical=given["critical"],
    )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
