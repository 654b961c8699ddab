"""A run as a table for a terminal of 80 columns."""

import textwrap
from collections.abc import Mapping
from typing import Any

from workbench.evaluation.details import detail_lines
from workbench.evaluation.reports.context import NO_CONTEXT, Context
from workbench.evaluation.reports.figures import FigureRow, figure_rows
from workbench.evaluation.reports.text import cut, one_line

WIDTH = 80
_NAME, _INTERVAL = 25, 18
"""Columns of a metric's name and of its interval; a wider interval gets a line of its own."""
_IN = " " * 4


def run_table(summary: Mapping[str, Any], context: Context = NO_CONTEXT) -> list[str]:
    """Return a run's figures as lines of at most 80 columns.

    Args:
        summary: What `summarise` returned.
        context: What is known around the run.
    """
    lines = [_fit(one_line(summary["run"])), _fit(headline(summary))]
    rows = figure_rows(summary)
    if not rows:
        return [*lines, "", "nothing was measured"]
    head = f"{'metric':{_NAME}} {'mean':>8}  {'95% interval':{_INTERVAL}} {'n':>6} {'coverage':>9}"
    lines += ["", head.rstrip()]
    for row in rows:
        lines += _lines(row)
        if row.metric in context.unfit:
            lines.append(f"{_IN}its judge is unfit")
    besides = [*detail_lines(summary), *context.lines]
    told = [line for each in besides for line in textwrap.wrap(one_line(each), WIDTH)]
    return [*lines, "", *told] if told else lines


def headline(summary: Mapping[str, Any]) -> str:
    """Return in words how many questions the run is about, and how its turns ended."""
    outcomes = ", ".join(f"{count} {name}" for name, count in summary["outcomes"].items())
    return f"{questions(summary)}: {one_line(outcomes)}" if outcomes else questions(summary)


def questions(summary: Mapping[str, Any]) -> str:
    """Return in words how many questions the run is about, and whether all were answered."""
    whole = "" if summary["complete"] else ", incomplete"
    return f"{summary['n']} question{'' if summary['n'] == 1 else 's'}{whole}"


def _lines(row: FigureRow) -> list[str]:
    name, wide = cut(one_line(row.metric), _NAME), len(row.interval) > _INTERVAL
    ends = "" if wide else row.interval
    lines = [f"{name:{_NAME}} {row.mean:>8}  {ends:{_INTERVAL}} {row.n:>6} {row.coverage:>9}"]
    if wide:
        lines.append(f"{'':{_NAME}} {row.interval}")
    if row.percentiles:
        lines += textwrap.wrap(
            row.percentile_line, WIDTH, initial_indent=_IN, subsequent_indent=_IN
        )
    if row.missing:
        lines.append(f"{_IN}{row.missing}")
    return [_fit(line.rstrip()) for line in lines]


def _fit(line: str) -> str:
    return cut(line, WIDTH)
