"""A run, or a gate's verdict on it, as Markdown for a pull request."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.evaluation.details import detail_lines
from workbench.evaluation.gate.verdict import GateVerdict, Word
from workbench.evaluation.reports.changes import Flip, differing_rows, find_flips, spent_rows
from workbench.evaluation.reports.context import NO_CONTEXT, Context
from workbench.evaluation.reports.figures import NONE, FigureRow, figure_rows
from workbench.evaluation.reports.markup import code, table, words
from workbench.evaluation.reports.table import headline
from workbench.evaluation.reports.text import cut, one_line
from workbench.evaluation.reports.verdicts import (
    GateRow,
    critical_line,
    critical_rows,
    gate_rows,
    warnings_of,
)
from workbench.evaluation.results import Results

MOST_FLIPS = 10
MOST_DIFFERENCES = 30
"""More would hide the verdict; the page of `eval report` shows all."""
_QUESTION = 80
_VALUE = 80
_SIGNS: dict[Word, str] = {
    "PASS": "✅ PASS",
    "FAIL": "❌ FAIL",
    "INCONCLUSIVE": "❔ INCONCLUSIVE",
    "NOT_MEASURED": "❔ NOT MEASURED",
}


def run_markdown(summary: Mapping[str, Any], context: Context = NO_CONTEXT) -> str:
    """Return a run's figures as Markdown.

    Args:
        summary: What `summarise` returned.
        context: What is known around the run.
    """
    lines = [f"## {code(summary['run'])}", "", words(headline(summary)), ""]
    rows = figure_rows(summary)
    if rows:
        head = ["metric", "mean", "95% interval", "n", "coverage", "besides"]
        lines += table(head, (_figure_cells(row, context) for row in rows))
    else:
        lines.append("Nothing was measured.")
    told = [f"- {words(one_line(line))}" for line in detail_lines(summary)]
    return _document([*lines, "", *told, *_context(context)])


def gate_markdown(
    verdict: GateVerdict,
    comparison: Mapping[str, Any] | None,
    results: Results | None,
    context: Context = NO_CONTEXT,
) -> str:
    """Return a gate's verdict as Markdown, the verdict first.

    Args:
        verdict: What the gate found.
        comparison: The run beside its baseline, as `compare(baseline, run)` returned it; `None`
            without a baseline.
        results: The run, for the questions of items; `None` where there is none.
        context: What is known around the run.
    """
    rows = gate_rows(verdict)
    lines = [*_heading(verdict), *_metrics(rows), *_critical(verdict)]
    if comparison is not None:
        lines += _flips(comparison, results, [row.metric for row in rows])
        lines += _spent(comparison)
        lines += _fingerprint(comparison, warnings_of(verdict))
    return _document([*lines, *_context(context)])


def _heading(verdict: GateVerdict) -> list[str]:
    against = f"against {code(verdict['baseline'])}" if verdict["baseline"] else "no baseline"
    lines = [
        f"## {_SIGNS[verdict['verdict']]}: {words(verdict['suite'])}",
        "",
        f"Run {code(verdict['run'])}, {against}, {verdict['n']} questions.",
        "",
    ]
    return lines + [f"- ⚠ {words(warning)}" for warning in warnings_of(verdict)]


def _metrics(rows: Sequence[GateRow]) -> list[str]:
    if not rows:
        return []
    head = ["metric", "verdict", "mean", "95% interval", "floor", "paired difference"]
    head += ["95% interval", "at worst", "margin", "n", "coverage"]
    cells = (
        [
            code(row.metric),
            _SIGNS[row.verdict],
            row.mean,
            row.interval,
            row.floor,
            row.difference,
            row.difference_interval,
            row.bound,
            row.margin,
            row.n,
            row.coverage,
        ]
        for row in rows
    )
    reasons = [f"- {code(row.metric)}: {words(row.reasons)}" for row in rows if row.reasons]
    return ["", *table(head, cells), "", *reasons]


def _critical(verdict: GateVerdict) -> list[str]:
    line, rows = critical_line(verdict), critical_rows(verdict)
    if not line:
        return []
    lines = ["", "### Critical items", "", line]
    if not rows:
        return lines
    cells = (
        [code(row.id), _SIGNS[row.verdict], words(row.reruns), words(row.reasons)] for row in rows
    )
    return [*lines, "", *table(["item", "verdict", "fresh runs", "why"], cells)]


def _flips(
    comparison: Mapping[str, Any], results: Results | None, deciding: Sequence[str]
) -> list[str]:
    flips = find_flips(comparison, deciding)
    lost = sum(flip.lost for flip in flips)
    lines = [
        "",
        "### Flips",
        "",
        f"{lost} worse, {len(flips) - lost} better, counted for each metric.",
    ]
    if not flips:
        return lines
    head = ["item", "question", "metric", "before", "after"]
    lines += ["", *table(head, (_flip_cells(flip, results) for flip in flips[:MOST_FLIPS]))]
    return lines + _more(len(flips) - MOST_FLIPS)


def _flip_cells(flip: Flip, results: Results | None) -> list[str]:
    item = results.items.get(flip.id) if results else None
    question = one_line(str(item.record.get("question") or "")) if item else ""
    word = "worse" if flip.lost else "better"
    shown = code(cut(question, _QUESTION)) or NONE
    return [code(flip.id), shown, f"{code(flip.metric)} {word}", flip.before, flip.after]


def _spent(comparison: Mapping[str, Any]) -> list[str]:
    rows = spent_rows(comparison)
    if not rows:
        return []
    head = ["an item's", "baseline", "this run", "difference", "95% interval"]
    cells = ([code(row.name), *row[1:]] for row in rows)
    return ["", "### Cost and time", "", *table(head, cells)]


def _fingerprint(comparison: Mapping[str, Any], told: Sequence[str]) -> list[str]:
    """Return what differs; warnings that were told above are not told again."""
    rows = differing_rows(comparison)
    lines = ["", "### What differs from the baseline", ""]
    if not rows:
        return [*lines, "Nothing."]
    warnings = [one_line(warning) for warning in comparison["warnings"]]
    lines += [f"- ⚠ {words(warning)}" for warning in warnings if warning not in told]
    head = ["entry", "baseline", "this run"]
    shown = rows[:MOST_DIFFERENCES]
    lines += ["", *table(head, ([code(cut(cell, _VALUE)) for cell in row] for row in shown))]
    return lines + _more(len(rows) - MOST_DIFFERENCES)


def _figure_cells(row: FigureRow, context: Context) -> list[str]:
    unfit = "unfit judge" if row.metric in context.unfit else ""
    besides = "; ".join(text for text in (unfit, row.percentile_line, row.missing) if text)
    return [code(row.metric), row.mean, row.interval, row.n, row.coverage, besides]


def _more(count: int) -> list[str]:
    return ["", f"and {count} more"] if count > 0 else []


def _context(context: Context) -> list[str]:
    return ["", *(f"- {words(line)}" for line in context.lines)]


def _document(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip() + "\n"
