"""The lines of a question set with their numbers, and everything that is wrong with each."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workbench.evaluation.datasets.findings import Finding
from workbench.evaluation.questions import Question, load_questions
from workbench.json_lines import filled_lines, read_object
from workbench.record_lines import nearest_key


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a question set.

    Attributes:
        number: Its number in the file, from 1.
        text: As it stands there, without the end of the line.
        question: What it says.
    """

    number: int
    text: str
    question: Question


@dataclass(frozen=True, slots=True)
class Scanned:
    """A question set as far as it can be read.

    Attributes:
        path: The file.
        lines: The lines that are questions, each id once.
        findings: What is wrong with the others.
    """

    path: Path
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]


def read_lines(path: Path) -> list[Line]:
    """Read a question set whose every line must be right.

    Raises:
        UsageError: The file cannot be read, a line is no question, or an id is there twice.
    """
    load_questions(path)
    return list(scan_lines(path).lines)


def scan_lines(path: Path) -> Scanned:
    """Read a question set and collect what is wrong instead of stopping at the first error.

    Raises:
        UsageError: The file cannot be read at all.
    """
    first: dict[str, int] = {}
    lines: list[Line] = []
    findings: list[Finding] = []
    for number, text in filled_lines(path, "questions"):
        question, wrong = _read(text)
        findings += [Finding("error", str(path), number, key, said) for key, said in wrong]
        if question is None:
            continue
        if question.id in first:
            said = f"{question.id!r} is there twice, as in line {first[question.id]}"
            findings.append(Finding("error", str(path), number, "id", said))
            continue
        first[question.id] = number
        lines.append(Line(number, text, question))
    if not lines and not findings:
        findings.append(Finding("error", str(path), None, "", "it holds no question"))
    return Scanned(path, tuple(lines), tuple(findings))


def _read(text: str) -> tuple[Question | None, list[tuple[str, str]]]:
    """Return the question, or the keys of the line that are wrong, each with the reason."""
    try:
        record = read_object(text)
    except ValueError as error:
        return None, [("", str(error))]
    try:
        return Question.model_validate(record), []
    except ValidationError as error:
        return None, [_wrong(each["loc"], each["type"], each["msg"]) for each in error.errors()]


def _wrong(loc: tuple[Any, ...], kind: str, message: str) -> tuple[str, str]:
    key = ".".join(str(part) for part in loc)
    if kind == "missing":
        return key, "is missing"
    if kind == "extra_forbidden":
        return key, f"is unknown; the nearest is {nearest_key(Question, loc)!r}"
    return key, message.removeprefix("Value error, ")
