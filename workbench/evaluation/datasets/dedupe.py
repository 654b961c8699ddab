"""Finds questions that are asked twice, within a set or in another one, and leaves them out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench.errors import UsageError
from workbench.evaluation.datasets.lines import Line, read_lines
from workbench.evaluation.datasets.similar import (
    Asked,
    Pair,
    alike_pairs,
    asked,
    embedded,
    near_pairs,
)

Kind = Literal["exact", "near", "meaning"]
Embed = Callable[[str], list[float]]
"""Returns the unit vector of a question."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A question that repeats one that stands before it, or in the other set.

    Attributes:
        line: Its line.
        id: Its id.
        kind: Asked in the same words, in nearly the same ones, or by meaning alone.
        similarity: The Jaccard index of the words, or the cosine for "meaning".
        of_file: Where the question stands that it repeats.
        of_line: Its line there.
        of_id: Its id.
    """

    line: int
    id: str
    kind: Kind
    similarity: float
    of_file: Path
    of_line: int
    of_id: str

    def one_line(self) -> str:
        """Return it as the one line that is shown."""
        return (
            f"line {self.line}: {self.id} is {self.of_id} of {self.of_file}, line {self.of_line}"
            f" ({self.kind}, {self.similarity:.2f})"
        )


@dataclass(frozen=True, slots=True)
class Deduped:
    """A set without the questions that are asked twice.

    Attributes:
        path: The set.
        kept: The lines that stay, in their order.
        duplicates: The others.
    """

    path: Path
    kept: tuple[Line, ...]
    duplicates: tuple[Duplicate, ...]

    def write(self, output: Path) -> None:
        """Write the lines that stay, as they were, to a new file.

        Raises:
            UsageError: The file is already there.
        """
        write_new(output, self.kept)


def find_duplicates(path: Path, against: Path | None = None, embed: Embed | None = None) -> Deduped:
    """Find the questions of a set that repeat an earlier one, or one of another set.

    The first of several stays; so does a question that only resembles one that is left out.

    Args:
        path: The set.
        against: Another set, of which nothing is left out.
        embed: The encoder's vectors, to find the same question in other words or languages.

    Raises:
        UsageError: A file cannot be read, a line is no question, an id is there twice, or the set
            is compared with itself.
    """
    if against is not None and against.resolve() == path.resolve():
        raise UsageError(f"{path} cannot be compared with itself", "leave --against out")
    others = [(against, line) for line in read_lines(against)] if against else []
    entries = [*others, *((path, line) for line in read_lines(path))]
    questions = [asked(line.question) for _, line in entries]
    dropped: dict[int, Duplicate] = {}
    for later, earlier, similarity, kind in _pairs(entries, questions, embed):
        if later < len(others) or later in dropped or earlier in dropped:
            continue
        (_, line), (file, known) = entries[later], entries[earlier]
        dropped[later] = Duplicate(
            line.number, line.question.id, kind, similarity, file, known.number, known.question.id
        )
    own = range(len(others), len(entries))
    return Deduped(
        path=path,
        kept=tuple(entries[position][1] for position in own if position not in dropped),
        duplicates=tuple(dropped[position] for position in own if position in dropped),
    )


def write_new(path: Path, lines: Iterable[Line]) -> None:
    """Write lines of a set as a new file.

    Raises:
        UsageError: The file is already there; nothing of it is changed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write("".join(f"{line.text}\n" for line in lines))
    except FileExistsError as error:
        raise UsageError(f"{path} is already there", "name another file") from error


def _pairs(
    entries: Sequence[tuple[Path, Line]], questions: Sequence[Asked], embed: Embed | None
) -> list[tuple[int, int, float, Kind]]:
    """Return all pairs by the later question, the most similar in words first."""
    pairs = [_named(pair, questions) for pair in near_pairs(questions)]
    if embed is not None:
        vectors = embedded([line.question.user_input for _, line in entries], embed)
        pairs += [(*pair, "meaning") for pair in alike_pairs(questions, vectors)]
    order = {"exact": 0, "near": 1, "meaning": 2}
    return sorted(pairs, key=lambda pair: (pair[0], order[pair[3]], -pair[2], pair[1]))


def _named(pair: Pair, questions: Sequence[Asked]) -> tuple[int, int, float, Kind]:
    later, earlier, similarity = pair
    same = questions[later].text == questions[earlier].text
    return later, earlier, similarity, "exact" if same else "near"
