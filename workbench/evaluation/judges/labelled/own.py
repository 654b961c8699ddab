"""A user's own labels: JSON Lines, one judged answer a line, all lines of one kind.

    {"id": "1", "kind": "correctness", "question": "...", "references": ["..."], "answer": "...",
     "label": true}
    {"id": "2", "kind": "faithfulness", "contexts": ["..."], "answer": "...", "label": false}
    {"id": "3", "kind": "preference", "question": "...", "answer": "...", "other": "...",
     "label": "first"}

`cluster` names what several lines share, `tags` kinds of them; both may be left out. A preference
may have one reference.
"""

from pathlib import Path

from pydantic import Field, model_validator

from workbench.errors import UsageError
from workbench.evaluation.judges.kinds import Kind
from workbench.evaluation.judges.labelled.label import Label, LabelledSet
from workbench.evaluation.metrics.canonical import tokens
from workbench.record_lines import Record, read_records

_WORDS = {"first": True, "second": False}


class _Line(Record):
    kind: Kind
    answer: str = Field(min_length=1)
    label: object
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
        if self.kind == "preference" and self.label not in list(_WORDS):
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
            truth=self.label if isinstance(self.label, bool) else _WORDS[str(self.label)],
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
        UsageError: The file cannot be read, a line is no label, an id is there twice, or the kinds
            differ; the message names file, line and key.
    """
    lines = read_records(path, _Line, "label")
    kind = next(iter(lines.values())).kind
    for number, line in lines.items():
        if line.kind != kind:
            raise UsageError(
                f"{path}, line {number}: kind {line.kind!r} after {kind!r}", "one kind a file"
            )
    return LabelledSet(f"own-{path.stem}", kind, tuple(each.as_label() for each in lines.values()))
