"""How numbers are written, the same in every report."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.statistics.percentiles import PERCENTILES

NONE = "–"
"""What stands where there is no number."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A metric's figures as text.

    Attributes:
        metric: Its name.
        mean: The mean over the scored items.
        interval: The mean's 95% interval.
        n: How many items were scored.
        coverage: Out of those to which the metric applies.
        missing: What the mean would be without the items that have no score, and with them all 0
            or all 1; empty where none is missing or nothing bounds them.
        percentiles: By number, for times only.
    """

    metric: str
    mean: str
    interval: str
    n: str
    coverage: str
    missing: str
    percentiles: dict[int, str]

    @property
    def percentile_line(self) -> str:
        """The percentiles as one text; empty where there are none."""
        return ", ".join(f"p{number} {value}" for number, value in self.percentiles.items())


def figure_rows(summary: Mapping[str, Any]) -> list[FigureRow]:
    """Return the rows of a run's figures; metrics that apply to no item are left out."""
    return [
        figure_row(name, figures)
        for name, figures in summary["metrics"].items()
        if figures["coverage"] is not None
    ]


def figure_row(metric: str, figures: Mapping[str, Any]) -> FigureRow:
    """Return one metric's figures, as `summarise` made them, as text."""
    return FigureRow(
        metric=metric,
        mean=number(metric, figures["mean"]),
        interval=interval(metric, figures["low"], figures["high"]),
        n=str(figures["n"]),
        coverage=share(figures["coverage"]),
        missing=_missing(metric, figures),
        percentiles={
            p: _percentile(metric, figures, f"p{p}") for p in PERCENTILES if f"p{p}" in figures
        },
    )


def number(metric: str, value: float | None) -> str:
    """Return a metric's number: three decimals, amounts with four significant digits."""
    if value is None:
        return NONE
    if metric_named(metric).scale == "amount":
        return _amount(value)
    return f"{value + 0.0:.3f}"


def signed(metric: str, value: float | None) -> str:
    """Return a difference of a metric, with its sign."""
    if value is None:
        return NONE
    written = number(metric, abs(value))
    zero = not any(digit in "123456789" for digit in written)
    return ("±" if zero else "-" if value < 0 else "+") + written


def interval(metric: str, low: float | None, high: float | None) -> str:
    """Return a metric's interval; an end that nothing bounds is left open."""
    if low is None and high is None:
        return NONE
    return f"[{number(metric, low)}, {number(metric, high)}]"


def signed_interval(metric: str, low: float | None, high: float | None) -> str:
    """Return the interval of a difference; an end that nothing bounds is left open."""
    if low is None and high is None:
        return NONE
    return f"[{signed(metric, low)}, {signed(metric, high)}]"


def share(value: float | None) -> str:
    """Return a share in percent, cut and not rounded, so that only the whole is 100%."""
    if value is None:
        return NONE
    tenths = math.floor(value * 1000 + 1e-9)
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths / 10:.1f}%"


def p_value(value: float | None) -> str:
    """Return a p-value; it is never 0."""
    if value is None:
        return NONE
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def _percentile(metric: str, figures: Mapping[str, Any], name: str) -> str:
    ends = (figures.get(f"{name}_low"), figures.get(f"{name}_high"))
    value = number(metric, figures[name])
    return value if ends == (None, None) else f"{value} {interval(metric, *ends)}"


def _amount(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _missing(metric: str, figures: Mapping[str, Any]) -> str:
    if figures["coverage"] == 1 or figures["worst_low"] is None:
        return ""
    without, zero, one = (
        number(metric, figures[key]) for key in ("mean_scored", "worst_low", "worst_high")
    )
    return f"missing count as the worst: {without} without, {zero} if all 0, {one} if all 1"
