"""Splits a question set into train, dev and test parts.

What belongs together stays together: the questions of a cluster, and nearly the same questions
even where their clusters differ, since either would let a part know another's answers. Languages
and answerability are spread over the parts alike.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from workbench.errors import UsageError
from workbench.evaluation.datasets.card import (
    NAME,
    Card,
    Part,
    add_parts,
    fix_hashes,
    read_card,
)
from workbench.evaluation.datasets.dedupe import write_new
from workbench.evaluation.datasets.lines import Line, read_lines
from workbench.evaluation.datasets.similar import asked, near_pairs
from workbench.evaluation.questions import Question

PARTS = ("train", "dev", "test")
SHARES = (60.0, 20.0, 20.0)

_INHERITED = ("language", "license", "task_categories")
_Group = Sequence[Line]
_Stratum = tuple[str, bool] | None  # None counts all questions


@dataclass(frozen=True, slots=True)
class Split:
    """A set in parts.

    Attributes:
        files: The new file of each part that has a share.
        lines: The lines of each part, in their order.
        groups: How many groups of questions were kept whole.
    """

    files: dict[str, Path]
    lines: dict[str, tuple[Line, ...]]
    groups: int


def split_dataset(
    path: Path, output: Path, shares: Sequence[float] = SHARES, seed: int = 7
) -> Split:
    """Split a question set and write its parts, with a card that holds their hashes.

    The parts are `<name>_train.jsonl`, `<name>_dev.jsonl` and `<name>_test.jsonl`. A card that the
    output folder has gets the new configurations; else one is made.

    Args:
        path: The set.
        output: The folder of the parts; made when it is not there.
        shares: Percent of the questions for train, dev and test; a part of share 0 is not made.
        seed: The same seed makes the same parts.

    Raises:
        UsageError: The set is malformed, the shares are wrong, there are fewer groups than parts,
            or a part is already there; then nothing is written.
    """
    wanted = _checked(shares)
    lines = read_lines(path)
    files = {name: output / f"{path.stem}_{name}.jsonl" for name in wanted}
    for file in files.values():
        if file.exists():
            raise UsageError(f"{file} is already there", "name another folder")
    groups = group_lines(lines)
    if len(groups) < len(wanted):
        raise UsageError(
            f"{path} has {len(groups)} clusters of questions for {len(wanted)} parts",
            "set the share of a part to 0, or give the questions clusters",
        )
    parts = assign_groups(groups, wanted, seed)
    card = _card(path, output, {name: file.stem for name, file in files.items()})
    output.mkdir(parents=True, exist_ok=True)
    for name, file in files.items():
        write_new(file, parts[name])
    card.write()
    fix_hashes(read_card(output))
    return Split(files, parts, len(groups))


def parse_shares(text: str) -> tuple[float, ...]:
    """Read shares as they are typed: "60,20,20".

    Raises:
        UsageError: They are not three numbers.
    """
    try:
        return tuple(float(share) for share in text.split(","))
    except ValueError as error:
        raise UsageError(f"the shares {text!r} are no numbers", "write e.g. 60,20,20") from error


def group_lines(lines: Sequence[Line]) -> list[tuple[Line, ...]]:
    """Return the questions in groups that no split may cut, each in the set's order.

    A group is what is connected by a shared cluster or by nearly the same question; a question
    without a cluster is a group of its own.
    """
    leader = list(range(len(lines)))

    def find(position: int) -> int:
        while leader[position] != position:
            leader[position] = leader[leader[position]]
            position = leader[position]
        return position

    first: dict[str, int] = {}
    for position, line in enumerate(lines):
        if line.question.cluster:
            leader[find(position)] = find(first.setdefault(line.question.cluster, position))
    for later, earlier, _ in near_pairs([asked(line.question) for line in lines]):
        leader[find(later)] = find(earlier)
    groups: defaultdict[int, list[Line]] = defaultdict(list)
    for position, line in enumerate(lines):
        groups[find(position)].append(line)
    return [tuple(group) for group in groups.values()]


def assign_groups(
    groups: Sequence[_Group], shares: Mapping[str, float], seed: int
) -> dict[str, tuple[Line, ...]]:
    """Spread groups over parts so that every stratum comes near its share; none stays empty.

    The largest groups go first, each to the part that misses its strata most (the greedy rule of
    Sechidis, Tsoumakas and Vlahavas, "On the stratification of multi-label data", 2011, with whole
    groups for items); the seed decides the order of groups of one size.

    Args:
        groups: The groups; at least as many as parts.
        shares: The parts' shares of all questions, which add up to 1.
        seed: The seed.

    Returns:
        By part, its lines in the order of the set.
    """
    missing = {
        name: {
            stratum: share * count
            for stratum, count in _strata(line for group in groups for line in group).items()
        }
        for name, share in shares.items()
    }
    order = list(groups)
    random.Random(seed).shuffle(order)  # noqa: S311 - not for secrets
    order.sort(key=len, reverse=True)
    parts: dict[str, list[_Group]] = {name: [] for name in shares}
    for position, group in enumerate(order):
        strata = _strata(group)
        empty = [name for name in parts if not parts[name]]
        choice = empty if len(order) - position <= len(empty) else list(parts)
        name = max(choice, key=lambda part: _gain(missing[part], strata))
        parts[name].append(group)
        for stratum, count in strata.items():
            missing[name][stratum] -= count
    return {
        name: tuple(sorted((line for group in own for line in group), key=lambda x: x.number))
        for name, own in parts.items()
    }


def _gain(missing: Mapping[_Stratum, float], strata: Mapping[_Stratum, int]) -> float:
    """Return by how much a group brings a part's squared deviations down."""
    return sum(missing[s] ** 2 - (missing[s] - count) ** 2 for s, count in strata.items())


def _strata(lines: Iterable[Line]) -> Counter[_Stratum]:
    counts: Counter[_Stratum] = Counter()
    for line in lines:
        counts[_stratum(line.question)] += 1
        counts[None] += 1
    return counts


def _stratum(question: Question) -> _Stratum:
    return question.lang, question.answerable


def _checked(shares: Sequence[float]) -> dict[str, float]:
    """Return the parts with a share, as fractions."""
    told = ",".join(f"{share:g}" for share in shares)
    if len(shares) != len(PARTS):
        raise UsageError(f"the shares {told} are not three", "write e.g. 60,20,20")
    if not all(share >= 0 for share in shares) or abs(sum(shares) - 100) > 1e-9:
        raise UsageError(f"the shares {told} do not add up to 100", "write e.g. 60,20,20")
    return {name: share / 100 for name, share in zip(PARTS, shares, strict=True) if share}


def _card(path: Path, output: Path, configs: Mapping[str, str]) -> Card:
    """Return the output folder's card with the new parts; a new one inherits from the set's."""
    parts = {
        f"{config}.jsonl": Part(config, name, f"{config}.jsonl") for name, config in configs.items()
    }
    if (output / NAME).exists():
        card = read_card(output)
        taken = {part.config for part in card.parts()} & set(configs.values())
        if taken:
            raise UsageError(f"{card.path} has {min(taken)} already", "name another folder")
        return add_parts(card, parts)
    head = {"pretty_name": path.stem, **_inherited(path.parent)}
    body = f"\n# {path.stem}\n\nParts of `{path.name}`, split by cluster; say here who wrote it.\n"
    text = yaml.safe_dump(head, sort_keys=False, allow_unicode=True)
    return add_parts(Card(output / NAME, text, body), parts)


def _inherited(folder: Path) -> dict[str, object]:
    try:
        values = read_card(folder).values
    except UsageError:
        return {}
    return {key: values[key] for key in _INHERITED if key in values}
