"""Results in memory and as files: a first line with the run and its fingerprint, then the items.

Where an item stands in a file twice, since it failed and was asked again, the last line counts.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workbench.errors import UsageError
from workbench.evaluation.metrics.score import Score
from workbench.evaluation.metrics.scores import UNFINISHED


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
    """

    run: str
    suite: str
    fingerprint: dict[str, Any]
    items: dict[str, Item] = field(default_factory=dict)
    asked: tuple[str, ...] = ()

    def header(self) -> dict[str, Any]:
        """Return the first line of the file."""
        asked = {"asked": list(self.asked)} if self.asked else {}
        return {"run": self.run, "suite": self.suite, "fingerprint": self.fingerprint, **asked}


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
        lines = path.read_bytes().split(b"\n")[:-1]
        header = json.loads(lines[0])
        results = Results(
            header["run"],
            header["suite"],
            dict(header["fingerprint"]),
            asked=tuple(header.get("asked", ())),
        )
        for line in lines[1:]:
            item = _item(json.loads(line))
            results.items[item.id] = item
    except OSError as error:
        raise UsageError(f"cannot read {path} ({error.strerror})", "name a result file") from error
    except (ValueError, LookupError, TypeError) as error:
        hint = "name a file that eval run wrote"
        raise UsageError(f"{path} is no result file ({error!r})", hint) from error
    return results


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
    pooled = Results(path.name, first.suite, agreed)
    for stem, part in parts.items():
        for item in part.items.values():
            cluster = f"{stem}/{item.cluster or item.id}"
            pooled.items[f"{stem}/{item.id}"] = replace(
                item, id=f"{stem}/{item.id}", cluster=cluster
            )
    return pooled


def _item(record: dict[str, Any]) -> Item:
    scores = {
        name: Score(given["status"], given["value"], given.get("reason", ""))
        for name, given in record["metrics"].items()
    }
    return make_item(record, scores)


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"
