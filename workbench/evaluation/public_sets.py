"""Public question sets, converted to question sets and JSONL corpora of the workbench.

    python -m workbench.evaluation.public_sets xquad_en OUT --limit 100 --seed 1

writes `OUT/questions.jsonl` and `OUT/corpus.jsonl`. The data stay outside the repository: the
variable `WORKBENCH_PUBLIC_DATA` names their folder.

- `xquad_en`, `xquad_vi`: XQuAD (Artetxe et al., 2020): the same questions in both languages; the
  same seed takes the same ones.
- `idk_mrc`: IDK-MRC (Putri and Oh, 2022), Indonesian; half of its questions are unanswerable from
  their own passage, which does not rule out that another passage of the corpus answers them.
- `clapnq`: CLAPNQ (Rosenthal et al., 2024), English, long answers; see `public_clapnq` for what
  counts as right.
"""

import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from workbench.errors import ConfigError, UnknownNameError
from workbench.evaluation.public_clapnq import read_clapnq
from workbench.evaluation.public_command import convert_named
from workbench.evaluation.retrieval_sets import public_data

_Paragraphs = Iterable[tuple[str, dict[str, Any]]]


def convert(name: str, folder: Path, limit: int | None = None, seed: int = 0) -> int:
    """Write a public set as `questions.jsonl` and `corpus.jsonl`.

    Args:
        name: One of `SETS`.
        folder: Where the two files go; made when it is not there.
        limit: How many questions, drawn at random; all of them when `None`.
        seed: Of the draw; the corpus always holds all passages.

    Returns:
        How many questions were written.

    Raises:
        UnknownNameError: There is no such set.
        ConfigError: The data are not there.
    """
    if name not in SETS:
        raise UnknownNameError(f"there is no set {name!r}", f"there are: {', '.join(SETS)}")
    lang, read = SETS[name]
    try:
        paragraphs = list(read(public_data()))
    except OSError as error:
        raise ConfigError(
            f"the data of {name} are missing: {error.filename}", "add them"
        ) from error
    questions = [
        _question(lang, place, paragraph["context"], asked)
        for place, paragraph in paragraphs
        for asked in paragraph["qas"]
    ]
    if limit is not None and limit < len(questions):
        drawn = sorted(random.Random(seed).sample(range(len(questions)), limit))  # noqa: S311
        questions = [questions[position] for position in drawn]
    folder.mkdir(parents=True, exist_ok=True)
    documents = (
        {"id": place, "title": p.get("title", ""), "text": p["context"]} for place, p in paragraphs
    )
    _write(folder / "corpus.jsonl", documents)
    _write(folder / "questions.jsonl", questions)
    return len(questions)


def _question(lang: str, place: str, context: str, asked: dict[str, Any]) -> dict[str, Any]:
    answers = list(dict.fromkeys(answer["text"].strip() for answer in asked["answers"]))
    answerable = not asked.get("is_impossible", False)
    reference = asked.get("reference", answers[0] if answers else "")
    record = {
        "id": asked["id"],
        "lang": lang,
        "user_input": asked["question"].strip(),
        "reference": reference if answerable else "",
        "reference_facts": [answers] if answerable and answers else [],
        "reference_contexts": [context] if answerable else [],
        "reference_documents": [{"document": place, "page": None}] if answerable else [],
        "answerable": answerable,
        "cluster": place,
    }
    return {**record, "tags": asked["tags"]} if asked.get("tags") else record


def _xquad(lang: str) -> Callable[[Path], _Paragraphs]:
    def read(data: Path) -> Iterator[tuple[str, dict[str, Any]]]:
        path = data / "xquad_en_vi" / f"xquad.{lang}.json"
        for number, article in enumerate(json.loads(path.read_text("utf-8"))["data"]):
            for position, paragraph in enumerate(article["paragraphs"]):
                yield f"{number:02}/{position:02}", paragraph

    return read


def _idk_mrc(data: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    passages = json.loads((data / "idk_mrc" / "valid.json").read_text("utf-8"))
    for number, passage in enumerate(passages):
        yield f"idk/{number:03}", passage


def _write(path: Path, records: Iterable[dict[str, Any]]) -> None:
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), encoding="utf-8")


SETS: dict[str, tuple[str, Callable[[Path], _Paragraphs]]] = {
    "xquad_en": ("en", _xquad("en")),
    "xquad_vi": ("vi", _xquad("vi")),
    "idk_mrc": ("id", _idk_mrc),
    "clapnq": ("en", read_clapnq),
}
"""The sets by name: their language and how they are read."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Convert the set that the command line names."""
    convert_named("workbench.evaluation.public_sets", SETS, convert, arguments)


if __name__ == "__main__":
    main()
