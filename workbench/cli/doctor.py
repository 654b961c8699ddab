"""`workbench doctor`: one line for each thing that the workbench needs."""

import typer

from workbench.cli.output import guarded, print_json, print_line


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(guarded(doctor))


def doctor(
    json: bool = typer.Option(False, "--json", help="Print JSON."),
    weights: bool = typer.Option(False, "--weights", help="Read all weights and check hashes."),
) -> None:
    """Check the machine, the services, the models and the indexes; changes nothing."""
    from workbench.cli.checks import run_checks
    from workbench.config import load_settings

    checks = run_checks(load_settings(), thorough=weights)
    if json:
        print_json([{"name": one.name, "ok": one.ok, "detail": one.detail} for one in checks])
    else:
        for one in checks:
            print_line(f"{'ok  ' if one.ok else 'FAIL'}  {one.name:14} {one.detail}")
    if not all(one.ok for one in checks):
        raise typer.Exit(1)
