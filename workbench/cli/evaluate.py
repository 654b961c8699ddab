"""`workbench eval`: list, run and export suites."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from workbench.cli.faults import never_a_verdict
from workbench.cli.output import Progress, guarded, note, print_json, print_line
from workbench.cli.resuming import result_files, resume_command
from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.config import Settings
    from workbench.evaluation.results import Results
    from workbench.evaluation.running.options import RunOptions
    from workbench.evaluation.suites.suite import Suite


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    from workbench.cli import gating, reporting

    group = typer.Typer(
        help="Run suites, compare their results and gate on them.", no_args_is_help=True
    )
    group.command("list")(guarded(list_suites))
    group.command("run")(guarded(never_a_verdict(run)))
    group.command("export")(guarded(export))
    group.command("schema")(guarded(schema))
    gating.register(group)
    reporting.register(group)
    app.add_typer(group, name="eval")


def list_suites(json: bool = typer.Option(False, "--json", help="Print the list as JSON.")) -> None:
    """List the suites: those in evals/, and the generic ones for any question set.

    A file that is no suite is told, and the others are listed; the exit code is 2 then.
    """
    from workbench.config import load_settings

    settings = load_settings()
    suites, faults = _all_suites(settings)
    if json:
        print_json({"suites": [suite.definition(settings.workspace) for suite in suites]})
    else:
        _show_suites(suites)
    for fault in faults:
        note(f"workbench: {fault}")
    if faults:
        raise typer.Exit(2)


def _all_suites(settings: "Settings") -> "tuple[list[Suite], list[str]]":
    """Return the suites that can be read, and what is wrong with the others, a line each."""
    from workbench.evaluation.suites.loading import find_suite, list_suites

    suites, faults = [], []
    for name in list_suites(settings.workspace):
        try:
            suites.append(find_suite(settings.workspace, name))
        except UsageError as error:
            faults.append(error.one_line())
    return suites, faults


def _show_suites(suites: "list[Suite]") -> None:
    for suite in suites:
        dataset = suite.dataset or "--dataset FILE"
        print_line(f"{suite.name:20} {suite.kind:10} {dataset}  {suite.description}")


def run(  # noqa: PLR0913 - each is an option of the command
    suite: str = typer.Argument(..., help="A suite's name or file; see: workbench eval list"),
    dataset: Path | None = typer.Option(None, "--dataset", help="The question set, JSONL."),
    corpus: Path | None = typer.Option(None, "--corpus", help="A folder or JSONL of documents."),
    assistant: str | None = typer.Option(None, "--assistant", help="Who is asked."),
    model: list[str] = typer.Option([], "--model", help="The model that answers; may be repeated."),
    prompt: list[str] = typer.Option([], "--prompt", help="The prompt; may be repeated."),
    given: list[str] = typer.Option([], "--set", help="key=v1,v2: settings to compare."),
    metric: list[str] = typer.Option([], "--metric", help="What is measured; may be repeated."),
    judge: str | None = typer.Option(None, "--judge", help="The model that judges."),
    router: Path | None = typer.Option(None, "--router", help="Routing: training examples, JSONL."),
    limit: int | None = typer.Option(None, "--limit", min=1, help="Ask only so many questions."),
    repeats: int | None = typer.Option(None, "--repeats", min=1, help="How often each is asked."),
    resume: str | None = typer.Option(None, "--resume", help="The run to continue."),
    fresh: bool = typer.Option(False, "--fresh", help="Reuse no earlier answer or verdict."),
    smoke: bool = typer.Option(False, "--smoke", help="The short form on the smallest model."),
    budget_minutes: float | None = typer.Option(
        None, "--budget-minutes", min=0.0, help="Begin no more items after so many minutes."
    ),
    budget_cost: float | None = typer.Option(
        None, "--budget-cost", min=0.0, help="Begin no more items once so much is spent."
    ),
    concurrency: int | None = typer.Option(
        None, "--concurrency", min=1, max=256, help="Items at once; found while running if absent."
    ),
    output: Path | None = typer.Option(None, "--output", help="Export the run to this file."),
    json: bool = typer.Option(False, "--json", help="Print the figures as JSON."),
) -> None:
    """Run a suite, or any question set over any corpus, and score the answers."""
    from workbench.config import load_settings
    from workbench.evaluation.running.budget import Budget
    from workbench.evaluation.running.options import RunOptions
    from workbench.evaluation.suites.overrides import Overrides, chosen_suite

    if resume is not None and limit is not None:
        raise UsageError("--limit cannot be given with --resume", "a run keeps its own questions")
    settings = load_settings()
    overrides = Overrides(
        dataset=dataset,
        corpus=corpus,
        assistant=assistant,
        models=model,
        prompts=prompt,
        settings=given,
        metrics=metric,
        judge=judge,
        router=router,
        repeats=repeats,
        concurrency=concurrency,
        smoke=smoke,
    )
    chosen = chosen_suite(settings.workspace, suite, overrides)
    files = result_files(output, len(chosen.variants) if resume is None else 1)
    begun: list[str] = []
    left: set[str] = set()
    options = RunOptions(
        limit=limit if limit or resume or not smoke else chosen.smoke.limit,
        resume=resume,
        repeats=repeats,
        fresh=fresh,
        budget=Budget(budget_minutes, budget_cost),
        smoke=smoke,
        begun=begun.append,
        left=left.add,
    )

    again = partial(resume_command, suite, overrides)
    results = _run(settings, chosen, options, lambda: again(begun[-1]) if begun else "")
    left |= {each["run"] for each in _show(results, files, json) if not each["complete"]}
    unbegun = [] if resume else [variant.name for variant in chosen.variants[len(results) :]]
    _say_what_is_left([again(each.run) for each in results if each.run in left], unbegun)


def export(
    run: str = typer.Argument(..., help="A run's name, or an exported file."),
    output: Path = typer.Option(..., "--output", help="The file to make."),
    baseline: bool = typer.Option(
        False, "--baseline", help="Only scores an item, as a small baseline for the repository."
    ),
) -> None:
    """Write a run to a file: JSON Lines with everything, or a small baseline."""
    from workbench.evaluation.results import write_results
    from workbench.evaluation.stored import open_run

    results = open_run(run)
    if baseline:
        from workbench.evaluation.gate.baselines import write_baseline

        write_baseline(output, results)
    else:
        write_results(output, results)
    note(f"wrote {output}")


def schema() -> None:
    """Print the JSON Schema of suite files, for editors that check YAML."""
    from workbench.evaluation.suites.schema import suite_schema

    print_json(suite_schema())


def _run(
    settings: "Settings", suite: "Suite", options: "RunOptions", again: Callable[[], str]
) -> "list[Results]":
    from workbench.cli.running import run_async
    from workbench.evaluation.suite_run import run_suite

    progress = Progress()
    try:
        return run_async(run_suite(settings, suite, options, progress))
    except KeyboardInterrupt:
        command = again()
        kept = f"; what is finished is kept, continue with: {command}" if command else ""
        raise KeyboardInterrupt(f"interrupted{kept}") from None
    finally:
        progress.done()


def _show(results: "list[Results]", files: list[Path], json: bool) -> list[dict[str, Any]]:
    """Write and print the results; return their figures."""
    from workbench.evaluation.reports.context import context_here
    from workbench.evaluation.reports.table import run_table
    from workbench.evaluation.results import write_results
    from workbench.evaluation.summary import summarise

    figures = [summarise(each, each.asked) for each in results]
    contexts = [context_here(each) for each in results]
    for file, each in zip(files, results, strict=False):  # the budget may have ended before some
        write_results(file, each)
        note(f"results: {file}")
    if json:
        print_json(figures[0] if len(figures) == 1 else {"runs": figures})
        for warning in dict.fromkeys(line for each in contexts for line in each.warnings):
            note(f"workbench: warning: {warning}")
    else:
        for context, figure in zip(contexts, figures, strict=True):
            for line in run_table(figure, context):
                print_line(line)
    return figures


def _say_what_is_left(commands: list[str], variants: list[str]) -> None:
    for command in commands:
        note(f"workbench: incomplete: continue with: {command}")
    if variants:
        note(f"workbench: not begun: {', '.join(variants)}")
    if commands or variants:
        raise typer.Exit(1)
