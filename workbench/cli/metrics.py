"""`workbench metrics`: what the stored answers used, took and cost, as Prometheus reads it."""

from pathlib import Path

import typer

from workbench.cli.output import Progress, guarded, note
from workbench.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("metrics")(guarded(metrics))


def metrics(
    output: Path | None = typer.Option(None, "--output", help="Write to this file instead."),
) -> None:
    """Print the metrics of all stored answers in the Prometheus text format."""
    from workbench.config import load_settings
    from workbench.engine.metrics_text import metrics_text
    from workbench.store.database import open_database

    if output is not None and (output.is_dir() or not output.absolute().parent.is_dir()):
        raise UsageError(f"{output} cannot be written", "name a file in a folder that is there")
    settings = load_settings()
    progress = Progress()
    text = metrics_text(open_database(settings, progress))
    progress.done()
    if output is None:
        typer.echo(text, nl=False)
        return
    _replace(output, text)
    note(f"written: {output}")


def _replace(path: Path, text: str) -> None:
    """Write a file so that who reads it meanwhile sees the old one or the new one, whole."""
    import os

    # a collector reads *.prom alone, so that it never sees the unfinished one
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
