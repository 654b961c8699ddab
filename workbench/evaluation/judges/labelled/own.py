"""A user's own labels: JSON Lines, one judged answer a line, all lines of one kind.

    {"id": "1", "kind": "correctness", "question": "...", "references": ["..."], "answer": "...",
     "label": true}
    {"id": "2", "kind": "faithfulness", "contexts": ["..."], "answer": "...", "label": false}
    {"id": "3", "kind": "preference", "question": "...", "answer": "...", "other": "...",
     "label": "first"}

`cluster` names what several lines share, `tags` kinds of them; both may be left out. A preference
may have one reference.
"""

import difflib
from collections import Counter
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError, model_validator

from workbench.errors import UsageError
from workbench.evaluation.judges.kinds import Kind
from workbench.evaluation.judges.labelled.label import Label, LabelledSet
from workbench.evaluation.metrics.canonical import tokens
from workbench.json_lines import filled_lines, read_object_at

_WORDS = {"first": True, "second": False}


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    kind: Kind
    answer: str = Field(min_length=1)
    label: StrictBool | str
    question: str = ""
    references: list[str] = Field(default_factory=list)
    contexts: list[str] = Field(default_factory=list)
    other: str = ""
    cluster: str = ""
    tags: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> "_Line":
        needed = {
            "correctness": ("question", "references"),
            "faithfulness": ("contexts",),
            "preference": ("question", "other"),
        }[self.kind]
        missing = next((key for key in needed if not getattr(self, key)), None)
        if missing:
            raise ValueError(f"key '{missing}' is missing, which {self.kind} needs")
        if self.kind == "preference" and self.label not in _WORDS:
            raise ValueError("key 'label': 'first' or 'second', the better answer")
        if self.kind != "preference" and not isinstance(self.label, bool):
            raise ValueError("key 'label': true or false")
        empty = [reference for reference in self.references if not tokens(reference)]
        if empty:
            raise ValueError(f"the reference {empty[0]!r} holds no word or number")
        return self

    def as_label(self) -> Label:
        """Return it as a label."""
        shown = self.kind == "preference" and self.references
        return Label(
            id=self.id,
            cluster=self.cluster or self.id,
            stratum=" ".join(self.tags),
            truth=self.label if isinstance(self.label, bool) else _WORDS[self.label],
            question=self.question,
            facts=(tuple(self.references),) if self.references else (),
            contexts=tuple(self.contexts),
            answer=self.answer,
            other=self.other,
            reference=self.references[0] if shown else "",
        )


def load_own(path: Path) -> LabelledSet:
    """Read a file of labels; the set is called after it.

    Raises:
        UsageError: The file cannot be read, or a line is no label; the message names file, line
            and key.
    """
    lines = {
        number: _read_line(row, f"{path}, line {number}")
        for number, row in filled_lines(path, "labels")
    }
    _check_together(path, lines)
    kind = next(iter(lines.values())).kind
    return LabelledSet(f"own-{path.stem}", kind, tuple(each.as_label() for each in lines.values()))


def _check_together(path: Path, lines: dict[int, _Line]) -> None:
    if not lines:
        raise UsageError(f"{path} holds no label", "add one JSON object a line")
    kind = next(iter(lines.values())).kind
    seen: Counter[str] = Counter()
    for number, line in lines.items():
        if line.kind != kind:
            raise UsageError(
                f"{path}, line {number}: kind {line.kind!r} after {kind!r}", "one kind a file"
            )
        seen[line.id] += 1
        if seen[line.id] > 1:
            raise UsageError(f"{path}, line {number}: id {line.id!r} is there twice", "rename one")


def _read_line(row: str, place: str) -> _Line:
    record = read_object_at(row, place)
    try:
        return _Line.model_validate(record)
    except ValidationError as error:
        raise _bad_line(place, error) from error


def _bad_line(place: str, error: ValidationError) -> UsageError:
    first = error.errors()[0]
    key = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "missing":
        return UsageError(f"{place}: key {key!r} is missing", "add it")
    if first["type"] == "extra_forbidden":
        nearest = difflib.get_close_matches(key, _Line.model_fields, n=1, cutoff=0.0)
        return UsageError(f"{place}: unknown key {key!r}", f"the nearest is {nearest[0]!r}")
    said = first["msg"].removeprefix("Value error, ")
    return UsageError(f"{place}: {f'key {key!r}: ' if key else ''}{said}", "correct it")
