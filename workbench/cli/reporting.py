"""`workbench eval report` and `workbench eval history`: runs for people to read."""

from pathlib import Path

import typer

from workbench.cli.output import guarded, note, print_json, print_line
from workbench.errors import UsageError

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
) -> None:
    """Write a run as one self-contained HTML file, beside a baseline if there is one.

    Its figures alone can be written as Markdown as well.
    """
    if html is None and markdown is None:
        raise UsageError("nothing is to be written", "add --html FILE or --markdown FILE")
    if html is not None and html.suffix.lower() not in PAGES:
        raise UsageError(f"{html} is no name of an HTML file", "let it end in .html")
    from workbench.config import load_settings
    from workbench.evaluation.reports.context import context_of
    from workbench.evaluation.reports.html import write_html
    from workbench.evaluation.reports.markdown import run_markdown
    from workbench.evaluation.stored import open_results
    from workbench.evaluation.summary import summarise

    settings = load_settings()
    results = open_results(settings, run)
    compared = open_results(settings, baseline) if baseline else None
    context = context_of(results, settings.workspace)
    if html is not None:
        write_html(html, results, compared, context=context)
        note(f"report: {html}")
    if markdown is not None:
        markdown.parent.mkdir(parents=True, exist_ok=True)
        markdown.write_text(run_markdown(summarise(results), context), encoding="utf-8")
        note(f"figures: {markdown}")


def history(
    suite: str | None = typer.Option(None, "--suite", help="Only runs of this suite."),
    limit: int = typer.Option(20, "--limit", min=1, max=1000, help="How many runs."),
    json: bool = typer.Option(False, "--json", help="Print the runs as JSON."),
) -> None:
    """Show the last runs with their figures, the newest first."""
    from workbench.config import load_settings
    from workbench.evaluation.reports import history as rows_of
    from workbench.evaluation.stored import list_results

    rows = rows_of.history(list_results(load_settings(), suite=suite, limit=limit))
    if json:
        print_json({"runs": rows})
        return
    for line in rows_of.history_lines(rows):
        print_line(line)
    if not rows:
        note("no runs yet: workbench eval run SUITE")
