"""Writing the page: the template filled with a run, its baseline and a gate's verdict.

Answers and documents are untrusted: the template escapes everything, the data of the table lies in
the page as JSON without a character that ends an element, and the page's own policy lets no other
script run than the one written here.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.utils import htmlsafe_json_dumps

from workbench.evaluation.comparison import compare
from workbench.evaluation.details import detail_lines
from workbench.evaluation.gate.verdict import GateVerdict
from workbench.evaluation.group_figures import known_figures
from workbench.evaluation.reports.changes import (
    Flip,
    differing_rows,
    find_flips,
    flat,
)
from workbench.evaluation.reports.context import NO_CONTEXT, Context
from workbench.evaluation.reports.groups import MOST_GROUPS, TIMES_NOTE, group_table
from workbench.evaluation.reports.html.charts import Drawn, baseline_side, charts, run_side
from workbench.evaluation.reports.html.data import CAPS, page_data
from workbench.evaluation.reports.html.sections import (
    MOST_FLIPS,
    figure_section,
    flip_section,
    judge_section,
    verdict_section,
)
from workbench.evaluation.reports.table import headline
from workbench.evaluation.reports.text import one_line
from workbench.evaluation.results import Results
from workbench.evaluation.summary import summarise
from workbench.evaluation.time_parts import PARTS

SECTIONS = ("verdict", "figures", "groups", "charts", "flips", "items", "judges", "fingerprint")
TEMPLATES = Path(__file__).parent / "templates"


def write_html(
    path: Path,
    results: Results,
    baseline: Results | None = None,
    verdict: GateVerdict | None = None,
    context: Context = NO_CONTEXT,
) -> None:
    """Write a run as one self-contained HTML file; what was there before is replaced.

    Args:
        path: The file.
        results: The run.
        baseline: What it is compared with.
        verdict: What a gate found.
        context: What is known around the run.

    Raises:
        UsageError: The run and its baseline share no item.
    """
    page = render(results, baseline, verdict, context)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.partial")
    unfinished.write_text(page, encoding="utf-8")
    unfinished.replace(path)


def render(
    results: Results,
    baseline: Results | None = None,
    verdict: GateVerdict | None = None,
    context: Context = NO_CONTEXT,
) -> str:
    """Return the page; the arguments are those of `write_html`."""
    summary = summarise(results)
    comparison = compare(baseline, results) if baseline else None
    deciding = [found["metric"] for found in verdict["metrics"]] if verdict else []
    flips = find_flips(comparison, deciding) if comparison else []
    data = page_data(results, baseline, _changes(flips))
    groups = [group_table(found, MOST_GROUPS) for found in known_figures(results)]
    shown = {"verdict": verdict, "flips": comparison, "judges": context.cards, "groups": groups}
    script = _asset("items.js")
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            title=one_line(f"{results.suite}: {results.run}"),
            subtitle=headline(summary),
            notes=[*_against(baseline), *detail_lines(summary), *context.lines],
            sections=[(name, name.title()) for name in SECTIONS if shown.get(name, True)],
            verdict=verdict_section(verdict) if verdict else None,
            figures=figure_section(summary, comparison, context.unfit),
            compared=comparison is not None,
            groups=groups,
            parts=PARTS,
            times_note=TIMES_NOTE,
            charts=charts(_drawn(results, summary, baseline, comparison)),
            flips=flip_section(flips, results, baseline),
            flips_line=_flips_line(flips),
            judges=judge_section(context.cards),
            comparison=comparison,
            differing=differing_rows(comparison) if comparison else [],
            fingerprint=list(flat(results.fingerprint).items()),
            cut_line=_cut_line(data["cut_at"]),
            data=htmlsafe_json_dumps(data, ensure_ascii=False, separators=(",", ":")),
            style=_asset("report.css"),
            script=script,
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _changes(flips: Sequence[Flip]) -> dict[str, list[str]]:
    """Return by item what flipped, in words."""
    found: dict[str, list[str]] = {}
    for flip in flips:
        found.setdefault(flip.id, []).append(flip.change)
    return found


def _drawn(
    results: Results,
    summary: Mapping[str, Any],
    baseline: Results | None,
    comparison: Mapping[str, Any] | None,
) -> Drawn:
    run = run_side(results, summary)
    if baseline is None:
        return Drawn(run)
    return Drawn(run, baseline_side(baseline, summarise(baseline)), comparison)


def _against(baseline: Results | None) -> list[str]:
    return [f"Compared with {one_line(baseline.run)}."] if baseline else []


def _flips_line(flips: Sequence[Flip]) -> str:
    lost = sum(flip.lost for flip in flips)
    gained = len(flips) - lost
    if not flips:
        return "No item's verdict changed."
    more = "" if len(flips) <= MOST_FLIPS else ". The table of items shows them all"
    return f"{lost} worse, {gained} better, counted for each metric{more}."


def _cut_line(cap: int) -> str:
    if cap == CAPS[0]:
        return ""
    return f"Texts are cut to {cap} characters here; the run's export holds them whole."
