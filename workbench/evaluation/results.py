"""Results in memory and as files: a first line with the run and its fingerprint, then the items.

Where an item stands in a file twice, since it failed and was asked again, the last line counts.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workbench.errors import UsageError
from workbench.evaluation.metrics.score import Score
from workbench.evaluation.metrics.scores import UNFINISHED
from workbench.evaluation.reading import entries, entry, head, parse, read_score, texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question, its answer and its scores, as they stand in the file.

    Attributes:
        id: The question's id.
        cluster: What the question shares with others.
        outcome: How the turn ended; "failed" where it could not begin.
        metrics: The score of every metric; means over the repeats where there are several.
        record: The whole line.
        tags: Kinds of questions.
        critical: Whether a release may not fail it.
    """

    id: str
    cluster: str
    outcome: str
    metrics: Mapping[str, Score]
    record: dict[str, Any]
    tags: tuple[str, ...] = ()
    critical: bool = False

    @property
    def answered(self) -> bool:
        """Tell whether the system gave an answer, right or wrong."""
        return self.outcome not in UNFINISHED


@dataclass(frozen=True, slots=True)
class Results:
    """A run's results.

    Attributes:
        run: The run's name.
        suite: The suite that was run.
        fingerprint: What was measured, and on what.
        items: The items by id.
        asked: The ids of all questions that the run is about; empty where that is not known.
        currencies: Those of the costs, where the items' records no longer tell.
    """

    run: str
    suite: str
    fingerprint: dict[str, Any]
    items: dict[str, Item] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()

    def header(self) -> dict[str, Any]:
        """Return the first line of the file."""
        lists = {"asked": list(self.asked), "currencies": list(self.currencies)}
        known = {key: values for key, values in lists.items() if values}
        return {"run": self.run, "suite": self.suite, "fingerprint": self.fingerprint, **known}


def currencies_of(results: Results) -> tuple[str, ...]:
    """Return the currencies of a run's costs, sorted."""
    records = (
        record
        for item in results.items.values()
        for record in item.record.get("repeats", [item.record])
    )
    costs = [record.get("cost") for record in records]
    told = [cost.get("currency") for cost in costs if isinstance(cost, dict)]
    found = {str(currency) for currency in told if currency}
    return tuple(sorted(found | set(results.currencies)))


def make_item(record: dict[str, Any], scores: Mapping[str, Score]) -> Item:
    """Return an item from what was kept of it; its line gets the scores."""
    metrics = {
        name: {"status": each.status, "value": each.value}
        | ({"reason": each.reason} if each.reason else {})
        for name, each in scores.items()
    }
    return Item(
        id=record["id"],
        cluster=record.get("cluster", ""),
        outcome=record["outcome"],
        metrics=scores,
        record={**record, "metrics": metrics},
        tags=tuple(record.get("tags", ())),
        critical=bool(record.get("critical", False)),
    )


def write_results(path: Path, results: Results) -> None:
    """Write a run as a result file, its items in the order in which they were asked.

    Raises:
        UsageError: The file is already there; nothing of it is changed.
    """
    order = {identifier: at for at, identifier in enumerate(results.asked)}
    items = sorted(
        results.items.values(), key=lambda item: (order.get(item.id, len(order)), item.id)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.partial")
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(_line(results.header()))
        file.writelines(_line(item.record) for item in items)
    try:
        os.link(unfinished, path)
    except FileExistsError as error:
        raise UsageError(f"{path} is already there", "name another file") from error
    finally:
        unfinished.unlink()


def read_results(path: Path) -> Results:
    """Read a result file; a last line that was cut off in writing is left out.

    Raises:
        UsageError: It cannot be read, or is no result file.
    """
    try:
        lines = _whole_lines(path.read_bytes())
        results = _header(lines[0])
        for number, line in enumerate(lines[1:], start=2):
            item = _item(line, number)
            results.items[item.id] = item
    except OSError as error:
        raise UsageError(f"cannot read {path} ({error.strerror})", "name a result file") from error
    except ValueError as error:
        hint = "name a file that eval run wrote"
        raise UsageError(f"{path} is no result file ({error})", hint) from error
    return results


def _whole_lines(content: bytes) -> list[bytes]:
    """Return the lines; the last one, where nothing ends it, only if it is whole."""
    *lines, last = content.split(b"\n")
    try:
        parse(last)
    except (json.JSONDecodeError, UnicodeDecodeError):
        return lines or [last]
    except ValueError:
        pass  # it is whole, and wrong: whoever reads it says so
    return [*lines, last]


def _header(line: bytes) -> Results:
    try:
        content = parse(line)
        run, suite, about = head(content)
        asked = texts(content, "asked")
        currencies = texts(content, "currencies")
    except ValueError as error:
        raise ValueError(f"line 1: {error}") from error
    return Results(run, suite, about, asked=asked, currencies=currencies)


def read_pooled(path: Path) -> Results:
    """Read a result file, or all result files of a folder as one run over several question sets.

    In a folder, an item's id and cluster are prefixed with its file's name, and the fingerprint
    holds what all files agree on.

    Raises:
        UsageError: One cannot be read, or the folder holds none.
    """
    if not path.is_dir():
        return read_results(path)
    files = sorted(path.glob("*.jsonl"))
    if not files:
        raise UsageError(f"{path} holds no result files", "name a folder with files of eval run")
    parts = {file.stem: read_results(file) for file in files}
    first = parts[files[0].stem]
    agreed = {
        key: value
        for key, value in first.fingerprint.items()
        if all(part.fingerprint.get(key) == value for part in parts.values())
    }
    currencies = {name for part in parts.values() for name in part.currencies}
    pooled = Results(path.name, first.suite, agreed, currencies=tuple(sorted(currencies)))
    for stem, part in parts.items():
        for item in part.items.values():
            cluster = f"{stem}/{item.cluster or item.id}"
            pooled.items[f"{stem}/{item.id}"] = replace(
                item, id=f"{stem}/{item.id}", cluster=cluster
            )
    return pooled


def _item(line: bytes, number: int) -> Item:
    place = f"line {number}"
    try:
        record = parse(line)
        identifier = entry(record, "id", str)
        place = f"line {number}, item {identifier!r}"
        entry(record, "outcome", str)
        entry(record, "cluster", str, "")
        entry(record, "critical", bool, False)
        texts(record, "tags")
        entries(record, "repeats", dict)
        scores = {
            name: read_score(name, given.get("status"), given.get("value"), given.get("reason", ""))
            for name, given in _tables(entry(record, "metrics", dict))
        }
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error
    return make_item(record, scores)


def _tables(record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, entry(record, name, dict)) for name in record)


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"
