"""Result files: a first line with the run and its fingerprint, then one line an item.

A file only grows, item by item, so that an interrupted run keeps what it has. Where an item stands
in it twice, since it failed and was asked again, the last line counts.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workbench.engine.turn import Turn
from workbench.errors import UsageError
from workbench.evaluation.metrics.scores import UNFINISHED, Score, score
from workbench.evaluation.questions import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question, its answer and its scores, as they stand in the file.

    Attributes:
        id: The question's id.
        cluster: What the question shares with others.
        outcome: How the turn ended; "failed" where it could not begin.
        metrics: The score of every metric.
        record: The whole line.
    """

    id: str
    cluster: str
    outcome: str
    metrics: Mapping[str, Score]
    record: dict[str, Any]

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
    """

    run: str
    suite: str
    fingerprint: dict[str, Any]
    items: dict[str, Item] = field(default_factory=dict)

    def header(self) -> dict[str, Any]:
        """Return the first line of the file."""
        return {"run": self.run, "suite": self.suite, "fingerprint": self.fingerprint}


def make_item(question: Question, turn: Turn | None, error: str = "") -> Item:
    """Score a turn; `None` stands for one that could not begin, for the reason `error`."""
    metrics = score(question, turn)
    record: dict[str, Any] = {
        "id": question.id,
        "lang": question.lang,
        "cluster": question.cluster,
        "tags": question.tags,
        "question": question.user_input,
        "answer": "",
        "outcome": "failed",
        "error": error,
        "metrics": {
            name: {"status": each.status, "value": each.value} for name, each in metrics.items()
        },
    }
    if turn is not None:
        record |= _of_turn(turn)
    return Item(
        id=question.id,
        cluster=question.cluster,
        outcome=record["outcome"],
        metrics=metrics,
        record=record,
    )


def _of_turn(turn: Turn) -> dict[str, Any]:
    whole = turn.to_dict()
    kept = ("answer", "outcome", "error", "sources", "timings", "usage", "cost", "model", "prompt")
    places = ("document", "page", "chunk_id", "score", "score_kind")
    retrieved = [{key: source[key] for key in places} for source in whole["retrieved"]]
    return {**{key: whole[key] for key in kept}, "retrieved": retrieved}


def create_results(path: Path, results: Results) -> None:
    """Begin a result file.

    Raises:
        UsageError: The file is already there; nothing of it is changed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(_line(results.header()))
    except FileExistsError as error:
        raise already_there(path) from error


def already_there(path: Path) -> UsageError:
    """Return the error of a result file that would be overwritten."""
    return UsageError(
        f"{path} is already there", f"name another file, or continue it: --resume {path}"
    )


def append_item(path: Path, item: Item) -> None:
    """Add an item to a result file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(_line(item.record))


def read_results(path: Path) -> Results:
    """Read a result file; a last line that was cut off in writing is left out.

    Raises:
        UsageError: It cannot be read, or is no result file.
    """
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
        header = json.loads(lines[0])
        results = Results(header["run"], header["suite"], dict(header["fingerprint"]))
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


def drop_torn_line(path: Path) -> None:
    """Remove a last line that was cut off in writing, so that the file can grow again."""
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with path.open("r+b") as file:
            file.truncate(whole)


def _item(record: dict[str, Any]) -> Item:
    scores = {
        name: Score(given["status"], given["value"]) for name, given in record["metrics"].items()
    }
    return Item(
        id=record["id"],
        cluster=record.get("cluster", ""),
        outcome=record["outcome"],
        metrics=scores,
        record=record,
    )


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"
