"""Whether a judge is swayed by length; by the order of two answers, see `figures`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from workbench.evaluation.judges.figures import Judged, scored_only
from workbench.evaluation.judges.kinds import Kind
from workbench.evaluation.judges.labelled import Label
from workbench.evaluation.judges.measures import (
    Estimate,
    correlation,
    estimate,
    mean_of,
    share,
)

PADDING = (
    " It is worth pausing for a moment to see how interesting this question is. Many people have"
    " asked it over the years, and it touches on several matters that belong together. A good deal"
    " more could be said about each of them, and much depends on how closely one wishes to look."
    " I hope that this gives a helpful and complete picture of the whole subject."
)
"""Sentences that say nothing, in English whatever the answer's language."""

DEFINITIONS: dict[Kind, str] = {
    "correctness": "share of the wrong answers called wrong that are called right once padded",
    "faithfulness": "correlation of (verdict less people's) with the logarithm of the word count",
    "preference": "share of verdicts for the longer answer, less people's share for it",
}


def pad(label: Label) -> Label:
    """Return a label with a longer answer that says nothing more."""
    return replace(label, answer=f"{label.answer.rstrip()}{PADDING}")


def verbosity(kind: Kind, judged: Sequence[Judged], padded: Sequence[Judged]) -> dict[str, Any]:
    """Return how far length sways the verdicts, as `DEFINITIONS` says; 0 means not at all.

    Args:
        kind: What was judged.
        judged: The sample.
        padded: For correctness: the wrong answers that were called wrong, padded.
    """
    use = scored_only(padded if kind == "correctness" else judged)
    measure = {
        "correctness": _flips,
        "faithfulness": _lengths,
        "preference": _longer,
    }[kind]
    return {"definition": DEFINITIONS[kind], "n": len(use), **measure(use).as_json()}


def _flips(padded: Sequence[Judged]) -> Estimate:
    return share([each.said[0] for each in padded], _clusters(padded))


def _lengths(judged: Sequence[Judged]) -> Estimate:
    rows = np.array([_moments(each) for each in judged]).reshape(-1, 6)
    return estimate(correlation, rows, _clusters(judged))


def _moments(judged: Judged) -> list[float]:
    length = float(np.log1p(len(judged.label.answer.split())))
    error = float(judged.said[0]) - float(judged.label.truth)
    return [1.0, length, error, length * length, error * error, length * error]


def _longer(judged: Sequence[Judged]) -> Estimate:
    uneven = [each for each in judged if len(each.label.answer) != len(each.label.other)]
    rows = np.array([[1.0, _excess(each)] for each in uneven]).reshape(-1, 2)
    return estimate(mean_of, rows, _clusters(uneven))


def _excess(judged: Judged) -> float:
    """Return the share of the two verdicts for the longer answer, less people's."""
    first_is_longer = len(judged.label.answer) > len(judged.label.other)
    chosen = np.mean([said == first_is_longer for said in judged.said])
    return float(chosen) - float(judged.label.truth == first_is_longer)


def _clusters(judged: Sequence[Judged]) -> list[str]:
    return [each.label.cluster for each in judged]
