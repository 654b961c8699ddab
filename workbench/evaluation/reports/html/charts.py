"""The charts of a run, and of a run beside its baseline."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.evaluation.columns import column, paired_column
from workbench.evaluation.comparison import shared_pairs
from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.reports.figures import number, signed
from workbench.evaluation.reports.html.drawing import BASELINE, LINE, MUTED, RUN, draw
from workbench.evaluation.reports.html.marks import (
    WIDTH,
    Label,
    cross_mark,
    ends_of,
    histogram,
    interval_mark,
    legend,
    name_rows,
    panels,
)
from workbench.evaluation.results import Results

_ROW = 0.34
_STEPS = 200
"""Into how many steps a cumulative curve is cut, however many items there are."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its words.

    Attributes:
        title: What it is about.
        caption: How to read it.
        svg: The `<svg>` element.
        numbers: What it shows, in words, for those who cannot see it.
    """

    title: str
    caption: str
    svg: str
    numbers: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """A run as it is drawn: its results, its figures, its colour and what that stands for."""

    results: Results
    summary: Mapping[str, Any]
    label: Label

    @property
    def colour(self) -> str:
        """Its colour."""
        return self.label[0]

    def figures(self, metric: str) -> Mapping[str, Any] | None:
        """Return a metric's figures, if it has a mean."""
        found: Mapping[str, Any] = self.summary["metrics"].get(metric, {})
        return found if found.get("mean") is not None else None

    def values(self, metric: str) -> list[float]:
        """Return the scores of the items that were scored."""
        return column(metric, self.results.items.values()).values


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn.

    Attributes:
        run: The run.
        baseline: What it is compared with.
        comparison: The paired differences, run minus baseline.
    """

    run: Side
    baseline: Side | None = None
    comparison: Mapping[str, Any] | None = None

    @property
    def sides(self) -> list[Side]:
        """The runs, from back to front."""
        return [self.baseline, self.run] if self.baseline else [self.run]

    @property
    def labels(self) -> list[Label]:
        """What the colours stand for."""
        return [side.label for side in self.sides]

    def scored(self, *scales: str) -> list[str]:
        """Return the metrics of these scales that the run has a mean of."""
        names = self.run.summary["metrics"]
        return [name for name in names if self.run.figures(name) and _scale(name) in scales]

    def compared(self, *scales: str) -> dict[str, dict[str, Any]]:
        """Return the paired differences of the metrics of these scales, as means."""
        metrics = self.comparison["metrics"] if self.comparison else {}
        return {
            name: {**figures, "mean": figures["difference"]}
            for name, figures in metrics.items()
            if figures["difference"] is not None and _scale(name) in scales
        }


def run_side(results: Results, summary: Mapping[str, Any]) -> Side:
    """Return a run in the colour of runs."""
    return Side(results, summary, (RUN, "this run"))


def baseline_side(results: Results, summary: Mapping[str, Any]) -> Side:
    """Return a baseline in the colour of baselines."""
    return Side(results, summary, (BASELINE, "baseline"))


def charts(drawn: Drawn) -> list[Chart]:
    """Return the charts for which there is something to draw."""
    made = [_means(drawn), _differences(drawn), _distributions(drawn), _changes(drawn)]
    made += [_latencies(drawn), _cost_and_quality(drawn)]
    return [chart for chart in made if chart is not None]


def _means(drawn: Drawn) -> Chart | None:
    names = drawn.scored("binary", "share")
    if not names:
        return None

    def paint(figure: Any) -> None:
        axes = figure.subplots()
        for place, side in enumerate(drawn.sides):
            shift = 0.0 if drawn.baseline is None else 0.32 * place - 0.16
            for position, name in enumerate(names):
                interval_mark(axes, position + shift, side.figures(name), side.colour)
        least, most = axes.get_xlim()
        axes.set_xlim(min(-0.01, least), max(1.01, most))
        name_rows(axes, names)
        legend(figure, drawn.labels)

    means = drawn.run.summary["metrics"]
    return Chart(
        "Means",
        "Each metric's mean with its 95% interval.",
        draw("means", (WIDTH, _ROW * len(names) + 0.9), paint),
        "; ".join(f"{name} {number(name, means[name]['mean'])}" for name in names),
    )


def _differences(drawn: Drawn) -> Chart | None:
    compared = drawn.compared("binary", "share")
    if not compared:
        return None

    def paint(figure: Any) -> None:
        axes = figure.subplots()
        axes.axvline(0, color=MUTED, linewidth=0.9)
        for position, figures in enumerate(compared.values()):
            interval_mark(axes, position, figures, RUN)
        reach = max(0.05, *(abs(end) for found in compared.values() for end in ends_of(found)))
        axes.set_xlim(-1.1 * reach, 1.1 * reach)
        name_rows(axes, [_with_direction(name) for name in compared])

    return Chart(
        "Differences from the baseline",
        "This run minus the baseline over the items that both have, with 95% intervals; an"
        " interval that holds 0 shows no difference.",
        draw("differences", (WIDTH, _ROW * len(compared) + 0.7), paint),
        "; ".join(f"{name} {signed(name, found['mean'])}" for name, found in compared.items()),
    )


def _distributions(drawn: Drawn) -> Chart | None:
    names = drawn.scored("share")
    if not names:
        return None

    def panel(axes: Any, name: str) -> None:
        every = [value for side in drawn.sides for value in side.values(name)]
        span = min(0.0, *every), max(1.0, *every)
        for side in drawn.sides:
            histogram(axes, side.values(name), span, side.colour)

    return Chart(
        "Scores of the items",
        "How many items got which score.",
        panels("scores", names, panel, drawn.labels),
    )


def _changes(drawn: Drawn) -> Chart | None:
    if drawn.baseline is None:
        return None
    pairs = shared_pairs(drawn.baseline.results, drawn.run.results)
    names = drawn.compared("share", "seconds")
    changes = {name: paired_column(name, pairs).changes().values for name in names}
    moved = [name for name, values in changes.items() if any(values)]
    if not moved:
        return None

    def panel(axes: Any, name: str) -> None:
        axes.axvline(0, color=MUTED, linewidth=0.9)
        reach = max(abs(change) for change in changes[name])
        histogram(axes, changes[name], (-reach, reach), RUN)

    return Chart(
        "Changes of the items",
        "How far each item's number moved from the baseline to this run.",
        panels("changes", moved, panel),
    )


def _latencies(drawn: Drawn) -> Chart | None:
    import numpy as np

    names = drawn.scored("seconds")
    if not names:
        return None
    shares = np.linspace(0, 1, _STEPS + 1)

    def panel(axes: Any, name: str) -> None:
        for share in (0.5, 0.95):
            axes.axhline(share, color=LINE, linewidth=0.8, linestyle=":")
        for side in drawn.sides:
            if values := side.values(name):
                axes.plot(np.quantile(values, shares), shares, color=side.colour, linewidth=1.6)
        axes.set_ylim(0, 1.02)
        axes.set_xlim(left=0)
        axes.set_yticks([0, 0.5, 0.95], ["0", "p50", "p95"])

    return Chart(
        "Times",
        "The share of the items that took at most so many seconds; further left is faster.",
        panels("times", names, panel, drawn.labels),
    )


def _cost_and_quality(drawn: Drawn) -> Chart | None:
    quality = next((n for n in drawn.scored("binary", "share") if _in_all(drawn, n)), None)
    spent = next((n for n in ("cost", "latency_total_s") if _in_all(drawn, n)), None)
    if quality is None or spent is None:
        return None

    def paint(figure: Any) -> None:
        axes = figure.subplots()
        for side in drawn.sides:
            across, up = side.figures(spent), side.figures(quality)
            if across and up:
                cross_mark(axes, across, up, side.colour)
        axes.set_xlim(left=0)
        axes.set_ylim(0, 1.02)
        axes.set_xlabel("cost of an item" if spent == "cost" else "seconds an item, in all")
        axes.set_ylabel(quality)
        axes.grid(visible=True)
        legend(figure, drawn.labels)

    unpriced = "" if spent == "cost" else " No price is known, so time stands for cost."
    return Chart(
        "Cost against quality",
        f"Means with 95% intervals; up and left is better.{unpriced}",
        draw("cost", (WIDTH * 0.6, 3.0), paint),
    )


def _in_all(drawn: Drawn, metric: str) -> bool:
    return all(side.figures(metric) for side in drawn.sides)


def _scale(metric: str) -> str:
    return metric_named(metric).scale


def _with_direction(metric: str) -> str:
    return metric if metric_named(metric).higher_is_better else f"{metric} (lower is better)"
