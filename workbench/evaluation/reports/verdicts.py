"""A gate's verdict as text, the same in every report."""

from dataclasses import dataclass
from typing import Literal

from workbench.evaluation.gate.verdict import CriticalVerdict, GateVerdict, MetricVerdict, Word
from workbench.evaluation.reports.figures import (
    NONE,
    interval,
    number,
    share,
    signed,
    signed_interval,
)
from workbench.evaluation.reports.text import one_line

Kind = Literal["good", "bad", "open"]
WORDS: dict[Word, tuple[str, Kind]] = {
    "PASS": ("pass", "good"),
    "FAIL": ("FAIL", "bad"),
    "INCONCLUSIVE": ("inconclusive", "open"),
    "NOT_MEASURED": ("not measured", "open"),
}
"""How a verdict is written, and whether it is good, bad or open."""


@dataclass(frozen=True, slots=True)
class GateRow:
    """What the gate found on one metric, as text."""

    metric: str
    verdict: Word
    word: str
    kind: Kind
    mean: str
    interval: str
    floor: str
    difference: str
    difference_interval: str
    bound: str
    margin: str
    n: str
    coverage: str
    reasons: str


@dataclass(frozen=True, slots=True)
class CriticalRow:
    """What the gate found on one critical item, as text."""

    id: str
    verdict: Word
    word: str
    kind: Kind
    reruns: str
    reasons: str


def gate_rows(verdict: GateVerdict) -> list[GateRow]:
    """Return the rows of the metrics that decide."""
    return [_gate_row(found) for found in verdict["metrics"]]


def critical_rows(verdict: GateVerdict) -> list[CriticalRow]:
    """Return the rows of the critical items that the run did not pass."""
    return [_critical_row(found) for found in verdict["critical"]]


def critical_line(verdict: GateVerdict) -> str:
    """Return in words how many critical items were looked at; empty for none."""
    checked, suspects = verdict["critical_checked"], len(verdict["critical"])
    if not checked:
        return ""
    return f"{checked} critical item{'' if checked == 1 else 's'} checked, {suspects} not passed."


def warnings_of(verdict: GateVerdict) -> list[str]:
    """Return a gate's warnings."""
    return [one_line(warning) for warning in verdict["warnings"]]


def _gate_row(found: MetricVerdict) -> GateRow:
    metric, needed = found["metric"], found["n_needed"]
    word, kind = WORDS[found["verdict"]]
    low, high = found["interval"] or (None, None)
    return GateRow(
        metric=one_line(metric),
        verdict=found["verdict"],
        word=word,
        kind=kind,
        mean=number(metric, found["mean"]),
        interval=interval(metric, low, high),
        floor=number(metric, found["floor"]),
        difference=signed(metric, found["difference"]),
        difference_interval=signed_interval(metric, found["low"], found["high"]),
        bound=signed(metric, found["bound"]),
        margin=number(metric, found["margin"]),
        n=str(found["n"]) if needed is None else f"{found['n']} of {needed} needed",
        coverage=share(found["coverage"]),
        reasons="; ".join(one_line(reason) for reason in found["reasons"]),
    )


def _critical_row(found: CriticalVerdict) -> CriticalRow:
    word, kind = WORDS[found["verdict"]]
    reruns = ", ".join(_rerun(rerun) for rerun in found["reruns"])
    reasons = "; ".join(one_line(reason) for reason in found["reasons"])
    return CriticalRow(one_line(found["id"]), found["verdict"], word, kind, reruns or NONE, reasons)


def _rerun(rerun: bool | str) -> str:
    if isinstance(rerun, str):
        return one_line(rerun)
    return "passed" if rerun else "failed"
