"""Where a model answers: the supervised vLLM of this machine, or a configured server."""

import difflib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from workbench.config import EndpointSettings, PriceSettings, Settings
from workbench.errors import ConfigError, ModelServerError, UnknownNameError, WeightsError
from workbench.services.catalogue import Catalogue, Model, load_catalogue
from workbench.services.vllm import control, launch
from workbench.services.vllm.registry import ServerSpec, Timing

Progress = Callable[[str], None]

AUTO = "auto"
_REACH_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Price:
    """What an endpoint charges, per million tokens."""

    prompt_per_million: float
    completion_per_million: float
    currency: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible server and the model to ask of it.

    Attributes:
        name: The name under which it was chosen.
        base_url: Its address up to and including `/v1`.
        api_key: Its key; empty where none is needed.
        model: The model's name at the server.
        weights: Which weights are served; empty where that is not known.
        quantisation: How they are stored; empty where that is not known.
        context_window: Tokens that fit in a request, answer included.
        price: What it charges; `None` where that is not known.
        local: Whether it is the vLLM of this machine.
    """

    name: str
    base_url: str
    api_key: str = field(repr=False)
    model: str
    weights: str
    quantisation: str
    context_window: int
    price: Price | None
    local: bool


def resolve_model(settings: Settings, name: str | None) -> str:
    """Return the name of a known model or endpoint.

    Args:
        settings: The workspace's settings.
        name: A name; the configured one when `None`. "auto" is the catalogue's default.

    Raises:
        UnknownNameError: There is none of that name; the hint gives the nearest.
    """
    wanted = name or settings.model
    if wanted in settings.endpoints:
        return wanted
    catalogue = load_catalogue(settings.workspace)
    if wanted == AUTO:
        return catalogue.defaults.gpu if has_cuda() else catalogue.defaults.cpu
    if wanted not in catalogue:
        raise _unknown(wanted, settings, catalogue)
    return wanted


def _unknown(name: str, settings: Settings, catalogue: Catalogue) -> UnknownNameError:
    known = [*settings.endpoints, *catalogue.names]
    nearest = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(nearest)}?" if nearest else "see: workbench models list"
    return UnknownNameError(f"there is no model {name!r}", hint)


def has_cuda() -> bool:
    """Tell whether the vLLM installed here is the one for NVIDIA GPUs."""
    try:
        metadata.version("vllm")
    except metadata.PackageNotFoundError:
        return False
    return True


def ensure_endpoint(
    settings: Settings, name: str | None, progress: Progress | None = None
) -> Endpoint:
    """Return an endpoint that can be asked; blocks while a local server starts.

    A configured server is returned as it is; whether it can be reached shows at the first request,
    or in `check_endpoint`.

    Args:
        settings: The workspace's settings.
        name: A model or endpoint; the configured one when `None`.
        progress: Told, in a few words, how far a start is.

    Raises:
        UnknownNameError: There is no such model.
        ConfigError: A configured endpoint's key is missing.
        WeightsError: The weights are not here, or damaged.
        ResourceError: The machine lacks memory or the port.
        ModelServerError: The server did not start.
    """
    chosen = resolve_model(settings, name)
    if chosen in settings.endpoints:
        return _configured(chosen, settings.endpoints[chosen])
    model = load_catalogue(settings.workspace).get(chosen)
    return _local(settings, model, progress or (lambda _: None))


def fetch_if_missing(settings: Settings, name: str | None, progress: Progress) -> None:
    """Fetch the weights of a local model that are not here yet; the first answer waits for that.

    Raises:
        UnknownNameError: There is no such model.
        WeightsError: They cannot be fetched.
        ResourceError: The disk is too full.
    """
    from workbench.services.weights import described, fetch, local_path

    chosen = resolve_model(settings, name)
    if chosen in settings.endpoints:
        return
    model = load_catalogue(settings.workspace).get(chosen)
    if local_path(model, settings) is None:
        fetch(model, settings, described(progress, model.name))


def _configured(name: str, given: EndpointSettings) -> Endpoint:
    key = os.environ.get(given.api_key_env, "") if given.api_key_env else ""
    if given.api_key_env and not key:
        raise ConfigError(
            f"endpoint {name!r} needs a key in the environment variable {given.api_key_env}",
            f"set it: export {given.api_key_env}=...",
        )
    return Endpoint(
        name=name,
        base_url=given.base_url.rstrip("/"),
        api_key=key,
        model=given.model,
        weights="",
        quantisation="",
        context_window=given.context_window,
        price=_price(given.price),
        local=False,
    )


def _local(settings: Settings, model: Model, progress: Progress) -> Endpoint:
    from workbench.services.weights import described, verify

    served = served_model(settings, model)

    def plan() -> ServerSpec:
        if not served.cuda:
            control.check_memory(served)
        return server_spec(settings, served)

    name = launch.server_name(served)
    try:
        running = control.ensure_server(
            settings.state_dir, name, settings.workspace, plan, progress
        )
    except ModelServerError:
        # damaged weights make it fail in many ways; their hashes tell for certain
        verify(model, settings, described(progress, model.name))
        raise
    return Endpoint(
        name=model.name,
        base_url=running.base_url,
        api_key=running.key,
        model=served.name,
        weights=model.weights,
        quantisation=model.quantisation,
        context_window=served.max_model_len,
        price=_price(model.price),
        local=True,
    )


def served_model(settings: Settings, model: Model) -> launch.ServedModel:
    """Return how a model of the catalogue is served on this machine.

    Raises:
        WeightsError: Its weights are not here, or damaged.
    """
    from workbench.services.weights import local_path

    folder = local_path(model, settings)
    if folder is None:
        raise WeightsError(
            f"the weights of {model.name} are not on this machine",
            f"fetch them: workbench models fetch {model.name}",
        )
    return launch.ServedModel(
        name=model.name,
        weights=folder,
        dtype=model.serving.dtype,
        max_model_len=model.serving.max_model_len,
        kv_cache_gib=settings.server.kv_cache_gib,
        cuda=has_cuda(),
        tool_parser=model.serving.tool_parser,
        flags=model.serving.flags,
    )


def server_spec(settings: Settings, served: launch.ServedModel) -> ServerSpec:
    """Return what a supervisor is to run, on a port that is free now.

    Raises:
        ResourceError: The configured port is in use.
    """
    port = control.choose_port(settings.server.port)
    preloaded = os.environ.get("LD_PRELOAD", "")
    return ServerSpec(
        model=served.name,
        command=launch.command(served, port),
        environment=launch.environment(served, Path(sys.prefix), preloaded),
        port=port,
        timing=Timing(
            start_timeout_s=settings.server.start_timeout_s,
            idle_s=settings.server.idle_minutes * 60,
        ),
    )


def check_endpoint(settings: Settings, name: str) -> str:
    """Ask a configured endpoint for its models; return one line that describes it.

    Raises:
        ConfigError: Its key is missing.
        ModelServerError: It cannot be reached, refuses, or does not serve the model.
    """
    import httpx

    endpoint = _configured(name, settings.endpoints[name])
    url = f"{endpoint.base_url}/models"
    headers = {"Authorization": f"Bearer {endpoint.api_key}"} if endpoint.api_key else {}
    try:
        reply = httpx.get(url, headers=headers, timeout=_REACH_TIMEOUT_S)
        reply.raise_for_status()
        served = [str(item["id"]) for item in reply.json()["data"]]
    except httpx.HTTPStatusError as error:
        raise ModelServerError(
            f"endpoint {name!r}: {url} answers {error.response.status_code}",
            "check its address and key in workbench.toml",
        ) from error
    except httpx.HTTPError as error:
        raise ModelServerError(
            f"endpoint {name!r}: {url} cannot be reached ({type(error).__name__})",
            "check that it runs, and its address in workbench.toml",
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelServerError(
            f"endpoint {name!r}: {url} is not an OpenAI-compatible server",
            "its address should end in /v1",
        ) from error
    if endpoint.model not in served:
        raise ModelServerError(
            f"endpoint {name!r} does not serve {endpoint.model!r}",
            f"it serves: {', '.join(served[:8]) or 'nothing'}",
        )
    return f"{endpoint.base_url} serves {endpoint.model}"


def _price(given: PriceSettings | None) -> Price | None:
    if given is None:
        return None
    return Price(given.prompt_per_million, given.completion_per_million, given.currency)
