"""What the sections of the page show, as text that the template escapes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.evaluation.gate.verdict import GateVerdict
from workbench.evaluation.reports.changes import Flip
from workbench.evaluation.reports.figures import (
    NONE,
    FigureRow,
    figure_rows,
    number,
    p_value,
    signed,
    signed_interval,
)
from workbench.evaluation.reports.html.data import item_side, text_of
from workbench.evaluation.reports.text import one_line
from workbench.evaluation.reports.verdicts import (
    WORDS,
    CriticalRow,
    GateRow,
    Kind,
    critical_line,
    critical_rows,
    gate_rows,
    warnings_of,
)
from workbench.evaluation.results import Results

MOST_FLIPS = 40
"""How many flipped items are written out; the table of items holds all."""
FITNESS: dict[bool, tuple[str, Kind]] = {True: ("fit", "good"), False: ("unfit", "open")}
_LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class VerdictSection:
    """A gate's verdict."""

    word: str
    kind: Kind
    warnings: list[str]
    metrics: list[GateRow]
    critical_line: str
    critical: list[CriticalRow]


@dataclass(frozen=True, slots=True)
class PairRow:
    """A metric's paired difference as text."""

    before: str = NONE
    difference: str = NONE
    interval: str = NONE
    flips: str = NONE
    p: str = NONE
    p_holm: str = NONE
    missing: str = ""


@dataclass(frozen=True, slots=True)
class FigureSection:
    """A metric's figures, its paired difference, and whether an unfit judge made them."""

    figures: FigureRow
    pair: PairRow
    unfit: bool

    @property
    def notes(self) -> list[str]:
        """What else there is to say of the metric, a line each."""
        lines = (self.figures.percentile_line, self.figures.missing, self.pair.missing)
        return [line for line in lines if line]


@dataclass(frozen=True, slots=True)
class FlipSection:
    """An item that flipped, on both sides."""

    id: str
    question: str
    reference: str
    lang: str
    changes: list[tuple[Kind, str]]
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class JudgeRow:
    """A judge's card as text."""

    judge: str
    metric: str
    set: str
    word: str
    kind: Kind
    kappa: str
    sensitivity: str
    specificity: str
    n: str
    why: str


def verdict_section(verdict: GateVerdict) -> VerdictSection:
    """Return what the section of the verdict shows."""
    word, kind = WORDS[verdict["verdict"]]
    return VerdictSection(
        word=word,
        kind=kind,
        warnings=warnings_of(verdict),
        metrics=gate_rows(verdict),
        critical_line=critical_line(verdict),
        critical=critical_rows(verdict),
    )


def figure_section(
    summary: Mapping[str, Any],
    comparison: Mapping[str, Any] | None,
    unfit: Collection[str],
) -> list[FigureSection]:
    """Return a row a metric that applies to any item."""
    pairs = comparison["metrics"] if comparison else {}
    return [
        FigureSection(row, _pair(row.metric, pairs.get(row.metric)), row.metric in unfit)
        for row in figure_rows(summary)
    ]


def _pair(metric: str, figures: Mapping[str, Any] | None) -> PairRow:
    if figures is None or figures["difference"] is None:
        return PairRow()
    flips = f"{figures['lost']} / {figures['gained']}" if "lost" in figures else NONE
    return PairRow(
        before=number(metric, figures["mean_a"]),
        difference=signed(metric, figures["difference"]),
        interval=signed_interval(metric, figures["low"], figures["high"]),
        flips=flips,
        p=p_value(figures.get("p")),
        p_holm=p_value(figures.get("p_holm")),
        missing=_unpaired(metric, figures),
    )


def _unpaired(metric: str, figures: Mapping[str, Any]) -> str:
    """Return in words how many items are not paired, and what they might do to the difference."""
    if not figures["unpaired"]:
        return ""
    line = f"{figures['n']} pairs, {figures['unpaired']} items unpaired"
    low, high = figures["worst_low"], figures["worst_high"]
    if low is None or low == high:
        return line
    return f"{line}: {signed(metric, low)} to {signed(metric, high)} whatever they are"


def flip_section(
    flips: Sequence[Flip], results: Results, baseline: Results | None
) -> list[FlipSection]:
    """Return the items that flipped, with both answers and their sources."""
    if baseline is None:
        return []
    changes: dict[str, list[tuple[Kind, str]]] = {}
    for flip in flips:
        kind: Kind = "bad" if flip.lost else "good"
        changes.setdefault(flip.id, []).append((kind, flip.change))
    shown = list(changes.items())[:MOST_FLIPS]
    return [_flip(identifier, found, results, baseline) for identifier, found in shown]


def _flip(
    identifier: str, changes: list[tuple[Kind, str]], results: Results, baseline: Results
) -> FlipSection:
    after, before = results.items[identifier], baseline.items[identifier]
    known = after.record if after.record.get("question") else before.record
    return FlipSection(
        id=one_line(identifier),
        question=text_of(known, "question"),
        reference=text_of(known, "reference"),
        lang=text_of(known, "lang"),
        changes=changes,
        before=item_side(before, _LONGEST),
        after=item_side(after, _LONGEST),
    )


def judge_section(judges: Sequence[Mapping[str, Any]]) -> list[JudgeRow]:
    """Return a row a judge's card."""
    return [_judge(card) for card in judges]


def _judge(card: Mapping[str, Any]) -> JudgeRow:
    word, kind = FITNESS[bool(card["fit"])]
    return JudgeRow(
        judge=one_line(str(card["judge"])),
        metric=one_line(card["metric"]),
        set=one_line(card["set"]),
        word=word,
        kind=kind,
        kappa=_estimate(card["kappa"]),
        sensitivity=_estimate(card.get("sensitivity")),
        specificity=_estimate(card.get("specificity")),
        n=str(card.get("n", NONE)),
        why=one_line(card["why"]),
    )


def _estimate(found: Mapping[str, Any] | None) -> str:
    if not found or found["value"] is None:
        return NONE
    return f"{found['value']:.2f} [{found['low']:.2f}, {found['high']:.2f}]"
