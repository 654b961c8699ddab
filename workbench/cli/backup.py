"""`workbench backup` and `workbench restore`."""

from pathlib import Path

import typer

from workbench.cli.output import Progress, guarded, note


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup")(guarded(backup))
    app.command("restore")(guarded(restore))


def backup(
    file: Path = typer.Argument(..., help="Where to; only you will be able to read it."),
    force: bool = typer.Option(False, "--force", help="Replace a file that exists."),
) -> None:
    """Save the database (indexes, conversations, results, assistants' tables) to a file."""
    from workbench.config import load_settings
    from workbench.store.backup import backup as save

    size = save(load_settings(), file, force=force)
    note(f"saved to {file} ({size / (1 << 20):.1f} MiB)")


def restore(
    file: Path = typer.Argument(..., help="A file made by `workbench backup`."),
    force: bool = typer.Option(False, "--force", help="Replace a database that holds data."),
) -> None:
    """Bring a saved database back; if that fails, the present one stays."""
    from workbench.config import load_settings
    from workbench.store.backup import restore as bring_back

    progress = Progress()
    try:
        whole = bring_back(load_settings(), file, force=force, progress=progress)
    finally:
        progress.done()
    rights = "" if whole else ", but for the rights of roles: some are not on this server"
    note(f"restored from {file}{rights}")
