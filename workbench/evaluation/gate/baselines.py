"""Baselines as files: a small JSON with each item's scores, to be kept in a repository.

Of an item stand its scores, what its groups follow from (language, tags, kind of turn) and where
its time went; no question and no answer. The figures of the groups stand at the top for readers;
programs compute them anew from the items.
"""

import json
import os
from pathlib import Path
from typing import Any

from workbench.errors import UsageError
from workbench.evaluation.differences import metric_version
from workbench.evaluation.group_figures import short_figures
from workbench.evaluation.grouping import item_kind, item_lang
from workbench.evaluation.metrics.score import Score
from workbench.evaluation.reading import entry, head, parse, read_score, texts
from workbench.evaluation.results import Item, Results, currencies_of, read_pooled
from workbench.evaluation.summary import summarise
from workbench.evaluation.time_parts import item_times

_DECIMALS = 4
"""Times are kept to a tenth of a millisecond."""


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
    versions = {name: metric_version(results.fingerprint, name) for name in figures}
    currencies, groups = currencies_of(results), short_figures(results)
    top = {
        "run": results.run,
        "suite": results.suite,
        "fingerprint": {**results.fingerprint, "metric_versions": versions},
        **({"currencies": list(currencies)} if currencies else {}),
        "metrics": {name: [each["mean"], each["n"]] for name, each in figures.items()},
        **({"groups": groups} if groups else {}),
    }
    lines = [f"{_text(key)}: {_text(value)}" for key, value in top.items()]
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
        content = parse(path.read_text(encoding="utf-8"))
        run, suite, about = head(content)
        if "metrics" in content and "items" not in content:
            raise ValueError("it holds a run's figures without its items: export the run")
        entry(content, "metrics", dict)
        items = [_item(name, given) for name, given in entry(content, "items", dict).items()]
        currencies = texts(content, "currencies")
    except OSError as error:
        raise UsageError(f"cannot read {path} ({error.strerror})", hint) from error
    except ValueError as error:
        raise UsageError(f"{path} is no baseline ({error})", hint) from error
    by_id = {item.id: item for item in items}
    return Results(run, suite, about, by_id, asked=tuple(by_id), currencies=currencies)


def read_file(path: Path) -> Results:
    """Read a baseline, a result file, whatever its name ends in, or a folder of result files.

    Raises:
        UsageError: It cannot be read, or is none of them.
    """
    if path.suffix == ".json" and not _begins_as_results(path):
        return read_baseline(path)
    return read_pooled(path)


def _begins_as_results(path: Path) -> bool:
    """Tell whether the first line is the whole of a result file's head."""
    try:
        with path.open("rb") as file:
            content = parse(file.readline())
        head(content)
    except (OSError, ValueError):
        return False
    return "items" not in content


def _record(item: Item) -> dict[str, Any]:
    return {
        "cluster": item.cluster,
        "critical": item.critical,
        "tags": list(item.tags),
        "outcome": item.outcome,
        **_about(item),
        "scores": {name: [score.status, score.value] for name, score in item.metrics.items()},
    }


def _about(item: Item) -> dict[str, Any]:
    """Return what is known of an item's groups and times."""
    times = {name: round(seconds, _DECIMALS) for name, seconds in item_times(item).items()}
    about = {"lang": item_lang(item), "kind": item_kind(item), "timings": times}
    return {key: value for key, value in about.items() if value}


def _item(identifier: str, given: Any) -> Item:
    try:
        scores = entry(given, "scores", dict)
        return Item(
            id=identifier,
            cluster=entry(given, "cluster", str),
            outcome=entry(given, "outcome", str),
            metrics={name: _score(name, pair) for name, pair in scores.items()},
            record=_kept(given),
            tags=texts(given, "tags"),
            critical=entry(given, "critical", bool),
        )
    except ValueError as error:
        raise ValueError(f"item {identifier!r}: {error}") from error


def _kept(given: dict[str, Any]) -> dict[str, Any]:
    kept = {key: entry(given, key, str, "") for key in ("lang", "kind")}
    known = {**kept, "timings": entry(given, "timings", dict, {})}
    return {key: value for key, value in known.items() if value}


def _score(name: str, pair: Any) -> Score:
    if not isinstance(pair, list) or len(pair) != 2:
        raise ValueError(f"{name} is no pair of status and value")
    return read_score(name, *pair)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
