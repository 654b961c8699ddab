"""Adds models to a workspace: a server to `workbench.toml`, a model of the hub to `models.yaml`."""

import json
from pathlib import Path

import yaml
from pydantic import ValidationError

from workbench.config import EndpointSettings, Settings
from workbench.errors import UsageError
from workbench.locations import WORKSPACE_FILE
from workbench.services.catalogue import (
    WORKSPACE_MODELS,
    HubSource,
    Model,
    Serving,
    load_catalogue,
    workspace_models,
)


def add_endpoint(settings: Settings, name: str, endpoint: EndpointSettings) -> Path:
    """Append an OpenAI-compatible server to the workspace's settings file.

    Returns:
        The file that was written.

    Raises:
        UsageError: The name is taken.
    """
    _require_free(settings, name)
    path = settings.workspace / WORKSPACE_FILE
    text = path.read_text(encoding="utf-8").rstrip("\n")
    _write(path, f"{text}\n\n{_as_toml(name, endpoint)}")
    return path


def add_hub_model(
    settings: Settings, name: str, source: HubSource, *, memory_gib: float, serving: Serving
) -> Path:
    """Add a model of the Hugging Face hub to the workspace's own models.

    Returns:
        The file that was written.

    Raises:
        UsageError: The name is taken or not a valid name.
    """
    _require_free(settings, name)
    try:
        model = Model(
            name=name,
            title=source.repository,
            licence="see its page",
            origin=source.repository,
            weights=f"{source.repository}@{source.revision}",
            quantisation="as published",
            device="gpu",
            memory_gib=memory_gib,
            sources=(source,),
            serving=serving,
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{first['loc'][0]}: {first['msg']}", "correct it") from error
    models = [*workspace_models(settings.workspace).values(), model]
    records = [m.model_dump(mode="json", exclude_defaults=True) for m in models]
    path = settings.workspace / WORKSPACE_MODELS
    _write(path, yaml.safe_dump({"models": records}, sort_keys=False, allow_unicode=True))
    return path


def _require_free(settings: Settings, name: str) -> None:
    if name in settings.endpoints or name in load_catalogue(settings.workspace):
        raise UsageError(f"there is already a model {name!r}", "choose another name")


def _as_toml(name: str, endpoint: EndpointSettings) -> str:
    values = endpoint.model_dump(exclude_defaults=True)
    price = values.pop("price", None)
    # a JSON string or number is a valid TOML one, and quoting guards names with dots
    table = f"endpoints.{json.dumps(name, ensure_ascii=False)}"
    lines = [f"[{table}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    if price:
        lines += [f"[{table}.price]", *(f"{key} = {json.dumps(v)}" for key, v in price.items())]
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f"{path.name}.partial")
    temporary.write_text(text, encoding="utf-8")
    if path.exists():
        temporary.chmod(path.stat().st_mode)
    temporary.replace(path)
