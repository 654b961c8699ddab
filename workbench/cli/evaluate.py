"""`workbench eval`: run question sets and compare the results."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from workbench.cli.output import Progress, guarded, note, print_json, print_line
from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.config import Settings

SUITES = ("answers",)


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="Run question sets and compare the results.", no_args_is_help=True)
    group.command("run")(guarded(run))
    group.command("compare")(guarded(compare))
    app.add_typer(group, name="eval")


def run(  # noqa: PLR0913 - each is an option of the command
    suite: str = typer.Argument(..., help="The suite: answers."),
    dataset: Path | None = typer.Option(None, "--dataset", help="The question set, JSONL."),
    corpus: Path | None = typer.Option(None, "--corpus", help="A folder or JSONL of documents."),
    assistant: str | None = typer.Option(None, "--assistant", help="Who is asked."),
    model: str | None = typer.Option(None, "--model", help="The model that answers."),
    prompt: str | None = typer.Option(None, "--prompt", help="The prompt to use."),
    limit: int | None = typer.Option(None, "--limit", min=1, help="Ask only so many questions."),
    output: Path | None = typer.Option(None, "--output", help="The result file to make."),
    resume: Path | None = typer.Option(None, "--resume", help="The result file to continue."),
    concurrency: int = typer.Option(
        1, "--concurrency", min=1, max=256, help="Questions under way at once; 1 for latencies."
    ),
    json: bool = typer.Option(False, "--json", help="Print the figures as JSON."),
) -> None:
    """Ask the questions of a set and score the answers."""
    if suite not in SUITES:
        raise UsageError(f"there is no suite {suite!r}", f"there are: {', '.join(SUITES)}")
    if dataset is None:
        raise UsageError("the suite answers needs a question set", "add --dataset FILE")
    if output is not None and resume is not None:
        raise UsageError("--output and --resume exclude each other", "name one file")
    from workbench.config import load_settings
    from workbench.evaluation.answers import OPERATOR, AnswersRun

    settings = load_settings(model=model, operator=OPERATOR)
    planned = AnswersRun(
        dataset=dataset,
        file=resume or output or _new_file(settings),
        resume=resume is not None,
        corpus=corpus,
        assistant=assistant,
        prompt=prompt,
        limit=limit,
        concurrency=concurrency,
    )
    figures = _run(settings, planned)
    print_json(figures) if json else _show(figures)
    note(f"results: {planned.file}")
    if not figures["complete"]:
        note(f"workbench: some questions failed: continue with --resume {planned.file}")
        raise typer.Exit(1)


def compare(
    first: Path = typer.Argument(..., metavar="RUN_A", help="A result file, or a folder of them."),
    second: Path = typer.Argument(..., metavar="RUN_B", help="What to compare with it."),
    json: bool = typer.Option(False, "--json", help="Print the comparison as JSON."),
) -> None:
    """Compare two runs item by item; differences are B minus A."""
    from workbench.evaluation import comparison
    from workbench.evaluation.results import read_pooled

    compared = comparison.compare(read_pooled(first), read_pooled(second))
    print_json(compared) if json else _show_comparison(compared)


def _new_file(settings: "Settings") -> Path:
    from workbench.evaluation.answers import run_name
    from workbench.locations import private_folder, workspace_state

    return private_folder(workspace_state(settings.workspace) / "runs") / f"{run_name()}.jsonl"


def _run(settings: "Settings", planned: Any) -> dict[str, Any]:
    from workbench.cli.running import run_async
    from workbench.evaluation.answers import run_answers

    progress = Progress()
    try:
        return run_async(run_answers(settings, planned, progress))
    except KeyboardInterrupt:
        kept = f"; what is finished is kept, continue with --resume {planned.file}"
        raise KeyboardInterrupt(f"interrupted{kept if planned.file.exists() else ''}") from None
    finally:
        progress.done()


def _show(figures: dict[str, Any]) -> None:
    outcomes = ", ".join(f"{count} {name}" for name, count in figures["outcomes"].items())
    print_line(f"{figures['run']}: {figures['n']} questions ({outcomes})")
    for name, metric in figures["metrics"].items():
        if metric["mean"] is None:
            print_line(f"  {name:20} not scored")
            continue
        quantiles = "".join(f"  p{p} {metric[f'p{p}']:.2f}" for p in (50, 95) if f"p{p}" in metric)
        print_line(
            f"  {name:20} {metric['mean']:.3f}  [{metric['low']:.3f}, {metric['high']:.3f}]"
            f"  n {metric['n']}  coverage {metric['coverage']:.0%}{quantiles}"
        )


def _show_comparison(compared: dict[str, Any]) -> None:
    print_line(
        f"A {compared['run_a']}, B {compared['run_b']}: {compared['n']} shared items"
        f" (only A {compared['only_a']}, only B {compared['only_b']})"
    )
    for name, metric in compared["metrics"].items():
        if metric["difference"] is None:
            continue
        test = ""
        if "p" in metric:
            test = f"  lost {metric['lost']}, gained {metric['gained']}, p {metric['p']:.3f}"
        print_line(
            f"  {name:20} {metric['mean_a']:.3f} -> {metric['mean_b']:.3f}"
            f"  {metric['difference']:+.3f} [{metric['low']:+.3f}, {metric['high']:+.3f}]"
            f"  n {metric['n']}{test}"
        )
    if compared["differs"]:
        print_line(f"  differs in: {', '.join(compared['differs'])}")
