"""Public routing sets, converted to routing sets of the workbench.

    python -m workbench.evaluation.public_routing clinc150 OUT --limit 100 --seed 1

writes one file for each part of the set, such as `OUT/train.jsonl` and `OUT/val.jsonl`. The data
stay outside the repository: the variable `WORKBENCH_PUBLIC_DATA` names their folder.

- `clinc150`: CLINC150 (Larson et al., 2019), English, 150 purposes; `train` with 100 texts out of
  scope, `val` with 100 others.
- `xsid_id`: xSID (van der Goot et al., 2021): `id` in Indonesian and `en`, the same texts in
  English, under the same ids; 16 purposes, no training part. Slots are fields.
- `nlupp_hotels`: NLU++ (Casanueva et al., 2022), messages to a hotel with one or several purposes;
  `train` is folds 0 to 7, `val` folds 8 and 9. Slots are fields. Messages without any purpose,
  which only give a value that was asked for, are left out: they are not out of scope, which is what
  a text without labels means here.
"""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.errors import ConfigError, UnknownNameError
from workbench.evaluation.public_command import convert_named
from workbench.evaluation.retrieval_sets import public_data

_Example = dict[str, Any]
_Parts = Mapping[str, list[_Example]]


def convert(name: str, folder: Path, limit: int | None = None, seed: int = 0) -> dict[str, int]:
    """Write a public routing set, one file for each of its parts.

    Args:
        name: One of `SETS`.
        folder: Where the files go; made when it is not there.
        limit: How many texts of each part, drawn at random; all of them when `None`. Parts of the
            same length get the same draw.
        seed: Of the draw.

    Returns:
        How many texts were written, by part.

    Raises:
        UnknownNameError: There is no such set.
        ConfigError: The data are not there.
    """
    if name not in SETS:
        raise UnknownNameError(f"there is no set {name!r}", f"there are: {', '.join(SETS)}")
    try:
        parts = SETS[name](public_data())
    except OSError as error:
        raise ConfigError(
            f"the data of {name} are missing: {error.filename}", "add them"
        ) from error
    drawn = {part: _draw(examples, limit, seed) for part, examples in parts.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for part, examples in drawn.items():
        lines = (json.dumps(example, ensure_ascii=False) + "\n" for example in examples)
        (folder / f"{part}.jsonl").write_text("".join(lines), encoding="utf-8")
    return {part: len(examples) for part, examples in drawn.items()}


def _draw(examples: list[_Example], limit: int | None, seed: int) -> list[_Example]:
    if limit is None or limit >= len(examples):
        return examples
    drawn = sorted(random.Random(seed).sample(range(len(examples)), limit))  # noqa: S311
    return [examples[position] for position in drawn]


def _example(
    identifier: str, text: str, lang: str, labels: list[str], fields: dict[str, Any] | None = None
) -> _Example:
    return {
        "id": identifier,
        "text": text.strip(),
        "lang": lang,
        "labels": labels,
        "fields": fields or {},
    }


def _clinc150(data: Path) -> _Parts:
    whole = json.loads((data / "clinc150" / "data_full_train_val.json").read_text("utf-8"))
    return {
        part: [
            _example(f"{source}/{number:05}", text, "en", [] if intent == "oos" else [intent])
            for source in (part, f"oos_{part}")
            for number, (text, intent) in enumerate(whole[source])
        ]
        for part in ("train", "val")
    }


def _xsid_id(data: Path) -> _Parts:
    parts: dict[str, list[_Example]] = {}
    for lang in ("id", "en"):
        lines = (data / "xsid_id" / f"{lang}.valid.jsonl").read_text("utf-8").splitlines()
        parts[lang] = [
            _example(f"xsid/{number:03}", record["text"], lang, [record["intent"]], _slots(record))
            for number, record in enumerate(map(json.loads, lines))
        ]
    return parts


def _slots(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of slots that are tagged word by word (IOB); of several, the first."""
    found: list[tuple[str, list[str]]] = []
    for token, tag in zip(record["tokens"], record["tags"], strict=True):
        mark, _, name = tag.partition("-")
        if mark == "B":
            found.append((name, [token]))
        elif mark == "I" and found and found[-1][0] == name:
            found[-1][1].append(token)
    return {name: " ".join(tokens) for name, tokens in reversed(found)}


def _nlupp_hotels(data: Path) -> _Parts:
    parts: dict[str, list[_Example]] = {"train": [], "val": []}
    for fold in range(10):
        records = json.loads((data / "nlupp" / f"hotels_fold{fold}.json").read_text("utf-8"))
        parts["train" if fold < 8 else "val"] += [
            _example(
                f"hotels/{fold}/{number:03}",
                record["text"],
                "en",
                record["intents"],
                {name: slot["text"] for name, slot in record.get("slots", {}).items()},
            )
            for number, record in enumerate(records)
            if record.get("intents")
        ]
    return parts


SETS: dict[str, Callable[[Path], _Parts]] = {
    "clinc150": _clinc150,
    "xsid_id": _xsid_id,
    "nlupp_hotels": _nlupp_hotels,
}
"""The sets by name."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Convert the set that the command line names."""
    convert_named("workbench.evaluation.public_routing", SETS, convert, arguments)


if __name__ == "__main__":
    main()
