"""Question sets: JSON Lines with one question a line."""

import difflib
from pathlib import Path
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    field_validator,
    model_validator,
)

from workbench.errors import UsageError
from workbench.evaluation.metrics.canonical import tokens
from workbench.json_lines import filled_lines, read_object_at


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, record: Any) -> Any:
        """Drop nulls: libraries write them for keys that a line does not have."""
        if not isinstance(record, dict):
            return record
        return {key: value for key, value in record.items() if value is not None}


class ReferenceDocument(_Record):
    """A document that answers a question, and the page of a PDF."""

    document: str = Field(min_length=1)
    page: int | None = Field(default=None, ge=1)


class ReferenceToolCall(_Record):
    """A tool call that a right answer makes."""

    name: str = Field(min_length=1)
    args: dict[str, Any] = Field(default_factory=dict)


class Question(_Record):
    """One question with what a right answer holds.

    Attributes:
        id: Unique within the set.
        assistant: Whom it is asked; empty for any.
        lang: The language of the question: "en", "vi", "id"; empty where unknown.
        user_input: The question.
        reference: A right answer.
        reference_facts: For each fact, the forms in which it may be stated.
        forbidden_facts: What a right answer does not say.
        reference_contexts: Passages that hold the answer.
        reference_documents: Documents that hold it.
        answerable: Whether the documents hold an answer.
        reference_tool_calls: Tool calls that a right answer makes.
        history: Earlier questions of the same conversation, asked first.
        cluster: What the question shares with others, such as its document.
        tags: Kinds of questions.
        critical: Whether a release may not fail it.
    """

    id: str = Field(min_length=1)
    assistant: str = ""
    lang: str = Field(default="", pattern=r"^([a-z]{2})?$")
    user_input: str = Field(min_length=1)
    reference: str = ""
    reference_facts: list[list[str]] = Field(default_factory=list)
    forbidden_facts: list[str] = Field(default_factory=list)
    reference_contexts: list[str] = Field(default_factory=list)
    reference_documents: list[ReferenceDocument] = Field(default_factory=list)
    answerable: StrictBool = True
    reference_tool_calls: list[ReferenceToolCall] = Field(default_factory=list)
    history: list[str] = Field(default_factory=list)
    cluster: str = ""
    tags: list[str] = Field(default_factory=list)
    critical: StrictBool = False

    @field_validator("id")
    @classmethod
    def _can_be_shown(cls, name: str) -> str:
        if not name.isprintable():
            raise ValueError("it holds characters that cannot be shown")
        return name

    @property
    def facts(self) -> list[list[str]]:
        """The facts; a bare reference counts as one."""
        if self.reference_facts or not self.reference.strip():
            return self.reference_facts
        return [[self.reference]]

    @property
    def places(self) -> list[tuple[str, int | None]]:
        """The documents that hold the answer, each with its page or `None`."""
        return [(reference.document, reference.page) for reference in self.reference_documents]

    @model_validator(mode="after")
    def _facts_can_be_found(self) -> "Question":
        for forms in [*self.reference_facts, self.forbidden_facts]:
            empty = [form for form in forms if not tokens(form)]
            if empty:
                raise ValueError(f"the fact {empty[0]!r} holds no word or number")
        if any(not forms for forms in self.reference_facts):
            raise ValueError("a fact of 'reference_facts' has no form")
        return self


def load_questions(path: Path) -> list[Question]:
    """Read a question set.

    Raises:
        UsageError: The file cannot be read, a line is no question, or an id is there twice; the
            message names the file, the line and the key.
    """
    questions: dict[str, Question] = {}
    for number, line in filled_lines(path, "questions"):
        question = _read_line(line, f"{path}, line {number}")
        if question.id in questions:
            raise UsageError(
                f"{path}, line {number}: id {question.id!r} is there twice", "rename one"
            )
        questions[question.id] = question
    if not questions:
        raise UsageError(f"{path} holds no question", "add one JSON object a line")
    return list(questions.values())


def _read_line(line: str, place: str) -> Question:
    record = read_object_at(line, place)
    try:
        return Question.model_validate(record)
    except ValidationError as error:
        raise _bad_record(place, error) from error


def _bad_record(place: str, error: ValidationError) -> UsageError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return UsageError(f"{place}: key {key!r} is missing", "add it")
    if first["type"] != "extra_forbidden":
        where = f"key {key!r}: " if key else ""
        message = first["msg"].removeprefix("Value error, ")
        return UsageError(f"{place}: {where}{message}", "correct it")
    known = _keys_beside(first["loc"])
    nearest = difflib.get_close_matches(str(first["loc"][-1]), known, n=1, cutoff=0.0)
    return UsageError(f"{place}: unknown key {key!r}", f"the nearest is {nearest[0]!r}")


def _keys_beside(loc: tuple[int | str, ...]) -> list[str]:
    if len(loc) == 1:
        return list(Question.model_fields)
    inner = ReferenceDocument if loc[0] == "reference_documents" else ReferenceToolCall
    return list(inner.model_fields)
