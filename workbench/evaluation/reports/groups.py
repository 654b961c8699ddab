"""A run's figures by group as text: for a terminal, and as rows of the page."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.evaluation.grouping import FEWEST
from workbench.evaluation.metrics.catalogue import METRICS
from workbench.evaluation.reports.figures import NONE, FigureRow, figure_row, number
from workbench.evaluation.reports.table import WIDTH
from workbench.evaluation.reports.text import cut, one_line
from workbench.evaluation.time_parts import PARTS

FEW = f"under {FEWEST}"
"""What marks a figure of fewer items."""
MOST_GROUPS = 40
"""How many groups a page shows of one grouping, the largest; the command prints all."""
TITLES = {"lang": "By language", "tag": "By tag", "route": "By what the turn did"}
TIMES_NOTE = (
    "Queue is from the question until the model's server was ready, tools before it included;"
    " reading from the end of the search to the first token; writing from there to the end."
)
_NOTES = {
    "lang": "",
    "tag": "A question with several tags counts in each of them.",
    "route": (
        "The kind follows from the answer: what was refused counts as refused, whatever it needed."
    ),
}
_TIME = "latency_total_s"
"""Its number format is that of all seconds."""
_NAME, _INTERVAL = 23, 18
_TIME_NAME, _PART = 22, 9
"""Columns of figures, and of the medians of times."""
_IN = " " * 4


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A metric's figures in one group, as text; `few` is the mark, or empty."""

    group: str
    figures: FigureRow
    few: str

    @property
    def notes(self) -> list[str]:
        """What else there is to say of it, a line each."""
        return [line for line in (self.figures.percentile_line, self.figures.missing) if line]


@dataclass(frozen=True, slots=True)
class TimeRow:
    """The medians of where a group's time went, in the order of `PARTS`, as text."""

    group: str
    medians: list[str]
    few: str


@dataclass(frozen=True, slots=True)
class GroupTable:
    """A run by one grouping.

    Attributes:
        title: What it is grouped by.
        note: How to read it; may be empty.
        metrics: By metric, a row a group to which the metric applies.
        times: A row a group of which any time is known.
    """

    title: str
    note: str
    metrics: list[tuple[str, list[GroupRow]]]
    times: list[TimeRow]


def group_table(found: Mapping[str, Any], most: int | None = None) -> GroupTable:
    """Return the figures of a grouping as text.

    Args:
        found: What `figures_by` returned.
        most: How many groups are shown at most, the largest; all when `None`.
    """
    shown = _largest(found["groups"], most)
    left_out = len(found["groups"]) - len(shown)
    more = f"The {left_out} smallest groups are left out here." if left_out else ""
    return GroupTable(
        title=TITLES[found["by"]],
        note=" ".join(line for line in (_NOTES[found["by"]], more) if line),
        metrics=[(name, _rows(name, shown)) for name in _names(shown)],
        times=[row for group in shown if (row := _time_row(group)) is not None],
    )


def group_lines(found: Mapping[str, Any]) -> list[str]:
    """Return the figures of a grouping as lines of at most 80 columns."""
    table = group_table(found)
    about = f"{table.title}: {found['n']} question{'' if found['n'] == 1 else 's'}"
    missing = found["asked"] - found["n"]
    lines = [one_line(found["run"]), f"{about}, {missing} not run" if missing else about]
    for metric, rows in table.metrics:
        head = f"{cut(one_line(metric), _NAME):{_NAME}} {'mean':>8}  {'95% interval':{_INTERVAL}}"
        lines += ["", f"{head} {'n':>6} {'coverage':>9}"]
        lines += [line for row in rows for line in _row_lines(row)]
    lines += _time_lines(table.times)
    notes = [table.note, TIMES_NOTE if table.times else ""]
    told = [line for note in notes for line in textwrap.wrap(note, WIDTH)]
    return [cut(line.rstrip(), WIDTH) for line in ([*lines, "", *told] if told else lines)]


def _largest(groups: Sequence[Mapping[str, Any]], most: int | None) -> list[Mapping[str, Any]]:
    if most is None or len(groups) <= most:
        return list(groups)
    kept = sorted(range(len(groups)), key=lambda at: -groups[at]["n"])[:most]
    return [groups[at] for at in sorted(kept)]


def _names(groups: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the metrics that apply to an item of any group, in the catalogue's order."""
    found = {
        name
        for group in groups
        for name, figures in group["metrics"].items()
        if figures["coverage"] is not None
    }
    return [name for name in METRICS if name in found] + sorted(found - METRICS.keys())


def _rows(metric: str, groups: Sequence[Mapping[str, Any]]) -> list[GroupRow]:
    rows = []
    for group in groups:
        figures = group["metrics"].get(metric)
        if figures is not None and figures["coverage"] is not None:
            few = FEW if figures["n"] < FEWEST else ""
            rows.append(GroupRow(one_line(group["group"]), figure_row(metric, figures), few))
    return rows


def _time_row(group: Mapping[str, Any]) -> TimeRow | None:
    times = [group["times"][name] for name in PARTS]
    most = max(each["n"] for each in times)
    if not most:
        return None
    medians = [NONE if each["n"] == 0 else number(_TIME, each["median"]) for each in times]
    return TimeRow(one_line(group["group"]), medians, FEW if most < FEWEST else "")


def _row_lines(row: GroupRow) -> list[str]:
    figures, wide = row.figures, len(row.figures.interval) > _INTERVAL
    name, ends = f"  {row.group}", "" if wide else figures.interval
    line = f"{cut(name, _NAME):{_NAME}} {figures.mean:>8}  {ends:{_INTERVAL}} {figures.n:>6}"
    lines = [f"{line} {figures.coverage:>9} {row.few}"]
    if wide:
        lines.append(f"{'':{_NAME}} {figures.interval}")
    for note in row.notes:
        lines += textwrap.wrap(note, WIDTH, initial_indent=_IN, subsequent_indent=_IN)
    return lines


def _time_lines(rows: Sequence[TimeRow]) -> list[str]:
    if not rows:
        return []
    head = "".join(f" {name:>{_PART}}" for name in PARTS)
    lines = ["", f"{'median seconds':{_TIME_NAME}}{head}"]
    for row in rows:
        cells = "".join(f" {median:>{_PART}}" for median in row.medians)
        lines.append(f"{cut(f'  {row.group}', _TIME_NAME):{_TIME_NAME}}{cells} {row.few}")
    return lines
