"""Which server answers for a model, and what is said when none can."""

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from workbench.config import load_settings
from workbench.errors import (
    ConfigError,
    ModelServerError,
    ResourceError,
    UnknownNameError,
    WeightsError,
)
from workbench.services import endpoints, weights
from workbench.services.vllm import control, launch

FAKE = Path(__file__).parents[1] / "fixtures" / "fake_server.py"
SMALLEST = "smollm2-135m-instruct"

REMOTE = """
[endpoints.away]
base_url = "http://127.0.0.1:{port}/v1/"
model = "big"
context_window = 8192
api_key_env = "AWAY_KEY"
price = {{prompt_per_million = 0.5, completion_per_million = 1.5}}
[endpoints.plain]
base_url = "http://127.0.0.1:{port}/v1"
model = "big"
"""


def settings_with(tmp_path, text="", **given):
    (tmp_path / "workbench.toml").write_text(text)
    return load_settings(
        tmp_path, state_dir=tmp_path / "state", cache_dir=tmp_path / "cache", **given
    )


@pytest.fixture
def remote(tmp_path):
    return settings_with(tmp_path, REMOTE.format(port=1))


def test_a_model_is_found_by_its_name(remote):
    assert endpoints.resolve_model(remote, SMALLEST) == SMALLEST
    assert endpoints.resolve_model(remote, "away") == "away"


@pytest.mark.parametrize(
    ("cuda", "model"), [(False, "qwen2.5-coder-1.5b-instruct-8bit"), (True, "qwen2.5-7b-instruct")]
)
def test_auto_is_the_default_for_the_machine(remote, monkeypatch, cuda, model):
    monkeypatch.setattr(endpoints, "has_cuda", lambda: cuda)
    assert endpoints.resolve_model(remote, None) == model


def test_the_configured_model_counts_when_none_is_named(tmp_path):
    assert endpoints.resolve_model(settings_with(tmp_path, model=SMALLEST), None) == SMALLEST


@pytest.mark.parametrize(("name", "nearest"), [("smollm", SMALLEST), ("awy", "away")])
def test_an_unknown_model_names_the_nearest(remote, name, nearest):
    with pytest.raises(UnknownNameError) as caught:
        endpoints.ensure_endpoint(remote, name)
    assert name in caught.value.message
    assert nearest in caught.value.hint


def test_nothing_near_points_to_the_list(remote):
    with pytest.raises(UnknownNameError, match="no model 'zzzzz'") as caught:
        endpoints.resolve_model(remote, "zzzzz")
    assert "workbench models list" in caught.value.hint


def test_a_configured_endpoint_is_returned_with_its_price(remote, monkeypatch):
    monkeypatch.setenv("AWAY_KEY", "sesame")
    endpoint = endpoints.ensure_endpoint(remote, "away")
    assert endpoint.base_url == "http://127.0.0.1:1/v1"
    assert (endpoint.model, endpoint.context_window, endpoint.local) == ("big", 8192, False)
    assert endpoint.price == endpoints.Price(0.5, 1.5, "USD")
    assert endpoint.api_key == "sesame"
    assert "sesame" not in repr(endpoint)
    assert endpoints.ensure_endpoint(remote, "plain").price is None


def test_a_missing_key_is_named(remote, monkeypatch):
    monkeypatch.delenv("AWAY_KEY", raising=False)
    with pytest.raises(ConfigError, match="AWAY_KEY"):
        endpoints.ensure_endpoint(remote, "away")


class Handler(BaseHTTPRequestHandler):
    reply = (200, b'{"data": [{"id": "big"}]}')
    asked: tuple[str, str | None] = ("", None)

    def do_GET(self):
        Handler.asked = (self.path, self.headers.get("Authorization"))
        status, body = Handler.reply
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def reachable(tmp_path, monkeypatch):
    monkeypatch.setenv("AWAY_KEY", "sesame")
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield settings_with(tmp_path, REMOTE.format(port=server.server_port))
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_reachable_endpoint_is_described(reachable, monkeypatch):
    monkeypatch.setattr(Handler, "reply", (200, b'{"data": [{"id": "big"}]}'))
    assert "serves big" in endpoints.check_endpoint(reachable, "away")
    assert Handler.asked == ("/v1/models", "Bearer sesame")
    endpoints.check_endpoint(reachable, "plain")
    assert Handler.asked == ("/v1/models", None)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ((401, b""), "answers 401"),
        ((200, b"<html>"), "is not an OpenAI-compatible server"),
        ((200, b"[]"), "is not an OpenAI-compatible server"),
        ((200, b'{"data": [{"id": "small"}]}'), "does not serve 'big'"),
    ],
)
def test_a_wrong_endpoint_is_told(reachable, monkeypatch, reply, said):
    monkeypatch.setattr(Handler, "reply", reply)
    with pytest.raises(ModelServerError) as caught:
        endpoints.check_endpoint(reachable, "away")
    assert said in caught.value.message
    assert "sesame" not in caught.value.one_line()


def test_an_endpoint_that_cannot_be_reached_names_its_address(tmp_path):
    settings = settings_with(tmp_path, REMOTE.format(port=control.choose_port(0)))
    with pytest.raises(ModelServerError, match=r"http://127.0.0.1:\d+/v1/models cannot be reached"):
        endpoints.check_endpoint(settings, "plain")


@pytest.fixture
def local(tmp_path, monkeypatch):
    """The smallest model with stand-in weights, and a stand-in for vLLM."""
    folder = tmp_path / "weights"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"\0" * 100)
    modes = ["serve"]

    def command(model, port):
        return [sys.executable, str(FAKE), modes[0], "--port", str(port)]

    monkeypatch.setattr(weights, "local_path", lambda model, settings: folder)
    monkeypatch.setattr(endpoints, "has_cuda", lambda: False)
    monkeypatch.setattr(control, "available_memory", lambda: 64 * launch.GIB)
    monkeypatch.setattr(launch, "command", command)
    settings = settings_with(tmp_path, model=SMALLEST)
    yield settings, modes
    control.stop_all(settings.state_dir)


def test_a_local_model_is_started_and_described(local):
    settings, _ = local
    told = []
    endpoint = endpoints.ensure_endpoint(settings, None, told.append)
    assert (endpoint.name, endpoint.model, endpoint.local) == (SMALLEST, SMALLEST, True)
    assert (endpoint.quantisation, endpoint.context_window) == ("bf16", 2048)
    assert endpoint.weights.startswith("Q4_1 GGUF")
    assert endpoint.price is None
    assert control.answers(int(endpoint.base_url.split(":")[2].removesuffix("/v1")))
    assert told[0] == f"starting the model server of {SMALLEST}"
    assert endpoints.ensure_endpoint(settings, SMALLEST) == endpoint


def test_weights_that_are_not_here_name_the_command(tmp_path):
    with pytest.raises(WeightsError) as caught:
        endpoints.ensure_endpoint(settings_with(tmp_path), SMALLEST)
    assert f"workbench models fetch {SMALLEST}" in caught.value.hint
    assert not (tmp_path / "state" / "servers").exists()


def test_too_little_memory_starts_nothing(local, monkeypatch):
    settings, _ = local
    monkeypatch.setattr(control, "available_memory", lambda: launch.GIB)
    with pytest.raises(ResourceError, match="GiB of memory"):
        endpoints.ensure_endpoint(settings, None)
    assert control.list_servers(settings.state_dir) == []


def test_a_failed_start_looks_at_the_weights(local, monkeypatch):
    settings, modes = local
    modes[0] = "corrupt"

    def verify(model, settings, progress):
        raise WeightsError("model.safetensors differs", "fetch it again")

    monkeypatch.setattr(weights, "verify", verify)
    with pytest.raises(WeightsError, match="differs"):
        endpoints.ensure_endpoint(settings, None)


def test_a_failed_start_with_whole_weights_stays_the_servers_fault(local, monkeypatch):
    settings, modes = local
    modes[0] = "corrupt"
    monkeypatch.setattr(weights, "verify", lambda *_: None)
    with pytest.raises(ModelServerError, match="damaged"):
        endpoints.ensure_endpoint(settings, None)


def test_the_configured_port_is_used_and_a_taken_one_refused(local):
    settings, _ = local
    port = control.choose_port(0)
    fixed = settings.model_copy(
        update={"server": settings.server.model_copy(update={"port": port})}
    )
    assert endpoints.ensure_endpoint(fixed, None).base_url == f"http://127.0.0.1:{port}/v1"
    other = fixed.server.model_copy(update={"kv_cache_gib": 1.0})
    with pytest.raises(ResourceError, match=f"port {port}"):
        endpoints.ensure_endpoint(fixed.model_copy(update={"server": other}), None)


def test_no_heavy_library_is_imported():
    script = (
        "import sys, workbench.services.endpoints; "
        "print(sorted({'vllm', 'torch', 'transformers', 'httpx'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ran.stdout == "[]\n"
