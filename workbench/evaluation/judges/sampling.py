"""Which labels are judged: two halves, and a fixed sample of each.

Prompts and thresholds are chosen on the tuning half; a card comes from the other half alone. A
label's half depends on its cluster only, so that no question or article is in both.
"""

import random
from collections.abc import Iterable, Sequence
from typing import Literal

from workbench.evaluation.judges.labelled.label import Label
from workbench.evaluation.retrieval_sets import is_dev

Half = Literal["tuning", "card"]

SEED = 7
SIZE = 300
"""Labels of a sample; all of a half where it has fewer."""


def half(labels: Iterable[Label], which: Half) -> list[Label]:
    """Return the labels of a half."""
    return [label for label in labels if is_dev(label.cluster) == (which == "tuning")]


def draw(labels: Sequence[Label], size: int = SIZE, seed: int = SEED) -> list[Label]:
    """Return a random sample in which each stratum and verdict keeps its share.

    Places are given by largest remainders. The sample depends on the labels' ids, not on their
    order, and comes ordered by cluster, so that calls about one context stand together.
    """
    ordered = sorted(labels, key=lambda label: (label.cluster, label.id))
    if size >= len(ordered):
        return ordered
    strata: dict[tuple[str, bool], list[Label]] = {}
    for label in ordered:
        strata.setdefault((label.stratum, label.truth), []).append(label)
    taken: set[str] = set()
    for name, count in _places(strata, size).items():
        generator = random.Random(f"{seed} {name}")  # noqa: S311 - a sample, not a secret
        taken |= {label.id for label in generator.sample(strata[name], count)}
    return [label for label in ordered if label.id in taken]


def _places(strata: dict[tuple[str, bool], list[Label]], size: int) -> dict[tuple[str, bool], int]:
    total = sum(map(len, strata.values()))
    exact = {name: size * len(labels) / total for name, labels in strata.items()}
    places = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (places[name] - exact[name], name))
    for name in by_remainder[: size - sum(places.values())]:
        places[name] += 1
    return places


def is_first_fold(cluster: str) -> bool:
    """Tell whether a cluster is of the fold that tells a judge's errors.

    The share in the other fold is corrected by them: corrected by its own, it would be the share
    that people found, whatever the judge said.
    """
    return is_dev(f"fold {cluster}")
