"""What the gate says, as plain JSON types, and what a command makes of it."""

from collections.abc import Iterable
from typing import Literal, TypedDict

Word = Literal["PASS", "INCONCLUSIVE", "NOT_MEASURED", "FAIL"]
_FROM_BEST: tuple[Word, ...] = ("PASS", "INCONCLUSIVE", "NOT_MEASURED", "FAIL")
_CODES: dict[Word, int] = {"PASS": 0, "FAIL": 1, "INCONCLUSIVE": 3, "NOT_MEASURED": 3}
_UNDECIDED: dict[str, int] = {"pass": 0, "fail": 1}


class MetricVerdict(TypedDict):
    """What the gate found on one metric.

    All figures are in the metric's own unit, shares from 0 to 1; null where they do not apply.

    Attributes:
        metric: Its name.
        verdict: The worst of what its margin and its floor say.
        reasons: Why, a line each.
        mean: Of the run, as `summarise` says.
        interval: The mean's 95% interval.
        floor: What the mean must reach; the most that it may be where less is better.
        baseline_mean: The baseline's mean over the pairs.
        difference: Run minus baseline over the pairs.
        low: The lower end of its 95% interval.
        high: The upper end.
        margin: By how much the run may be worse.
        bound: How bad the difference may yet be: its one-sided 95% bound.
        p: One-sided, that the run is worse.
        p_holm: The same, adjusted over the gate set.
        n: The pairs, or without a baseline the scored items.
        n_needed: How many would decide, where they did not; null where no number would.
        coverage: The share of the items to which the metric applies that was scored.
    """

    metric: str
    verdict: Word
    reasons: list[str]
    mean: float | None
    interval: list[float | None] | None
    floor: float | None
    baseline_mean: float | None
    difference: float | None
    low: float | None
    high: float | None
    margin: float | None
    bound: float | None
    p: float | None
    p_holm: float | None
    n: int
    n_needed: int | None
    coverage: float | None


class CriticalVerdict(TypedDict):
    """What the gate found on a critical item that the run does not pass.

    Attributes:
        id: The item's id.
        verdict: FAIL where the fresh runs confirm it, PASS where they refute it.
        reasons: Which metrics it failed.
        reruns: How each fresh run went: true for a pass, a status where it has no score.
    """

    id: str
    verdict: Word
    reasons: list[str]
    reruns: list[bool | str]


class GateVerdict(TypedDict):
    """What the gate says of a run.

    Attributes:
        run: The run's name.
        suite: Its suite.
        baseline: The baseline's name; null without one.
        verdict: The worst of all.
        n: The items that the run is about.
        metrics: What was found on each metric that decides.
        critical_checked: How many critical items were looked at.
        critical: Those that the run does not pass.
        warnings: What the reader should know besides.
    """

    run: str
    suite: str
    baseline: str | None
    verdict: Word
    n: int
    metrics: list[MetricVerdict]
    critical_checked: int
    critical: list[CriticalVerdict]
    warnings: list[str]


def worst_of(words: Iterable[Word]) -> Word:
    """Return the worst verdict; of none, that nothing was measured."""
    return max(words, key=_FROM_BEST.index, default="NOT_MEASURED")


def exit_code(verdict: Word, inconclusive: str | None = None) -> int:
    """Return the exit code of a verdict: 0 passed, 1 failed, 3 undecided or not measured.

    Args:
        verdict: What the gate says.
        inconclusive: What an undecided verdict counts as for the caller, "pass" or "fail". What was
            not measured stays so.
    """
    if verdict == "INCONCLUSIVE" and inconclusive:
        return _UNDECIDED[inconclusive]
    return _CODES[verdict]
