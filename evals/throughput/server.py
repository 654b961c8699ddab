"""The model server between two contestants: started anew, warmed up, and asked for its counts."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable

from workbench.config import Settings
from workbench.services.endpoints import Endpoint, ensure_endpoint, resolve_model
from workbench.services.vllm import control

COUNTERS = {
    "requests": "vllm:request_success_total",
    "prompt_tokens": "vllm:prompt_tokens_total",
    "completion_tokens": "vllm:generation_tokens_total",
    "cached_prompt_tokens": "vllm:prefix_cache_hits_total",
}
"""What the server counts, by vLLM's names; equal for contestants that sent the same."""


def fresh_server(settings: Settings, say: Callable[[str], None]) -> Endpoint:
    """Return the endpoint; a local server is started anew, so that it remembers no prompt.

    vLLM can forget its prefix cache only in a mode for developers, which ours is not run in. One
    request about something else warms its kernels up.

    Raises:
        SystemExit: A model server runs for another workspace: it would be warm, or in the way.
        WorkbenchError: It does not start.
    """
    if resolve_model(settings, None) not in settings.endpoints:
        control.release(settings.state_dir, settings.workspace)
        left = [server.model for server in control.list_servers(settings.state_dir) if server.pid]
        if left:
            raise SystemExit(f"the server of {left[0]} still runs, for another workspace: end it")
    endpoint = ensure_endpoint(settings, None, say)
    _post(endpoint, "Say hello.")
    return endpoint


def counts(endpoint: Endpoint) -> dict[str, float] | None:
    """Return the server's counts so far; `None` for a server that does not tell."""
    request = urllib.request.Request(  # noqa: S310 - the address is the endpoint's own
        endpoint.base_url.removesuffix("/v1") + "/metrics", headers=_headers(endpoint)
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310 - as above
            return read_counts(reply.read().decode())
    except urllib.error.URLError:
        return None


def read_counts(text: str) -> dict[str, float] | None:
    """Read the counts from vLLM's metrics page (Prometheus text format), over all labels."""
    found: dict[str, float] = {}
    for name, counter in COUNTERS.items():
        lines = [
            line for line in text.splitlines() if line.startswith((counter + "{", counter + " "))
        ]
        if lines:
            found[name] = sum(float(line.rpartition(" ")[2]) for line in lines)
    return found or None


def counted(
    before: dict[str, float] | None, after: dict[str, float] | None
) -> dict[str, float] | None:
    """Return what the server counted between two looks; `None` where it did not tell."""
    if before is None or after is None:
        return None
    return {name: value - before.get(name, 0.0) for name, value in after.items()}


def _post(endpoint: Endpoint, text: str) -> None:
    body = {
        "model": endpoint.model,
        "messages": [{"role": "user", "content": text}],
        "max_tokens": 8,
        "temperature": 0,
    }
    request = urllib.request.Request(  # noqa: S310 - the address is the endpoint's own
        endpoint.base_url + "/chat/completions",
        data=json.dumps(body).encode(),
        headers=_headers(endpoint),
    )
    with urllib.request.urlopen(request, timeout=300) as reply:  # noqa: S310 - as above
        reply.read()


def _headers(endpoint: Endpoint) -> dict[str, str]:
    key = endpoint.api_key or "none"
    return {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
