"""`workbench up`, `down` and `status`: the database and the model server."""

import dataclasses
from typing import TYPE_CHECKING, Any

import typer

from workbench.cli.output import Progress, guarded, note, print_json, print_line

if TYPE_CHECKING:
    from workbench.config import Settings


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("up")(guarded(up))
    app.command("down")(guarded(down))
    app.command("status")(guarded(status))


def up(
    model: str | None = typer.Option(None, "--model", help="A model or endpoint by its name."),
) -> None:
    """Start the database and the model server; what runs already stays as it is.

    Interrupted by ctrl-c, the model server goes on starting in the background.
    """
    from workbench.config import load_settings

    settings = load_settings()
    progress = Progress()
    try:
        _start(settings, model, progress)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            "interrupted; a model server that was starting goes on in the background "
            "(see it: workbench status; stop it: workbench down)"
        ) from None
    finally:
        progress.done()


def _start(settings: "Settings", model: str | None, progress: Progress) -> None:
    from workbench.services.endpoints import ensure_endpoint, fetch_if_missing, resolve_model
    from workbench.store.database import open_database

    resolve_model(settings, model)
    database = open_database(settings, progress)
    progress.done()
    note(f"database: {database.kind}, ready")
    fetch_if_missing(settings, model, progress)
    endpoint = ensure_endpoint(settings, model, progress)
    progress.done()
    note(f"model: {endpoint.name} at {endpoint.base_url}")


def down(
    everything: bool = typer.Option(
        False, "--all", help="Stop every model server of this user, even one that others use."
    ),
) -> None:
    """Stop the workspace's database, and the model servers that no other workspace uses."""
    from workbench.config import load_settings
    from workbench.services.postgres import stop_embedded
    from workbench.services.vllm import control

    settings = load_settings()
    kept: list[str] = []
    if everything:
        stopped = control.stop_all(settings.state_dir)
    else:
        stopped, kept = control.release(settings.state_dir, settings.workspace)
    database = settings.database_url is None and stop_embedded(settings)
    for name in stopped:
        note(f"model server of {name}: stopped")
    for name in kept:
        note(f"model server of {name}: left running, another workspace uses it (--all stops it)")
    if database:
        note("database: stopped")
    if not (stopped or kept or database):
        note("nothing was running")


def status(
    json: bool = typer.Option(False, "--json", help="Print the state as JSON."),
) -> None:
    """Show the state of the database, the model servers and the configured endpoints."""
    from workbench.config import load_settings
    from workbench.services.postgres import database_status

    settings = load_settings()
    database = dataclasses.asdict(database_status(settings))
    servers = _servers(settings)
    endpoints = [_endpoint(settings, name) for name in settings.endpoints]
    today = _today(settings) if database["running"] and not database["problem"] else None
    if json:
        print_json(
            {"database": database, "servers": servers, "endpoints": endpoints, "today": today}
        )
        return
    print_line(_database_line(database))
    for server in servers:
        print_line(_server_line(server))
    if not servers:
        print_line("model server  none")
    for endpoint in endpoints:
        print_line(f"endpoint      {endpoint['name']}: {endpoint['problem'] or 'reachable'}")
    if today is not None:
        print_line(_today_line(today))


def _today(settings: "Settings") -> dict[str, Any] | None:
    """Return what today's answers used and cost; `None` where nothing was stored yet."""
    from workbench.errors import WorkbenchError
    from workbench.store.database import open_database
    from workbench.store.usage import cost_today

    try:
        return dataclasses.asdict(cost_today(open_database(settings)))
    except WorkbenchError:
        return None


def _today_line(today: dict[str, Any]) -> str:
    parts = [
        f"{today['requests']:,} answers",
        f"{today['prompt_tokens'] + today['completion_tokens']:,} tokens",
        *(f"{amount:.4f} {currency}" for currency, amount in today["costs"].items()),
    ]
    if today["unpriced"]:
        parts.append(f"{today['unpriced']:,} at a price that is not known")
    return f"today         {', '.join(parts)}"


def _servers(settings: "Settings") -> list[dict[str, Any]]:
    from workbench.services.vllm import control

    listed = control.list_servers(settings.state_dir)
    return [dataclasses.asdict(server) for server in listed]


def _endpoint(settings: "Settings", name: str) -> dict[str, str]:
    from workbench.errors import WorkbenchError
    from workbench.services.endpoints import check_endpoint

    problem = ""
    try:
        check_endpoint(settings, name)
    except WorkbenchError as error:
        problem = error.one_line()
    return {"name": name, "base_url": settings.endpoints[name].base_url, "problem": problem}


def _database_line(database: dict[str, Any]) -> str:
    state = database["problem"] or ("running" if database["running"] else "stopped")
    version = f" (PostgreSQL {database['version']})" if database["version"] else ""
    return f"database      {database['kind']}: {state}{version}"


def _server_line(server: dict[str, Any]) -> str:
    parts = [server["phase"]]
    if server["phase"] == "ready":
        parts.append(server["base_url"])
    if server["progress"]:
        parts.append(server["progress"])
    if server["message"]:
        parts.append(server["message"])
    if server["restarts"]:
        parts.append(f"{server['restarts']} restarts")
    parts.append(f"users: {len(server['users'])}")
    return f"model server  {server['model']}: {', '.join(parts)}; log: {server['log']}"
