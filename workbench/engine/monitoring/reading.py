"""Reading log lines from files: JSON Lines, one line after the other, untrusted."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from workbench.engine.monitoring.definition import Monitoring
from workbench.engine.monitoring.log import Log, LogBuilder
from workbench.errors import UsageError

MAX_LINES = 5_000_000
_FIRST_YEAR, _END_YEAR = 1970, 2200


class LogLine(BaseModel):
    """A line of a log; keys that it does not name are left out."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    service: str = Field(min_length=1)
    level: str = Field(min_length=1)
    message: str
    timestamp: datetime
    metadata: dict[str, Any] = Field(default_factory=dict)

    @field_validator("timestamp")
    @classmethod
    def _can_be_reckoned_with(cls, moment: datetime) -> datetime:
        if not _FIRST_YEAR <= moment.year < _END_YEAR:
            raise ValueError(f"its year is not one from {_FIRST_YEAR} to {_END_YEAR - 1}")
        return moment


def read_log(path: Path, baseline: Path | None, monitoring: Monitoring) -> Log:
    """Read a log, and the baseline that it is compared with.

    Args:
        path: The log.
        baseline: A log of quiet times; `None` when the log's own earlier windows serve.
        monitoring: Names the keys of metadata that matter.

    Raises:
        UsageError: A file cannot be read or a line is broken; the message names file and line.
    """
    builder = LogBuilder(monitoring.component_keys, monitoring.affected_keys)
    if baseline is not None:
        _add(builder, read_lines(baseline))
        if not len(builder):
            raise UsageError(
                f"the baseline {baseline} holds no log lines", "name a log of quiet times"
            )
        builder.end_baseline()
    _add(builder, read_lines(path))
    return builder.build()


def log_of(lines: Iterable[LogLine], baseline: Iterable[LogLine], monitoring: Monitoring) -> Log:
    """Return the log of lines that are already read; see `read_log`."""
    builder = LogBuilder(monitoring.component_keys, monitoring.affected_keys)
    _add(builder, baseline)
    builder.end_baseline()
    _add(builder, lines)
    return builder.build()


def read_lines(path: Path) -> Iterator[LogLine]:
    """Yield the lines of a file as they are read.

    Raises:
        UsageError: The file cannot be read, or a line is broken; the message names it.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
                if text.strip():
                    yield _read(text, f"{path}, line {number}")
    except OSError as error:
        raise UsageError(
            f"cannot read {path} ({error.strerror})", "name a JSONL file of log lines"
        ) from error


def _add(builder: LogBuilder, lines: Iterable[LogLine]) -> None:
    for line in lines:
        if len(builder) >= MAX_LINES:
            raise UsageError(f"more than {MAX_LINES:,} log lines", "cut them into several files")
        builder.add(line.service, line.level, line.message, line.timestamp, line.metadata)


def _read(text: bytes, place: str) -> LogLine:
    try:
        return LogLine.model_validate_json(text)
    except ValidationError as error:
        raise UsageError(*_fault(place, error)) from error


def _fault(place: str, error: ValidationError) -> tuple[str, str]:
    """Return what is wrong with a line, without repeating what it holds, and what to do."""
    first = error.errors(include_input=False, include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "json_invalid":
        return f"{place}: not valid JSON", "write one object a line"
    if first["type"] == "missing":
        return f"{place}: key {key!r} is missing", "add it"
    if not key:
        return f"{place}: not a JSON object", "write one object a line"
    return f"{place}: key {key!r}: {first['msg'].removeprefix('Value error, ')}", "correct it"
