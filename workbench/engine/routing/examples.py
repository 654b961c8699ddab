"""Routing sets: JSON Lines with one labelled text a line."""

from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from workbench.record_lines import Record, read_records


class RoutingExample(Record):
    """A text and where it belongs.

    Attributes:
        id: Unique within the set.
        text: What was written.
        lang: Its language: "en", "vi", "id"; empty where unknown.
        labels: Its purposes; empty means out of scope.
        fields: What it says besides, such as a date, by the fields' names.
    """

    text: str
    lang: str = Field(default="", pattern=r"^([a-z]{2})?$")
    labels: list[str]
    fields: dict[str, Any] = Field(default_factory=dict)

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("the text is empty")
        return text

    @field_validator("labels")
    @classmethod
    def _names_once(cls, labels: list[str]) -> list[str]:
        if any(not label.strip() for label in labels):
            raise ValueError("a label is empty")
        if len(set(labels)) < len(labels):
            raise ValueError("a label is there twice")
        return labels


def load_examples(path: Path) -> list[RoutingExample]:
    """Read a routing set.

    Raises:
        UsageError: The file cannot be read, a line is no example, or an id is there twice; the
            message names the file, the line and the key.
    """
    return list(read_records(path, RoutingExample, "routing example").values())
