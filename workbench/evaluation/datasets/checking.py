"""Checks a question set, or a folder of them with its card, before anybody relies on it.

Every finding is one line with file, line and key. Errors make scores wrong: a line that is no
question, an id that is there twice, a missing reference, a fact that no document states, a file
that is not what its hash is of, parts that share questions. Warnings may be meant.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import UsageError
from workbench.evaluation.datasets.card import check_card, question_files, read_card
from workbench.evaluation.datasets.findings import Finding, Severity
from workbench.evaluation.datasets.library import Library
from workbench.evaluation.datasets.lines import Line, Scanned, scan_lines
from workbench.evaluation.datasets.looks import is_test_part
from workbench.evaluation.datasets.references import NO_FACTS, References
from workbench.evaluation.datasets.similar import NEAR, asked, near_pairs
from workbench.evaluation.metrics.canonical import tokens
from workbench.evaluation.questions import Question


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found.

    Attributes:
        path: What was checked.
        files: Its files.
        questions: How many questions they hold.
        facts: How many facts the answerable ones have.
        looked_up: For how many of them there was a context or a document to search.
        findings: What is wrong, by file and line.
    """

    path: Path
    files: tuple[str, ...]
    questions: int
    facts: int
    looked_up: int
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that make scores wrong."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that may be meant."""
        return tuple(finding for finding in self.findings if finding.severity == "warning")

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "path": str(self.path),
            "files": list(self.files),
            "questions": self.questions,
            "facts": self.facts,
            "looked_up": self.looked_up,
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "findings": [finding.to_dict() for finding in self.findings],
        }


def check_dataset(path: Path, corpus: Path | None = None) -> Report:
    """Check a question set, or a folder of sets with its card.

    Args:
        path: A JSONL file, or a folder with a card.
        corpus: The documents that the questions are about, a folder or a JSONL file. Without it,
            facts are only looked up in the questions' own contexts.

    Raises:
        UsageError: The file or the card cannot be read, or the folder has no card.
        IndexingError: There is no such corpus.
    """
    findings: list[Finding] = []
    files = [path]
    if path.is_dir():
        card = read_card(path)
        findings += check_card(card)
        files = [file for file in question_files(card) if file.is_file()]
    sets = [scan_lines(file) for file in files]
    references = References(Library(corpus) if corpus else None)
    for scanned in sets:
        own = [*scanned.findings, *_check_lines(scanned, references)]
        findings += sorted(own, key=lambda finding: finding.line or 0)
    findings += _check_parts(sets)
    return Report(
        path=path,
        files=tuple(str(file) for file in files),
        questions=sum(len(scanned.lines) for scanned in sets),
        facts=references.facts,
        looked_up=references.looked_up,
        findings=tuple(findings),
    )


def require_references(path: Path) -> None:
    """Refuse a set in which an answerable question has no reference, no facts and no tool calls.

    The tag `no_facts` says that a question is known to have none, so that its answer is not scored.

    Raises:
        UsageError: There is one; the message names file, line and key. Or the file cannot be read.
    """
    for line in scan_lines(path).lines:
        question = line.question
        scorable = question.facts or question.reference_tool_calls or NO_FACTS in question.tags
        if question.answerable and not scorable:
            raise UsageError(
                f"{path}, line {line.number}: key 'reference' is missing",
                f"add it or reference_facts, set answerable to false, or tag it {NO_FACTS!r}",
            )


def _check_lines(scanned: Scanned, references: References) -> Iterator[Finding]:
    file = str(scanned.path)
    clustered = sum(bool(line.question.cluster) for line in scanned.lines)
    if scanned.lines and not clustered:
        said = "no question has one: each counts as independent of the others"
        yield Finding("warning", file, None, "cluster", said)
    for line in scanned.lines:
        question = line.question
        if clustered and not question.cluster:
            yield Finding("warning", file, line.number, "cluster", "is missing")
        for is_error, key, said in [*references.check(question), *_history(question)]:
            severity: Severity = "error" if is_error else "warning"
            yield Finding(severity, file, line.number, key, said)
    yield from _repeated(scanned)


def _history(question: Question) -> Iterator[tuple[bool, str, str]]:
    for number, earlier in enumerate(question.history):
        if not tokens(earlier):
            yield True, f"history.{number}", "holds no word"
    if question.history and question.history[-1].strip() == question.user_input.strip():
        yield True, "history", "ends with the question itself, which would be asked twice"


def _repeated(scanned: Scanned) -> Iterator[Finding]:
    """Yield the questions of a set that are asked twice in the same words."""
    first: dict[str, int] = {}
    for line in scanned.lines:
        text = asked(line.question).text
        if text in first:
            said = f"is asked in line {first[text]} already"
            yield Finding("warning", str(scanned.path), line.number, "user_input", said)
        first.setdefault(text, line.number)


def _check_parts(sets: Sequence[Scanned]) -> Iterator[Finding]:
    """Yield the ids and the questions that several files of a folder share.

    A question that a test part shares is an error; between other parts a near-duplicate may be
    meant.
    """
    yield from _shared_ids(sets)
    lines = [(scanned.path, line) for scanned in sets for line in scanned.lines]
    tests = {scanned.path for scanned in sets if is_test_part(scanned.path)}
    for later, earlier, similarity in near_pairs([asked(line.question) for _, line in lines], NEAR):
        (path, line), (other, known) = lines[later], lines[earlier]
        if path == other:
            continue
        severity: Severity = "error" if {path, other} & tests else "warning"
        said = f"is nearly that of {other.name}, line {known.number} ({similarity:.2f})"
        yield Finding(severity, str(path), line.number, "user_input", said)


def _shared_ids(sets: Iterable[Scanned]) -> Iterator[Finding]:
    first: dict[str, tuple[Path, Line]] = {}
    for scanned in sets:
        for line in scanned.lines:
            name = line.question.id
            other, known = first.setdefault(name, (scanned.path, line))
            if other != scanned.path:
                said = f"{name!r} is in {other.name}, line {known.number}, as well"
                yield Finding("error", str(scanned.path), line.number, "id", said)
