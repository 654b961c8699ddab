"""What a judge's verdicts on labelled answers are worth, and whether it is fit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.evaluation.judges import measures
from workbench.evaluation.judges.kinds import Kind
from workbench.evaluation.judges.labelled import Label
from workbench.evaluation.judges.lexical import Rule
from workbench.evaluation.judges.measures import Array, Estimate, confusion, estimate, share
from workbench.evaluation.judges.sampling import is_first_fold
from workbench.evaluation.metrics.score import Score, Status
from workbench.evaluation.statistics.judge_error import Labels, corrected_share

LEAST_KAPPA = 0.4
"""What kappa's lower end must reach."""
LEAST_COVERAGE = 0.95
"""The share of labels that must be scored: what fails does not fail at random."""

_CELLS = ("true_positive", "false_negative", "false_positive", "true_negative")


@dataclass(frozen=True, slots=True)
class Judged:
    """A label with the verdict on it.

    Attributes:
        label: What people said.
        scores: What the judge said; for a preference, once for each order.
    """

    label: Label
    scores: tuple[Score, ...]

    @property
    def status(self) -> Status:
        """How it ended: "scored" only when each of its verdicts was."""
        return next((s.status for s in self.scores if s.status != "scored"), "scored")

    @property
    def said(self) -> list[bool]:
        """The verdicts; empty where one of them failed."""
        return [score.value == 1.0 for score in self.scores] if self.status == "scored" else []


def scored_only(judged: Sequence[Judged]) -> list[Judged]:
    """Return those with a verdict."""
    return [each for each in judged if each.said]


def figures(kind: Kind, judged: Sequence[Judged], rule: Rule) -> dict[str, Any]:
    """Return the figures of a card, as plain JSON types; null where a figure is not defined.

    "Positive" means right, supported, or that the first answer is better.

    Args:
        kind: What was judged.
        judged: The whole sample.
        rule: The free rule to beat; it sees the same labels.
    """
    use = scored_only(judged)
    judge = Verdicts.collect(use, [each.said for each in use])
    free = Verdicts.collect(use, [rule.verdicts(kind, each.label) for each in use])
    both = np.hstack([judge.rows, free.rows])
    return {
        **_coverage(judged),
        "counts": dict(zip(_CELLS, map(int, judge.rows.sum(0)), strict=True)),
        "kappa": judge.kappa().as_json(),
        **{name: given.as_json() for name, given in judge.shares().items()},
        "corrected": _corrected(kind, judge),
        "position_bias": _position(kind, use).as_json(),
        "free_rule": {
            "name": rule.name,
            "threshold": round(rule.threshold, 4),
            "kappa": free.kappa().as_json(),
            "agreement": free.shares()["agreement"].as_json(),
        },
        "kappa_above_free_rule": estimate(measures.kappa_lead, both, judge.clusters).as_json(),
    }


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Verdicts beside people's, one a place; a preference takes two places of one cluster."""

    truths: tuple[bool, ...]
    said: tuple[bool, ...]
    clusters: tuple[str, ...]

    @classmethod
    def collect(cls, judged: Sequence[Judged], said: Sequence[Sequence[bool]]) -> "Verdicts":
        """Return the verdicts on labels, in their order."""
        pairs = [
            (each.label, verdict)
            for each, all_of_it in zip(judged, said, strict=True)
            for verdict in all_of_it
        ]
        return cls(
            tuple(label.truth for label, _ in pairs),
            tuple(verdict for _, verdict in pairs),
            tuple(label.cluster for label, _ in pairs),
        )

    @property
    def rows(self) -> Array:
        """One row of four cells a place."""
        return confusion(self.truths, self.said)

    def kappa(self) -> Estimate:
        """Return Cohen's kappa."""
        return estimate(measures.kappa, self.rows, self.clusters)

    def shares(self) -> dict[str, Estimate]:
        """Return agreement, sensitivity, specificity, and how much people and judge say yes to."""
        right = [truth == said for truth, said in zip(self.truths, self.said, strict=True)]
        return {
            "agreement": share(right, self.clusters),
            "sensitivity": self._among(right, True),
            "specificity": self._among(right, False),
            "base_rate": share(self.truths, self.clusters),
            "observed": share(self.said, self.clusters),
        }

    def _among(self, right: Sequence[bool], truth: bool) -> Estimate:
        places = [place for place, given in enumerate(self.truths) if given == truth]
        return share([right[p] for p in places], [self.clusters[p] for p in places])


def fitness_of(found: dict[str, Any], *, must_beat_rule: bool) -> tuple[bool, str]:
    """Return whether a judge with these figures is fit, and why not.

    Args:
        found: Of `figures`.
        must_beat_rule: Whether it has to be better than the free rule; a free metric does not.
    """
    faults = []
    if (found["coverage"] or 0.0) < LEAST_COVERAGE:
        faults.append(f"only {found['coverage'] or 0.0:.0%} of the labels were scored")
    low, lead = found["kappa"]["low"], found["kappa_above_free_rule"]
    if low is None or low < LEAST_KAPPA:
        faults.append(f"kappa {_shown(found['kappa'])} does not reach {LEAST_KAPPA}")
    if must_beat_rule and (lead["low"] is None or lead["low"] <= 0):
        name = found["free_rule"]["name"]
        faults.append(f"not better than the free rule ({name}): kappa {_shown(lead, '+')} above it")
    return not faults, "; ".join(faults)


def _shown(given: dict[str, float | None], sign: str = "") -> str:
    if given["value"] is None:
        return "is not defined"
    value, low, high = (f"{given[key] or 0.0:{sign}.2f}" for key in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"


def _coverage(judged: Sequence[Judged]) -> dict[str, Any]:
    statuses = Counter(each.status for each in judged)
    applicable = len(judged) - statuses["not_applicable"]
    return {
        "n": applicable,
        "scored": statuses["scored"],
        "coverage": round(statuses["scored"] / applicable, 4) if applicable else None,
        "statuses": dict(statuses),
    }


def _corrected(kind: Kind, judge: Verdicts) -> dict[str, Any]:
    """Return the share of good answers in one fold, corrected by the judge's errors in the other.

    Beside it stands the share that people found there. Which of two answers stands first is
    arbitrary, so for preferences there is no such share.
    """
    first = np.array([is_first_fold(cluster) for cluster in judge.clusters], dtype=bool)
    errors, other = judge.rows[first].sum(0), judge.rows[~first].sum(0)
    n = int(other.sum())
    if kind == "preference" or not n:
        return {"n": 0, **measures.UNDEFINED.as_json(), "people": None}
    both, only_people, only_judge, neither = map(int, errors)
    found = corrected_share(
        int(other[0] + other[2]), n, Labels(both, only_judge, only_people, neither)
    )
    estimated = Estimate(found.value, found.low, found.high) if found else measures.UNDEFINED
    people = round(float(other[0] + other[1]) / n, 4)
    return {"n": n, **estimated.as_json(), "people": people}


def _position(kind: Kind, judged: Sequence[Judged]) -> Estimate:
    """Return the share of pairs whose verdict changes with the order."""
    if kind != "preference":
        return measures.UNDEFINED
    changed = [len(set(each.said)) > 1 for each in judged]
    return share(changed, [each.label.cluster for each in judged])
