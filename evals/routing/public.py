"""Public routing sets as train, validation and held files of the workbench.

    WORKBENCH_PUBLIC_DATA=... python -m evals.routing.public OUT [--set banking77 ...]

writes `OUT/SET/train.jsonl`, `validation.jsonl` and `held.jsonl`. Everything that is shared of a
set is pooled and divided anew by a hash, so that the files do not depend on the order of the source
and a text that occurs twice stays in one file. The recipe is chosen on the validation files; the
held files are for one look at the end. The data stay outside the repository.

- `banking77`: Banking77 (Casanueva et al., 2020), 77 purposes of one bank's customers.
- `clinc150`: CLINC150 (Larson et al., 2019), 150 purposes and texts out of scope.
- `hwu64`: the set of Liu et al. (2019), 64 commands to an assistant at home.
- `snips`: SNIPS (Coucke et al., 2018), 7 commands to a voice assistant.
- `nlupp_hotels`, `nlupp_banking`: NLU++ (Casanueva et al., 2022), several purposes a message;
  messages without one are left out, since they are not out of scope.
- `xsid_en`, `xsid_both`: xSID (van der Goot et al., 2021), tested in Indonesian; training is in
  English alone, or in both languages. The languages hold the same sentences, so what is in one file
  in one language is in no other file in either.
"""

import argparse
import csv
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.engine.text import fold
from workbench.errors import ConfigError, UnknownNameError, WorkbenchError
from workbench.evaluation.public_routing import SETS as CONVERTED
from workbench.evaluation.retrieval_sets import public_data

SEED = "workbench routing 1"
PARTS = (("train", 0.64), ("validation", 0.80), ("held", 1.0))
"""The files, each with the share of the texts up to its end."""


@dataclass(frozen=True, slots=True)
class Item:
    """A text of a public set.

    Attributes:
        example: The line of a routing set.
        group: What must not be divided: the text itself, or the sentence that it translates.
        parts: The files that it may be in.
    """

    example: dict[str, Any]
    group: str
    parts: tuple[str, ...] = ("train", "validation", "held")


def convert(name: str, folder: Path) -> dict[str, int]:
    """Write the files of a set, and return how many texts each holds.

    Args:
        name: One of `SETS`.
        folder: Where they go; made when it is not there.

    Raises:
        UnknownNameError: There is no such set.
        ConfigError: The data are not there.
    """
    if name not in SETS:
        raise UnknownNameError(f"there is no set {name!r}", f"there are: {', '.join(SETS)}")
    files: dict[str, list[dict[str, Any]]] = {part: [] for part, _ in PARTS}
    try:
        for item in SETS[name](public_data()):
            part = part_of(name, item.group)
            if part in item.parts:
                files[part].append(item.example)
    except OSError as error:
        raise ConfigError(
            f"the data of {name} are missing: {error.filename}", "add them"
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    for part, examples in files.items():
        lines = (json.dumps(example, ensure_ascii=False) + "\n" for example in examples)
        (folder / f"{part}.jsonl").write_text("".join(lines), encoding="utf-8")
    return {part: len(examples) for part, examples in files.items()}


def part_of(name: str, group: str) -> str:
    """Return the file that a group of texts of a set is in."""
    subset = "xsid" if name.startswith("xsid") else name
    digest = hashlib.sha256("\0".join([SEED, subset, group]).encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    return next(part for part, end in PARTS if place < end)


def _item(identifier: str, text: str, label: str) -> Item:
    example = {"id": identifier, "text": text.strip(), "lang": "en", "labels": [label]}
    return Item(example, _key(text))


def _key(text: str) -> str:
    return " ".join(fold(text).split())


class _Tabs(csv.excel_tab):
    quoting = csv.QUOTE_NONE


def _table(name: str, files: Sequence[str], delimiter: str) -> Callable[[Path], Iterator[Item]]:
    """Return the reader of files with a text and a label a line, under a line of titles."""

    def read(data: Path) -> Iterator[Item]:
        for file in files:
            with (data / name / file).open(encoding="utf-8", newline="") as lines:
                rows = csv.reader(lines, "excel" if delimiter == "," else _Tabs)
                next(rows)
                for number, (text, label) in enumerate(rows):
                    yield _item(f"{name}/{Path(file).stem}/{number:05}", text, label)

    return read


def _converted(name: str) -> Callable[[Path], Iterator[Item]]:
    def read(data: Path) -> Iterator[Item]:
        for examples in CONVERTED[name](data).values():
            for example in examples:
                yield Item(example, _key(example["text"]))

    return read


def _nlupp_banking(data: Path) -> Iterator[Item]:
    for fold_number in range(10):
        path = data / "nlupp" / f"banking_fold{fold_number}.json"
        for number, record in enumerate(json.loads(path.read_text("utf-8"))):
            if record.get("intents"):
                item = _item(f"banking/{fold_number}/{number:03}", record["text"], "")
                yield Item({**item.example, "labels": record["intents"]}, item.group)


def _xsid(languages: Sequence[str]) -> Callable[[Path], Iterator[Item]]:
    """Return the reader that trains in some languages and tests in Indonesian."""

    def read(data: Path) -> Iterator[Item]:
        for lang, examples in CONVERTED["xsid_id"](data).items():
            learned = ["train"] if lang in languages else []
            parts = (*learned, *(["validation", "held"] if lang == "id" else []))
            for example in examples:
                named = {**example, "id": f"{lang}/{example['id']}"}
                yield Item(named, example["id"], parts)

    return read


SETS: dict[str, Callable[[Path], Iterable[Item]]] = {
    "banking77": _table("banking77", ["train.csv"], ","),
    "clinc150": _converted("clinc150"),
    "hwu64": _table("hwu64", ["train.tsv", "valid.tsv"], "\t"),
    "snips": _table("snips", ["train.tsv", "valid.tsv"], "\t"),
    "nlupp_hotels": _converted("nlupp_hotels"),
    "nlupp_banking": _nlupp_banking,
    "xsid_en": _xsid(["en"]),
    "xsid_both": _xsid(["en", "id"]),
}
"""The sets by name."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Convert the sets that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m evals.routing.public")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", action="append", choices=sorted(SETS), dest="sets")
    given = parser.parse_args(arguments)
    for name in given.sets or SETS:
        try:
            counts = convert(name, given.folder / name)
        except WorkbenchError as error:
            sys.exit(error.one_line())
        print(f"{name}: " + ", ".join(f"{part} {count}" for part, count in counts.items()))


if __name__ == "__main__":
    main()
