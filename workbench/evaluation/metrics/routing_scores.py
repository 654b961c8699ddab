"""How well questions are routed, without a judge.

A route is a set of labels; the empty set means out of scope and is a class of its own:

- accuracy: the share of questions whose set of labels is exactly the expected one;
  `in_scope_accuracy` is the same over the questions that are in scope;
- `oos_recall`: the share of out-of-scope questions that were routed so; `oos_precision`: the share
  of questions routed out of scope that are;
- `macro_f1`: the plain mean of the F1 of every label that is expected or given at least once, out
  of scope among them, where several labels a question count one by one (Sokolova and Lapalme, "A
  systematic analysis of performance measures for classification tasks", 2009);
- `ece`: the expected calibration error with 15 bins of equal width, (0, 1/15], ..., (14/15, 1]
  (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017): the mean distance between
  confidence and accuracy of a bin, weighted by the share of questions in it; a confidence of 0
  belongs to the first bin;
- `p50_ms`: the median time of a decision.

Where a figure would be of nothing, it is null.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from workbench.evaluation.metrics.score import NOT_APPLICABLE, Score, scored

BINS = 15
OUT_OF_SCOPE = "(out of scope)"
"""The name of the class of questions without a label."""

Labels = frozenset[str]


@dataclass(frozen=True, slots=True)
class Routed:
    """A question that was routed.

    Attributes:
        expected: Its labels; empty means out of scope.
        given: The labels that the router gave.
        confidence: The router's own, from 0 to 1; `None` where it has none.
        seconds: How long the decision took; `None` where that was not measured.
    """

    expected: Labels
    given: Labels
    confidence: float | None = None
    seconds: float | None = None

    @property
    def right(self) -> bool:
        """Tell whether the labels are exactly the expected ones."""
        return self.expected == self.given


def routing_scores(routed: Sequence[Routed]) -> dict[str, Any]:
    """Return all figures of a routed set as plain JSON types.

    `confusion` lists how often each expected set of labels was routed to each given one, the most
    frequent first; pairs that do not occur are left out.
    """
    in_scope = [one for one in routed if one.expected]
    oos = [one for one in routed if not one.expected]
    sent_away = [one for one in routed if not one.given]
    times = [one.seconds * 1000 for one in routed if one.seconds is not None]
    return {
        "n": len(routed),
        "n_in_scope": len(in_scope),
        "n_oos": len(oos),
        "accuracy": _share(one.right for one in routed),
        "in_scope_accuracy": _share(one.right for one in in_scope),
        "oos_recall": _share(not one.given for one in oos),
        "oos_precision": _share(not one.expected for one in sent_away),
        "macro_f1": macro_f1(routed),
        "ece": expected_calibration_error(routed),
        "p50_ms": median(times) if times else None,
        "confusion": confusion(routed),
    }


def item_scores(expected: Labels, given: Labels) -> dict[str, Score]:
    """Return what the figures that are means over questions say of one question."""
    right = scored(float(expected == given))
    return {
        "route_accuracy": right,
        "in_scope_accuracy": right if expected else NOT_APPLICABLE,
        "oos_recall": NOT_APPLICABLE if expected else scored(float(not given)),
        "oos_precision": NOT_APPLICABLE if given else scored(float(not expected)),
    }


def confusion(routed: Iterable[Routed]) -> list[dict[str, Any]]:
    """Return how often each set of labels was routed to which, as plain JSON types."""
    pairs = Counter((tuple(sorted(one.expected)), tuple(sorted(one.given))) for one in routed)
    ordered = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"expected": list(e), "given": list(g), "count": n} for (e, g), n in ordered]


def macro_f1(routed: Iterable[Routed]) -> float | None:
    """Return the mean F1 over all labels that occur; `None` for no question."""
    expected: Counter[str] = Counter()
    given: Counter[str] = Counter()
    shared: Counter[str] = Counter()
    for one in routed:
        wanted, got = one.expected or {OUT_OF_SCOPE}, one.given or {OUT_OF_SCOPE}
        expected.update(wanted)
        given.update(got)
        shared.update(wanted & got)
    labels = expected.keys() | given.keys()
    scores = [2 * shared[label] / (expected[label] + given[label]) for label in labels]
    return math.fsum(scores) / len(scores) if scores else None


def expected_calibration_error(routed: Sequence[Routed]) -> float | None:
    """Return the expected calibration error; `None` where a router has no confidence."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for one in routed:
        if one.confidence is None:
            return None
        position = max(0, math.ceil(one.confidence * BINS) - 1)
        bins.setdefault(position, []).append((one.confidence, one.right))
    gaps = (abs(sum(c - right for c, right in members)) for members in bins.values())
    return math.fsum(gaps) / len(routed) if routed else None


def _share(verdicts: Iterable[bool]) -> float | None:
    found = list(verdicts)
    return sum(found) / len(found) if found else None
