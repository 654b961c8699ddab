"""Question sets: JSON Lines with one question a line."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from workbench.evaluation.metrics.canonical import tokens
from workbench.record_lines import Record, read_records


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, record: Any) -> Any:
        return _without_nulls(record)


def _without_nulls(record: Any) -> Any:
    """Drop nulls: libraries write them for keys that a line does not have."""
    if not isinstance(record, dict):
        return record
    return {key: value for key, value in record.items() if value is not None}


class ReferenceDocument(_Part):
    """A document that answers a question, and the page of a PDF."""

    document: str = Field(min_length=1)
    page: int | None = Field(default=None, ge=1)


class ReferenceToolCall(_Part):
    """A tool call that a right answer makes."""

    name: str = Field(min_length=1)
    args: dict[str, Any] = Field(default_factory=dict)


class Question(Record):
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

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, record: Any) -> Any:
        return _without_nulls(record)

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
    return list(read_records(path, Question, "question").values())
