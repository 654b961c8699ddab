"""What was measured so far: a row a run, newest first."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.reports.figures import interval, number
from workbench.evaluation.reports.table import WIDTH, questions
from workbench.evaluation.reports.text import cut, one_line
from workbench.evaluation.results import Results
from workbench.evaluation.summary import summarise

_STAMP = re.compile(r"-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-")
_BOUND = "\N{NO-BREAK SPACE}"
_KEPT = ("mean", "low", "high", "n", "coverage")


def history(runs: Sequence[Results]) -> list[dict[str, Any]]:
    """Return a row a run as plain JSON types, in the order given.

    A row holds the run's date (UTC; empty where its name does not tell), name, suite, variant,
    model, prompt, number of questions, whether it is complete, and each metric's mean with its
    interval.
    """
    return [_row(results) for results in runs]


def history_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the rows as lines of at most 80 columns."""
    lines: list[str] = []
    for row in rows:
        names = (row["suite"], row["variant"], row["model"], row["prompt"])
        system = ", ".join(one_line(name) for name in names if name)
        lines.append(cut(f"{row['date'][:16].replace('T', ' ') or '?':16}  {row['run']}", WIDTH))
        lines.append(cut(f"  {system}; {questions(row)}", WIDTH))
        figures = [_figure(name, found) for name, found in row["metrics"].items()]
        lines += _wrapped(figures)
    return lines


def _wrapped(figures: Sequence[str]) -> list[str]:
    """Return figures side by side, as many a line as fit; none is broken."""
    bound = "  ".join(figure.replace(" ", _BOUND) for figure in figures)
    lines = textwrap.wrap(
        bound, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
    )
    return [line.replace(_BOUND, " ") for line in lines]


def _row(results: Results) -> dict[str, Any]:
    summary = summarise(results)
    fingerprint = results.fingerprint
    return {
        "date": _date(results.run),
        "run": results.run,
        "suite": results.suite,
        "variant": _variant(fingerprint.get("variant")),
        "model": str(fingerprint.get("model", "")),
        "prompt": str(fingerprint.get("prompt", "")),
        "n": summary["n"],
        "complete": summary["complete"],
        "metrics": {
            name: {key: figures[key] for key in _KEPT}
            for name, figures in summary["metrics"].items()
            if figures["mean"] is not None
        },
    }


def _variant(given: Any) -> str:
    """Return a variant's name; the fingerprint holds its whole definition."""
    return str(given.get("name", "")) if isinstance(given, Mapping) else str(given or "")


def _date(run: str) -> str:
    found = _STAMP.search(run)
    if found is None:
        return ""
    year, month, day, hour, minute, second = found.groups()
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"


def _figure(name: str, found: Mapping[str, Any]) -> str:
    written = f"{name} {number(name, found['mean'])}"
    if metric_named(name).scale in ("binary", "share"):
        written += f" {interval(name, found['low'], found['high'])}"
    return written
