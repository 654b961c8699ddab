"""`workbench models`: which models there are, and bringing them to this machine."""

from typing import TYPE_CHECKING, Any

import typer

from workbench.cli.output import Progress, guarded, note, print_json, print_line
from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.config import Settings
    from workbench.services.catalogue import Model

group = typer.Typer(help="List, fetch and add models.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group.command("list")(guarded(list_models))
    group.command("fetch")(guarded(fetch))
    group.command("add")(guarded(add))
    app.add_typer(group, name="models")


def list_models(
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """List the catalogue's models and the configured servers."""
    from workbench.config import load_settings
    from workbench.services.catalogue import load_catalogue

    settings = load_settings()
    catalogue = load_catalogue(settings.workspace)
    defaults = catalogue.defaults.model_dump()
    records = [_record(model, settings, defaults) for model in catalogue]
    servers = [
        {"name": name, "model": server.model, "base_url": server.base_url}
        for name, server in settings.endpoints.items()
    ]
    if as_json:
        print_json({"models": records, "endpoints": servers})
        return
    for record in records:
        _print_record(record)
    for server in servers:
        print_line(f"{server['name']:<34} server  {server['model']} at {server['base_url']}")


def fetch(
    name: str = typer.Argument(help="A model of the catalogue."),
    revision: str | None = typer.Option(None, help="The hub's commit to use, 40 hex digits."),
) -> None:
    """Bring a model's weights to this machine, verified; damaged ones are made again."""
    from workbench.config import load_settings
    from workbench.services.catalogue import load_catalogue
    from workbench.services.weights import described
    from workbench.services.weights import fetch as fetch_weights

    settings = load_settings()
    model = load_catalogue(settings.workspace).get(name)
    if revision:
        _source(model.origin, revision)
    progress = Progress()
    try:
        folder = fetch_weights(model, settings, described(progress, name), revision)
    finally:
        progress.done()
    print_line(str(folder))


def add(  # noqa: PLR0913 - each argument is an option of the command
    name: str = typer.Argument(help="The name under which it will be chosen."),
    base_url: str | None = typer.Option(None, help="A server: its address up to /v1."),
    model: str | None = typer.Option(None, help="A server: the model's name there."),
    api_key_env: str = typer.Option("", help="A server: the variable that holds its key."),
    price: tuple[float, float] | None = typer.Option(
        None, help="A server: USD per million prompt tokens, and per million answer tokens."
    ),
    hub: str | None = typer.Option(None, help="A repository of the Hugging Face hub."),
    revision: str | None = typer.Option(None, help="The repository's commit, 40 hex digits."),
    memory_gib: float = typer.Option(24.0, help="A repository: the memory that serving takes."),
    tool_parser: str | None = typer.Option(None, help="A repository: vLLM's tool call parser."),
    context_window: int = typer.Option(4096, help="Tokens that fit in a request."),
) -> None:
    """Add a server (to workbench.toml) or a repository (to models.yaml) to this workspace."""
    from workbench.config import load_settings
    from workbench.services.additions import add_endpoint, add_hub_model
    from workbench.services.catalogue import Serving

    settings = load_settings()
    if bool(base_url) == bool(hub):
        raise UsageError("one server or one repository can be added", "give --base-url or --hub")
    if base_url and not model:
        raise UsageError("the model's name at the server is missing", "give --model")
    if base_url and model:
        path = add_endpoint(
            settings, name, _endpoint(base_url, model, api_key_env, context_window, price)
        )
    else:
        serving = Serving(max_model_len=context_window, dtype="auto", tool_parser=tool_parser)
        source = _source(str(hub), revision)
        path = add_hub_model(settings, name, source, memory_gib=memory_gib, serving=serving)
    note(f"added {name} to {path}")


def _endpoint(
    base_url: str, model: str, key: str, window: int, price: tuple[float, float] | None
) -> Any:
    from pydantic import ValidationError

    from workbench.config import EndpointSettings, PriceSettings

    if not base_url.startswith(("http://", "https://")):
        raise UsageError(f"{base_url!r} is not an address", "write it as http://HOST:PORT/v1")
    charged = (
        PriceSettings(prompt_per_million=price[0], completion_per_million=price[1])
        if price
        else None
    )
    try:
        return EndpointSettings(
            base_url=base_url, model=model, api_key_env=key, context_window=window, price=charged
        )
    except ValidationError as error:
        message = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise UsageError(f"--base-url cannot be used: {message}", "see --help") from error


def _source(repository: str, revision: str | None) -> Any:
    from pydantic import ValidationError

    from workbench.services.catalogue import HubSource

    try:
        return HubSource(kind="hub", repository=repository, revision=revision)
    except ValidationError as error:
        raise UsageError(f"{revision!r} is not a commit", "give its 40 hex digits") from error


def _record(model: "Model", settings: "Settings", defaults: dict[str, str]) -> dict[str, Any]:
    return {
        "name": model.name,
        "title": model.title,
        "parameters": model.parameters,
        "licence": model.licence,
        "weights": model.weights,
        "quantisation": model.quantisation,
        "device": model.device,
        "memory_gib": model.memory_gib,
        "context_window": model.serving.max_model_len,
        "default_for": [use for use, name in defaults.items() if name == model.name],
        "state": _state(model, settings),
        "price": model.price.model_dump() if model.price else None,
        "measured": [figure.model_dump() for figure in model.measured],
        "note": model.note,
    }


def _state(model: "Model", settings: "Settings") -> str:
    from workbench.errors import WeightsError
    from workbench.services.weights import local_path

    try:
        return "fetched" if local_path(model, settings) else "not fetched"
    except WeightsError:
        return "damaged"


def _print_record(record: dict[str, Any]) -> None:
    uses = f", default for {' and '.join(record['default_for'])}" if record["default_for"] else ""
    size = f"{record['parameters'] / 1e9:.1f}B" if record["parameters"] else "?"
    print_line(
        f"{record['name']:<34} {size:>6} {record['quantisation']:<6} {record['device']:<4}"
        f" {record['memory_gib']:>5g} GiB  {record['licence']:<13} {record['state']}{uses}"
    )
    for figure in record["measured"]:
        print_line(f"    {figure['what']}: {figure['value']} ({figure['where']})")
    if record["note"]:
        print_line(f"    {record['note']}")
