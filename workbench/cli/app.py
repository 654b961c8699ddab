"""The commands of `workbench`."""

import typer

from workbench import __version__
from workbench.cli import (
    ask,
    assistants,
    backup,
    bench,
    chat,
    dataset,
    doctor,
    evaluate,
    generate,
    index,
    init,
    judge,
    metrics,
    models,
    monitor,
    operators,
    route,
    run_task,
    search,
    services,
)

app = typer.Typer(
    name="workbench",
    help="Chat with and evaluate retrieval-augmented assistants that run on this machine.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

for group in (
    chat,
    ask,
    search,
    route,
    index,
    assistants,
    operators,
    generate,
    monitor,
    run_task,
    metrics,
    models,
    services,
    evaluate,
    judge,
    dataset,
    bench,
    backup,
    init,
    doctor,
):
    group.register(app)


@app.callback(invoke_without_command=True)
def root(
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    """Chat with and evaluate retrieval-augmented assistants that run on this machine."""
    if version:
        typer.echo(__version__)
        raise typer.Exit
