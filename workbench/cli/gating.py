"""`workbench eval compare | gate | plan | noise`: is it better, may it be released, can we tell."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from workbench.cli import gating_text
from workbench.cli.output import Progress, guarded, note, print_json
from workbench.errors import UsageError, WorkbenchError
from workbench.evaluation.reports.text import one_line

if TYPE_CHECKING:
    from workbench.config import Settings
    from workbench.evaluation.gate.rules import Gate
    from workbench.evaluation.gate.verdict import GateVerdict
    from workbench.evaluation.results import Results
    from workbench.evaluation.suites.suite import Suite

UNDECIDED = ("pass", "fail")


def register(group: typer.Typer) -> None:
    """Add the commands to `workbench eval`."""
    group.command("compare")(guarded(compare))
    group.command("gate")(guarded(gate))
    group.command("plan")(guarded(plan))
    group.command("noise")(guarded(noise))


def compare(
    first: str = typer.Argument(..., metavar="RUN_A", help="A run, a file of one, or a folder."),
    second: str = typer.Argument(..., metavar="RUN_B", help="What to compare with it."),
    json: bool = typer.Option(False, "--json", help="Print the comparison as JSON."),
) -> None:
    """Compare two runs item by item; differences are B minus A."""
    from workbench.evaluation import comparison

    before, after = _open(first), _open(second)
    compared = comparison.compare(before, after)
    compared["warnings"] += _noise_warnings(compared, after)
    print_json(compared) if json else gating_text.show_comparison(compared)


def gate(
    run: str = typer.Argument(..., metavar="RUN", help="A run, or a file of one."),
    baseline: str | None = typer.Option(None, "--baseline", help="A run, or a baseline file."),
    inconclusive: str | None = typer.Option(
        None, "--inconclusive", help="pass or fail: what INCONCLUSIVE counts as."
    ),
    suite: str | None = typer.Option(None, "--suite", help="Whose gate; by default the run's own."),
    junit: Path | None = typer.Option(None, "--junit", help="Write JUnit XML to this file."),
    markdown: Path | None = typer.Option(None, "--markdown", help="Write Markdown to this file."),
    json: bool = typer.Option(False, "--json", help="Print the verdict as JSON."),
) -> None:
    """Decide whether a run may be released: 0 yes, 1 no, 3 undecided or not measured."""
    if inconclusive is not None and inconclusive not in UNDECIDED:
        raise UsageError(f"--inconclusive {inconclusive!r} is unknown", "use pass or fail")
    from workbench.evaluation.gate.verdict import exit_code

    try:
        verdict = _gate(run, baseline, suite, junit, markdown)
    except (WorkbenchError, OSError, typer.Exit):
        raise
    except Exception as error:  # exit code 1 is kept for a computed FAIL
        raise WorkbenchError(f"the gate could not decide ({error!r})", "report this") from error
    print_json(verdict) if json else gating_text.show_verdict(verdict)
    if code := exit_code(verdict["verdict"], inconclusive):
        raise typer.Exit(code)


def plan(
    suite: str = typer.Argument(..., metavar="SUITE", help="A suite's name or file."),
    margin: float = typer.Option(..., "--margin", help="Percentage points that matter."),
    json: bool = typer.Option(False, "--json", help="Print the plan as JSON."),
) -> None:
    """Say how many items, repeats, calls and minutes a margin needs."""
    from workbench.config import load_settings
    from workbench.evaluation import planning
    from workbench.evaluation.noise import load_noise

    settings = load_settings()
    chosen = _suite(settings, suite)
    record = load_noise(settings.workspace, chosen.name)
    metrics = list(chosen.gate) or list(chosen.measured())
    planned = planning.plan(metrics, margin, record, _count_items(chosen))
    print_json({"suite": chosen.name, **planned}) if json else gating_text.show_plan(
        planned, chosen.name
    )
    if record is None:
        note(f"nothing is known of repeats and minutes: workbench eval noise {suite}")


def noise(
    suite: str = typer.Argument(..., metavar="SUITE", help="A suite's name or file."),
    repeats: int = typer.Option(2, "--repeats", min=2, max=20, help="How often it is run."),
    json: bool = typer.Option(False, "--json", help="Print the figures as JSON."),
) -> None:
    """Run the same system several times over, reusing nothing, and keep how far it varies."""
    import time

    from workbench.config import load_settings
    from workbench.evaluation.noise import measure_noise, save_noise

    settings = load_settings()
    chosen = _suite(settings, suite)
    started = time.monotonic()
    runs = _run_fresh(settings, chosen, repeats)
    record = measure_noise(runs, time.monotonic() - started)
    print_json(record) if json else gating_text.show_noise(record)
    note(f"kept in {save_noise(settings.workspace, record)}")


def _gate(
    reference: str,
    baseline: str | None,
    suite: str | None,
    junit: Path | None,
    markdown: Path | None,
) -> "GateVerdict":
    from workbench.evaluation.gate.rules import decide, gate_of

    run = _open(reference)
    before = _open(baseline) if baseline else None
    declared = None
    if suite is not None:
        from workbench.config import load_settings

        declared = _suite(load_settings(), suite)
    gated: Gate = gate_of(run, declared)

    def rerun(items: list[str]) -> "list[Results]":
        return _confirm(run, items)

    verdict = decide(run, before, gated, rerun, _fit)
    if junit is not None:
        from workbench.evaluation.reports.junit import write_junit

        write_junit(junit, verdict, run)
    if markdown is not None:
        from workbench.evaluation.comparison import compare
        from workbench.evaluation.reports.context import context_here
        from workbench.evaluation.reports.markdown import gate_markdown

        compared = compare(before, run) if before else None
        markdown.parent.mkdir(parents=True, exist_ok=True)
        markdown.write_text(
            gate_markdown(verdict, compared, run, context_here(run)), encoding="utf-8"
        )
    return verdict


def _open(reference: str) -> "Results":
    """Return a run; files need no workspace and no database."""
    from workbench.evaluation.stored import open_run

    return open_run(reference)


def _suite(settings: "Settings", name: str) -> "Suite":
    from workbench.evaluation.suites.overrides import Overrides, chosen_suite

    return chosen_suite(settings.workspace, name, Overrides())


def _fit(metric: str, run: "Results") -> str:
    """Return why the judge of a run may not decide over a metric; empty where it may."""
    from workbench.config import load_settings
    from workbench.evaluation.judges.cards import FOLDER
    from workbench.evaluation.judges.fitness import why_unfit

    judge = run.fingerprint.get("judge")
    if not isinstance(judge, dict) or not judge:
        return "the run does not say which model judged"
    return why_unfit(metric, judge, load_settings().workspace / FOLDER)


def _confirm(run: "Results", items: list[str]) -> "list[Results]":
    """Run items of a run anew, by its own system; none where that cannot be done here."""
    from workbench.config import load_settings
    from workbench.evaluation.gate.critical import RERUNS
    from workbench.evaluation.gate.rerun import suite_again

    try:
        settings = load_settings()
        suite = suite_again(run, settings)
        note(f"running {len(items)} critical items anew, {RERUNS} times each")
        return _run_fresh(settings, suite, RERUNS, items)
    except WorkbenchError as error:
        note(one_line(f"critical items are not run anew: {error.one_line()}"))
        return []


def _run_fresh(
    settings: "Settings", suite: "Suite", repeats: int, only: list[str] | None = None
) -> "list[Results]":
    from workbench.cli.running import run_async
    from workbench.evaluation.suite_run import run_fresh

    progress = Progress()
    try:
        return run_async(run_fresh(settings, suite, repeats, progress, only))
    finally:
        progress.done()


def _noise_warnings(compared: dict[str, Any], run: "Results") -> list[str]:
    """Return a warning of differences that the same system shows against itself, where known."""
    from workbench.config import load_settings
    from workbench.errors import ConfigError
    from workbench.evaluation.noise import load_noise, within_noise

    try:
        record = load_noise(load_settings().workspace, run.suite)
    except ConfigError:
        return []  # files can be compared outside a workspace
    within = within_noise(compared, record) if record else []
    if not within:
        return []
    return [f"no more than the same system differs from itself: {', '.join(within)}"]


def _count_items(suite: "Suite") -> int | None:
    if suite.dataset is None:
        return None
    from workbench.evaluation.questions import load_questions

    return len(load_questions(suite.dataset))
