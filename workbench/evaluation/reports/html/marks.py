"""What the charts are made of: intervals, histograms, rows with names and grids of panels."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workbench.evaluation.reports.html.drawing import INK, MUTED, draw
from workbench.evaluation.reports.text import cut, one_line

WIDTH = 6.0
"""Of a chart, in inches."""
BINS = 20
_COLUMNS = 3
_MOST_NAME = 40
_MOST_TITLE = 26

Label = tuple[str, str]
"""A colour and what it stands for."""


def ends_of(figures: Mapping[str, Any]) -> list[float]:
    """Return the ends of a mean's interval; the mean stands for an end that nothing bounds."""
    return [figures["mean"] if end is None else end for end in (figures["low"], figures["high"])]


def interval_mark(
    axes: Any, position: float, figures: Mapping[str, Any] | None, colour: str
) -> None:
    """Draw a mean with its interval, if there is one, in a row of its own."""
    if figures is None or figures["mean"] is None:
        return
    axes.plot(ends_of(figures), [position] * 2, color=colour, linewidth=2.2)
    axes.plot([figures["mean"]], [position], "o", color=colour, markersize=5.5)


def cross_mark(axes: Any, across: Mapping[str, Any], up: Mapping[str, Any], colour: str) -> None:
    """Draw two means with their intervals as a cross."""
    axes.plot(ends_of(across), [up["mean"]] * 2, color=colour, linewidth=1.6)
    axes.plot([across["mean"]] * 2, ends_of(up), color=colour, linewidth=1.6)
    axes.plot([across["mean"]], [up["mean"]], "o", color=colour, markersize=6)


def histogram(axes: Any, values: Sequence[float], span: tuple[float, float], colour: str) -> None:
    """Draw how many values lie where within a span."""
    if not values:
        return
    shared = {"bins": BINS, "range": span, "color": colour}
    axes.hist(values, **shared, alpha=0.28, histtype="stepfilled")
    axes.hist(values, **shared, histtype="step", linewidth=1.3)
    axes.yaxis.get_major_locator().set_params(integer=True)


def name_rows(axes: Any, names: Sequence[str]) -> None:
    """Write the names of the rows from top to bottom."""
    axes.set_yticks(range(len(names)), [cut(one_line(name), _MOST_NAME) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=True, axis="x")


def legend(figure: Any, labels: Sequence[Label]) -> None:
    """Name the colours, where there are several."""
    if len(labels) > 1:
        axes = figure.axes[0]
        handles = [axes.plot([], [], "o-", color=colour, markersize=5)[0] for colour, _ in labels]
        words = [word for _, word in labels]
        figure.legend(handles, words, loc="outside upper right", ncols=2, labelcolor=INK)


def panels(
    name: str,
    metrics: Sequence[str],
    paint_panel: Callable[[Any, str], None],
    labels: Sequence[Label] = (),
) -> str:
    """Draw one small chart a metric, three in a row, as an `<svg>` element."""
    columns = min(_COLUMNS, len(metrics))
    rows = -(-len(metrics) // columns)

    def paint(figure: Any) -> None:
        grid = figure.subplots(rows, columns, squeeze=False)
        places = [axes for row in grid for axes in row]
        for axes, metric in zip(places, metrics, strict=False):
            paint_panel(axes, metric)
            axes.set_title(cut(one_line(metric), _MOST_TITLE))
            axes.tick_params(axis="y", labelcolor=MUTED)
        for axes in places[len(metrics) :]:
            axes.set_axis_off()
        legend(figure, labels)

    return draw(name, (WIDTH * columns / _COLUMNS, 1.75 * rows + 0.35), paint)
