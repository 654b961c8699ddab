"""Scores the rules that read values from messages: precision, recall and F1 of (key, value) pairs.

    python -m evals.routing.extraction datasets/hotel/extraction_dev.jsonl [--failures] [--json]
        [--assistant NAME]

A pair is right when its key and its value are those of the set; an item is a pair of its own, right
when its name (lower case, singular) and its quantity are. The lenient figures take an item's name
as right when the last word of the one is the last word of the other. The intervals are the middle
95% of a bootstrap over messages. Only a development part may show its failures; a scoring of a
test part is noted in `evals/looks.jsonl`.
"""

import argparse
import json
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.assistants import get_assistant
from workbench.assistants.registry import assistant_folders
from workbench.config import load_settings
from workbench.engine.extraction import EXTRACTION, KEYS, Vocabulary, extract, load_vocabulary
from workbench.errors import UsageError, WorkbenchError
from workbench.evaluation.datasets.looks import LOG, ensure_look, is_known_test_part, look_at
from workbench.evaluation.fingerprint import code_version
from workbench.json_lines import filled_lines, read_object_at

RESAMPLES, SEED = 2_000, 5
Pair = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """A message of the set.

    Attributes:
        id: Its id.
        text: The message.
        lang: Its language.
        now: The reference time.
        room: The room of the guest's profile, if it has one.
        entities: The values that it gives.
    """

    id: str
    text: str
    lang: str
    now: datetime
    room: str | None
    entities: Mapping[str, Any]


@dataclass(frozen=True)
class Scored:
    """The pairs of one message: those expected, those read, and the right ones among them."""

    row: Row
    expected: Counter[Pair]
    read: Counter[Pair]
    right: Counter[Pair]


def load_rows(path: Path) -> list[Row]:
    """Return the messages of a set.

    Raises:
        UsageError: The file cannot be read, or a line is no message with entities.
    """
    rows = []
    for number, line in filled_lines(path, "messages with their entities"):
        place = f"{path}, line {number}"
        record = read_object_at(line, place)
        try:
            fields = record["fields"]
            now = datetime.fromisoformat(fields["now"])
            entities = dict(fields["entities"])
            row = Row(
                str(record["id"]), str(record["text"]), str(record["lang"]), now,
                fields.get("room"), entities,
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError(
                f"{place}: no message with `fields.now` and `fields.entities` ({error})",
                "see the data set's card",
            ) from error
        rows.append(row)
    return rows


def pairs_of(entities: Mapping[str, Any]) -> Counter[Pair]:
    """Return the pairs of a message's entities; each item is one."""
    pairs: Counter[Pair] = Counter()
    for key, value in entities.items():
        if key == "items":
            pairs.update(("items", _item(one)) for one in value)
        else:
            pairs[key, _text(value)] += 1
    return pairs


def _item(item: Mapping[str, Any]) -> str:
    return json.dumps([singular(str(item["item"])), item.get("quantity")])


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return json.dumps([float(value["amount"]), value["currency"]])
    return json.dumps(value)


def singular(name: str) -> str:
    """Return an item's name in lower case, its last word singular."""
    words = name.lower().split()
    last = words[-1] if words else ""
    if last.endswith("ies") and len(last) > 4:
        last = f"{last[:-3]}y"
    elif last.endswith(("ches", "shes", "sses", "xes")):
        last = last[:-2]
    elif last.endswith("s") and not last.endswith(("ss", "us")):
        last = last[:-1]
    return " ".join([*words[:-1], last])


def strict(expected: Counter[Pair], read: Counter[Pair]) -> Counter[Pair]:
    """Return the pairs read that are expected."""
    return expected & read


def lenient(expected: Counter[Pair], read: Counter[Pair]) -> Counter[Pair]:
    """Return the pairs read that are expected, items by the last word of their names alone."""
    right = expected & read
    open_pairs = [each for each in (expected - right).elements() if each[0] == "items"]
    for pair in (read - right).elements():
        match = next((one for one in open_pairs if pair[0] == "items" and _alike(one, pair)), None)
        if match is not None:
            open_pairs.remove(match)
            right[pair] += 1
    return right


def _alike(one: Pair, other: Pair) -> bool:
    (name, count), (another, number) = json.loads(one[1]), json.loads(other[1])
    return bool(name.split()[-1:] == another.split()[-1:] and count == number)


def score_all(
    rows: Sequence[Row],
    vocabulary: Vocabulary,
    match: Callable[[Counter[Pair], Counter[Pair]], Counter[Pair]] = strict,
) -> list[Scored]:
    """Score every message of a set."""
    scored = []
    for row in rows:
        found = extract(row.text, row.now, vocabulary=vocabulary, profile_room=row.room)
        expected, read = pairs_of(row.entities), pairs_of(found.entities())
        scored.append(Scored(row, expected, read, match(expected, read)))
    return scored


def figures(
    scored: Sequence[Scored], keep: Callable[[Pair], bool] = lambda pair: True
) -> dict[str, Any]:
    """Return precision, recall and F1 over all pairs, each with its 95% interval."""
    import numpy as np

    table = np.array(
        [
            [
                sum(count for pair, count in each.items() if keep(pair))
                for each in (one.right, one.read, one.expected)
            ]
            for one in scored
        ],
        dtype=float,
    ).reshape(-1, 3)
    draws = np.random.default_rng(SEED).integers(0, max(1, len(table)), (RESAMPLES, len(table)))
    resampled = table[draws].sum(axis=1) if len(table) else np.zeros((RESAMPLES, 3))
    point = _rates(table.sum(axis=0))
    drawn = np.array([_rates(each) for each in resampled])
    summary: dict[str, Any] = {"n": len(scored), "pairs": int(table[:, 2].sum())}
    for at, name in enumerate(("precision", "recall", "f1")):
        low, high = np.percentile(drawn[:, at], [2.5, 97.5])
        summary[name] = {"value": point[at], "low": float(low), "high": float(high)}
    return summary


def _rates(sums: Any) -> tuple[float, float, float]:
    right, read, expected = (float(each) for each in sums)
    precision = right / read if read else 1.0
    recall = right / expected if expected else 1.0
    both = read + expected
    return precision, recall, 2 * right / both if both else 1.0


def summary(rows: Sequence[Row], vocabulary: Vocabulary) -> dict[str, Any]:
    """Return all figures of a set: whole, lenient, by key and by language, and the time."""
    start = time.perf_counter()
    scored = score_all(rows, vocabulary)
    seconds = time.perf_counter() - start
    soft = score_all(rows, vocabulary, lenient)
    languages = sorted({row.lang for row in rows})
    exact = sum(one.expected == one.read for one in scored)
    return {
        "all": figures(scored),
        "lenient": figures(soft),
        "rows_right": {"count": exact, "n": len(rows)},
        "by_key": {key: figures(scored, _is_key(key)) for key in KEYS},
        "by_lang": {
            lang: figures([one for one in scored if one.row.lang == lang]) for lang in languages
        },
        "ms_per_message": 1000 * seconds / max(1, len(rows)),
    }


def _is_key(key: str) -> Callable[[Pair], bool]:
    return lambda pair: pair[0] == key


def lines_of(told: Mapping[str, Any]) -> list[str]:
    """Return the figures as lines for a person."""
    named = [("all", told["all"]), ("all, items by head", told["lenient"])]
    named += [(f"key {name}", each) for name, each in told["by_key"].items()]
    named += [(f"language {name}", each) for name, each in told["by_lang"].items()]
    lines = [_line(name, each) for name, each in named if each["pairs"] or each["n"] == 0]
    right = told["rows_right"]
    lines.append(f"messages with every pair right: {right['count']} of {right['n']}")
    return [*lines, f"{told['ms_per_message']:.2f} ms a message"]


def _line(name: str, each: Mapping[str, Any]) -> str:
    rates = "  ".join(
        f"{kind} {each[kind]['value']:.3f} [{each[kind]['low']:.3f}, {each[kind]['high']:.3f}]"
        for kind in ("precision", "recall", "f1")
    )
    return f"{name:24} {each['n']:4} messages {each['pairs']:4} pairs  {rates}"


def failures(scored: Sequence[Scored]) -> list[dict[str, Any]]:
    """Return the messages of which a pair is missing or wrong."""
    return [
        {
            "id": one.row.id,
            "text": one.row.text,
            "missing": [list(pair) for pair in (one.expected - one.read).elements()],
            "wrong": [list(pair) for pair in (one.read - one.expected).elements()],
        }
        for one in scored
        if one.expected != one.read
    ]


def _note_look(path: Path, workspace: Path, n: int) -> None:
    look = look_at(
        path,
        workspace,
        run=f"extraction-{uuid.uuid4().hex[:12]}",
        suite="extraction",
        model="",
        prompt="",
        commit=code_version(workspace)["git_commit"],
        n=n,
    )
    ensure_look(workspace / LOG, look)


def _score(given: argparse.Namespace) -> None:
    settings = load_settings()
    assistant = get_assistant(given.assistant, settings.workspace)
    folder = assistant_folders(settings.workspace)[assistant.name]
    rows, vocabulary = load_rows(given.file), load_vocabulary(folder / EXTRACTION)
    test_part = is_known_test_part(given.file, settings.workspace) or "test" in given.file.stem
    if given.failures and test_part:
        raise UsageError(
            f"{given.file} is a test part, whose failures are not shown", "use a development part"
        )
    if is_known_test_part(given.file, settings.workspace):
        _note_look(given.file, settings.workspace, len(rows))
    told = summary(rows, vocabulary)
    wrong = failures(score_all(rows, vocabulary)) if given.failures else []
    if given.json:
        print(json.dumps({**told, "failures": wrong}, ensure_ascii=False, indent=2))
        return
    print("\n".join(lines_of(told)))
    for one in wrong:
        print(json.dumps(one, ensure_ascii=False))


def main(arguments: Sequence[str] | None = None) -> None:
    """Score a set and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m evals.routing.extraction")
    parser.add_argument("file", type=Path)
    parser.add_argument("--assistant", default="hotel")
    parser.add_argument("--failures", action="store_true", help="of a development part only")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    try:
        _score(given)
    except WorkbenchError as error:
        sys.exit(error.one_line())


if __name__ == "__main__":
    main()
