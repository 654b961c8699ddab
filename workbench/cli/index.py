"""`workbench index`: bring the search index in line with the documents."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from workbench.cli.output import Progress, guarded, note, print_json, print_line
from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.engine.ingestion import IndexReport


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("index")(guarded(index))


def index(
    assistant: str | None = typer.Argument(None, help="Whose documents; the default assistant's."),
    corpus: Path | None = typer.Option(None, "--corpus", help="A folder or a JSONL file instead."),
    collection: str | None = typer.Option(None, "--collection", help="The index's name."),
    rebuild: bool = typer.Option(False, "--rebuild", help="Index everything anew."),
    json: bool = typer.Option(False, "--json", help="Print the report as JSON."),
) -> None:
    """Index new and changed documents; unchanged ones cost nothing."""
    from workbench.config import load_settings
    from workbench.engine.embeddings import load_embedder
    from workbench.engine.ingestion import index_corpus
    from workbench.store.database import open_database

    settings = load_settings()
    if corpus is None:
        from workbench.assistants import get_assistant

        definition = get_assistant(assistant or settings.assistant, settings.workspace)
        corpus, name = definition.corpus, collection or definition.collection
    elif collection is None:
        raise UsageError("a corpus of your own needs a name", "add --collection NAME")
    else:
        name = collection
    progress = Progress()
    database = open_database(settings, progress)
    report = index_corpus(
        database,
        load_embedder(settings),
        corpus,
        name,
        progress,
        rebuild=rebuild,
        exact_below=settings.retrieval.exact_below,
    )
    progress.done()
    _show(report, json)


def _show(report: "IndexReport", as_json: bool) -> None:
    for problem in report.problems:
        note(f"skipped {problem.path}: {problem.reason}")
    if as_json:
        print_json(report.to_dict())
        return
    print_line(
        f"{report.collection}: {report.chunks} passages embedded, {report.chunks_total} in all;"
        f" documents: {len(report.indexed)} indexed, {report.unchanged} unchanged,"
        f" {len(report.removed)} removed, {len(report.problems)} skipped"
        f" ({report.seconds:.1f} s)"
    )
