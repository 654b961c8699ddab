"""What a question set holds, and which differences so many questions can show."""

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import NormalDist
from typing import Any

from workbench.evaluation.datasets.card import question_files, read_card
from workbench.evaluation.datasets.lines import read_lines
from workbench.evaluation.questions import Question

SHARE_RIGHT = 0.8
"""The share of right answers that the planning figures assume."""
DISCORDANT = 0.1
"""The share of questions on which two systems differ that they assume."""
CONFIDENCE, POWER = 0.95, 0.8


def describe(path: Path) -> dict[str, Any]:
    """Return the figures of a set, or of every set of a folder with a card.

    Args:
        path: A JSONL file, or a folder with a card.

    Returns:
        `path` and `files`, a list with one entry a file: see `describe_questions`.

    Raises:
        UsageError: A file cannot be read or is malformed, or the folder has no card.
    """
    files = [path]
    if path.is_dir():
        files = question_files(read_card(path))
    entries = [
        {"file": str(file), **describe_questions([line.question for line in read_lines(file)])}
        for file in files
    ]
    return {"path": str(path), "files": entries}


def describe_questions(questions: Sequence[Question]) -> dict[str, Any]:
    """Return how many questions there are of every kind, their lengths, and what they can show.

    Lengths are in words. `precision` holds, for all questions and for the answerable and the
    unanswerable ones, which metrics are over, what `precision_of` says.
    """
    answerable = [question for question in questions if question.answerable]
    counts = {
        "all": len(questions),
        "answerable": len(answerable),
        "unanswerable": len(questions) - len(answerable),
    }
    clusters = Counter(question.cluster or f"\0{question.id}" for question in questions)
    return {
        "n": len(questions),
        "answerable": counts["answerable"],
        "unanswerable": counts["unanswerable"],
        "critical": sum(question.critical for question in questions),
        "with_history": sum(bool(question.history) for question in questions),
        "langs": _counted(question.lang for question in questions),
        "tags": _counted(tag for question in questions for tag in set(question.tags)),
        "clusters": {"n": len(clusters), "largest": max(clusters.values())},
        "facts": sum(len(question.facts) for question in answerable),
        "words": {
            "user_input": _lengths(question.user_input for question in questions),
            "reference": _lengths(question.reference for question in answerable),
        },
        "precision": {name: precision_of(n) for name, n in counts.items()},
    }


def precision_of(n: int) -> dict[str, Any]:
    """Return what n independent questions can show, in percentage points.

    `half_width` is that of the 95% interval of one share of 0.8: z sqrt(p (1 - p) / n).
    `detectable` is the smallest difference between two systems, asked the same questions and
    differing on 10% of them, that is found four times in five: (z_0.975 + z_0.8) sqrt(0.1 / n)
    (Miller, "Adding Error Bars to Evals", 2024). Questions that share a cluster are worth less.
    Both are `None` for no questions.
    """
    if not n:
        return {"n": 0, "half_width": None, "detectable": None}
    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    half_width = z * math.sqrt(SHARE_RIGHT * (1 - SHARE_RIGHT) / n)
    detectable = (z + NormalDist().inv_cdf(POWER)) * math.sqrt(DISCORDANT / n)
    return {"n": n, "half_width": 100 * half_width, "detectable": 100 * min(1.0, detectable)}


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items(), key=lambda entry: (-entry[1], entry[0])))


def _lengths(texts: Iterable[str]) -> dict[str, float] | None:
    lengths = [len(text.split()) for text in texts if text.strip()]
    if not lengths:
        return None
    return {"min": min(lengths), "median": statistics.median(lengths), "max": max(lengths)}
