"""`workbench eval report` and `workbench eval history`: runs for people to read."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from workbench.cli.output import guarded, note, print_json, print_line
from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.evaluation.results import Results

PAGES = (".html", ".htm")


def register(group: typer.Typer) -> None:
    """Add the commands to the group `eval`."""
    group.command("report")(guarded(report))
    group.command("history")(guarded(history))


def report(
    run: str = typer.Argument(..., help="A run's name, or an exported file."),
    html: Path | None = typer.Option(None, "--html", help="The HTML file to write."),
    markdown: Path | None = typer.Option(None, "--markdown", help="The Markdown file to write."),
    baseline: str | None = typer.Option(
        None, "--baseline", help="A run's name, an exported file or a baseline file."
    ),
    by: str | None = typer.Option(
        None, "--by", help="lang, tag or route: print the figures of each group."
    ),
    json: bool = typer.Option(False, "--json", help="Print the groups' figures as JSON."),
) -> None:
    """Write a run as one self-contained HTML file, beside a baseline if there is one.

    Its figures alone can be written as Markdown as well, and printed by language, by tag, or by
    what the turns did: answer from documents, from tools or both, or refuse.
    """
    if html is None and markdown is None and by is None:
        raise UsageError(
            "nothing is to be written", "add --html FILE, --markdown FILE or --by lang|tag|route"
        )
    if json and by is None:
        raise UsageError("--json prints groups", "add --by lang, tag or route")
    if html is not None and html.suffix.lower() not in PAGES:
        raise UsageError(f"{html} is no name of an HTML file", "let it end in .html")
    from workbench.evaluation.group_figures import figures_by
    from workbench.evaluation.stored import open_run

    results = open_run(run)
    groups = figures_by(results, by) if by is not None else None
    _write(results, open_run(baseline) if baseline else None, html, markdown)
    if groups is not None:
        _print_groups(groups, json)


def history(
    files: list[str] = typer.Argument(None, help="Exported files to list instead of the store."),
    suite: str | None = typer.Option(None, "--suite", help="Only runs of this suite."),
    limit: int = typer.Option(20, "--limit", min=1, max=1000, help="How many runs."),
    json: bool = typer.Option(False, "--json", help="Print the runs as JSON."),
) -> None:
    """Show the last runs with their figures, the newest first; or those of exported files."""
    from workbench.evaluation.reports import history as rows_of

    runs = _from_files(files, suite, limit) if files else _from_store(suite, limit)
    rows = rows_of.history(runs)
    if json:
        print_json({"runs": rows})
        return
    for line in rows_of.history_lines(rows):
        print_line(line)
    if not rows and not files:
        _say_where_runs_are()


def _write(
    results: "Results", compared: "Results | None", html: Path | None, markdown: Path | None
) -> None:
    from workbench.evaluation.reports.context import context_here
    from workbench.evaluation.reports.html import write_html
    from workbench.evaluation.reports.markdown import run_markdown
    from workbench.evaluation.summary import summarise

    if html is not None:
        write_html(html, results, compared, context=context_here(results))
        note(f"report: {html}")
    if markdown is not None:
        markdown.parent.mkdir(parents=True, exist_ok=True)
        text = run_markdown(summarise(results), context_here(results))
        markdown.write_text(text, encoding="utf-8")
        note(f"figures: {markdown}")


def _print_groups(found: dict[str, Any], json: bool) -> None:
    if json:
        print_json(found)
        return
    from workbench.evaluation.reports.groups import group_lines

    for line in group_lines(found):
        print_line(line)


def _from_files(files: list[str], suite: str | None, limit: int) -> "list[Results]":
    from workbench.evaluation.stored import open_run

    runs = [open_run(file) for file in files]
    return [each for each in runs if suite in (None, each.suite)][:limit]


def _from_store(suite: str | None, limit: int) -> "list[Results]":
    from workbench.config import load_settings
    from workbench.evaluation.stored import list_results

    return list_results(load_settings(), suite=suite, limit=limit)


def _say_where_runs_are() -> None:
    from workbench.config import load_settings
    from workbench.engine.recorder import operator_name

    whose = operator_name(load_settings())
    note(
        f"no runs yet of {whose}: workbench eval run SUITE; another operator's are shown with"
        " WORKBENCH_OPERATOR=NAME, exported ones with: workbench eval history FILE ..."
    )
