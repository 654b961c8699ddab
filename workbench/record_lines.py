"""Sets of records: JSON Lines whose every line is checked against a model."""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from workbench.errors import UsageError
from workbench.json_lines import filled_lines, read_object_at


class Record(BaseModel):
    """A record of a set; unknown keys are refused.

    Attributes:
        id: Unique within the set.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: str = Field(min_length=1)

    @field_validator("id")
    @classmethod
    def _can_be_shown(cls, name: str) -> str:
        if not name.isprintable():
            raise ValueError("it holds characters that cannot be shown")
        return name


R = TypeVar("R", bound=Record)


def read_records(path: Path, model: type[R], noun: str) -> dict[int, R]:
    """Read a set whose every line must be right.

    Args:
        path: The file.
        model: What each line is.
        noun: What one is called.

    Returns:
        The records by the numbers of their lines, from 1.

    Raises:
        UsageError: The file cannot be read, holds nothing, a line is wrong, or an id is there
            twice; the message names the file, the line and the key.
    """
    records: dict[int, R] = {}
    known: set[str] = set()
    for number, line in filled_lines(path, f"{noun}s"):
        place = f"{path}, line {number}"
        record = _read_line(line, model, place)
        if record.id in known:
            raise UsageError(f"{place}: id {record.id!r} is there twice", "rename one")
        known.add(record.id)
        records[number] = record
    if not records:
        raise UsageError(f"{path} holds no {noun}", "add one JSON object a line")
    return records


def nearest_key(model: type[BaseModel], loc: Sequence[int | str]) -> str:
    """Return the key of a model that is most like the unknown one at the end of a path."""
    for part in loc[:-1]:
        if isinstance(part, str):
            model = _model_in(model.model_fields[part].annotation)
    last = str(loc[-1])
    return difflib.get_close_matches(last, list(model.model_fields), n=1, cutoff=0.0)[0]


def _model_in(annotation: Any) -> type[BaseModel]:
    """Return the model that an annotation such as `list[Model]` or `Model | None` holds."""
    kinds = [annotation, *get_args(annotation)]
    return next(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel))


def _read_line(line: str, model: type[R], place: str) -> R:
    record = read_object_at(line, place)
    try:
        return model.model_validate(record)
    except ValidationError as error:
        raise UsageError(*_fault(place, error.errors()[0], model)) from error


def _fault(place: str, fault: Any, model: type[Record]) -> tuple[str, str]:
    """Return what is wrong with a line, and what to do."""
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "missing":
        return f"{place}: key {key!r} is missing", "add it"
    if fault["type"] == "extra_forbidden":
        hint = f"the nearest is {nearest_key(model, fault['loc'])!r}"
        return f"{place}: unknown key {key!r}", hint
    where = f"key {key!r}: " if key else ""
    return f"{place}: {where}{fault['msg'].removeprefix('Value error, ')}", "correct it"
