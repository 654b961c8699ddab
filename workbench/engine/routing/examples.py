"""Routing sets: JSON Lines with one labelled text a line."""

import difflib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from workbench.errors import UsageError
from workbench.json_lines import filled_lines, read_object_at


class RoutingExample(BaseModel):
    """A text and where it belongs.

    Attributes:
        id: Unique within the set.
        text: What was written.
        lang: Its language: "en", "vi", "id"; empty where unknown.
        labels: Its purposes; empty means out of scope.
        fields: What it says besides, such as a date, by the fields' names.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: str = Field(min_length=1)
    text: str
    lang: str = Field(default="", pattern=r"^([a-z]{2})?$")
    labels: list[str]
    fields: dict[str, Any] = Field(default_factory=dict)

    @field_validator("id")
    @classmethod
    def _can_be_shown(cls, name: str) -> str:
        if not name.isprintable():
            raise ValueError("it holds characters that cannot be shown")
        return name

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
    examples: dict[str, RoutingExample] = {}
    for number, line in filled_lines(path, "routing examples"):
        place = f"{path}, line {number}"
        example = _read_line(line, place)
        if example.id in examples:
            raise UsageError(f"{place}: id {example.id!r} is there twice", "rename one")
        examples[example.id] = example
    if not examples:
        raise UsageError(f"{path} holds no example", "add one JSON object a line")
    return list(examples.values())


def _read_line(line: str, place: str) -> RoutingExample:
    record = read_object_at(line, place)
    try:
        return RoutingExample.model_validate(record)
    except ValidationError as error:
        raise _bad_record(place, error) from error


def _bad_record(place: str, error: ValidationError) -> UsageError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return UsageError(f"{place}: key {key!r} is missing", "add it")
    if first["type"] != "extra_forbidden":
        message = first["msg"].removeprefix("Value error, ")
        return UsageError(f"{place}: key {key!r}: {message}", "correct it")
    nearest = difflib.get_close_matches(key, list(RoutingExample.model_fields), n=1, cutoff=0.0)
    return UsageError(f"{place}: unknown key {key!r}", f"the nearest is {nearest[0]!r}")
