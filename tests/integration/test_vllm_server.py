"""The smallest model on a real vLLM: access, restart, and what is left behind."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import httpx
import psutil
import pytest

from workbench.config import load_settings
from workbench.errors import WeightsError
from workbench.services.catalogue import load_catalogue
from workbench.services.endpoints import ensure_endpoint
from workbench.services.vllm.processes import alive, members
from workbench.services.vllm.registry import READY, ServerFolder
from workbench.services.weights import local_path

pytestmark = [pytest.mark.served, pytest.mark.timeout(600)]

NOBODY = 65534


@pytest.fixture
def folder(served_model) -> ServerFolder:
    (path,) = (served_model.settings.state_dir / "servers").iterdir()
    return ServerFolder(path)


def authorised(served) -> dict[str, str]:
    return {"Authorization": f"Bearer {served.endpoint.api_key}"}


def chat(served, **more):
    messages = [{"role": "user", "content": "Name three colours."}]
    return {"model": served.endpoint.model, "messages": messages, "temperature": 0, **more}


def test_streams_an_answer_with_its_usage(served_model):
    url = f"{served_model.endpoint.base_url}/chat/completions"
    body = chat(served_model, stream=True, max_tokens=12)
    with httpx.stream(
        "POST", url, json=body, headers=authorised(served_model), timeout=60
    ) as reply:
        lines = [line[6:] for line in reply.iter_lines() if line.startswith("data: {")]
    pieces = [json.loads(line) for line in lines]
    assert sum(bool(piece["choices"]) for piece in pieces) >= 2
    assert pieces[-1]["usage"]["completion_tokens"] == 12
    assert "cached_tokens" in pieces[-1]["usage"]["prompt_tokens_details"]


@pytest.mark.parametrize(
    "path", ["/v1/models", "/v1/chat/completions", "/invocations", "/tokenize", "/metrics"]
)
def test_nothing_but_health_answers_without_the_key(served_model, path):
    root = served_model.endpoint.base_url.removesuffix("/v1")
    assert httpx.post(f"{root}{path}", json=chat(served_model)).status_code == 401
    assert httpx.get(f"{root}{path}", headers={"Authorization": "Bearer x"}).status_code == 401
    assert httpx.get(f"{root}/health").status_code == 200


def test_it_listens_on_the_loopback_interface_only(folder):
    addresses = {
        connection.laddr.ip
        for who in members(folder.path)
        for connection in psutil.Process(who.pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}


def test_the_key_stands_in_no_command_line_and_no_log(served_model, folder):
    key = served_model.endpoint.api_key
    lines = [Path(f"/proc/{who.pid}/cmdline").read_text() for who in members(folder.path)]
    assert len(lines) >= 3
    assert not any(key in line for line in lines)
    assert key not in folder.log.read_text()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can act as another user")
def test_another_user_reads_neither_the_key_nor_the_environment(served_model, folder):
    server = folder.read_state().server
    for path in (folder.path / "key", Path(f"/proc/{server.pid}/environ")):
        tried = subprocess.run(
            ["/bin/cat", str(path)],
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            capture_output=True,
            text=True,
        )
        assert tried.returncode != 0
        assert served_model.endpoint.api_key not in tried.stdout


def test_a_second_command_attaches(served_model, folder):
    before = folder.read_state().server
    assert ensure_endpoint(served_model.settings, None) == served_model.endpoint
    assert folder.read_state().server == before


def test_killed_in_mid_answer_it_comes_back_and_leaves_nothing(served_model, folder):
    before = folder.read_state()
    old = members(folder.path)
    url = f"{served_model.endpoint.base_url}/chat/completions"
    body = chat(served_model, stream=True, max_tokens=1500, ignore_eos=True)
    with (
        pytest.raises(httpx.HTTPError),
        httpx.stream("POST", url, json=body, headers=authorised(served_model)) as reply,
    ):
        for number, _ in enumerate(reply.iter_lines()):
            if number == 5:
                os.kill(before.server.pid, signal.SIGKILL)
    assert ensure_endpoint(served_model.settings, None) == served_model.endpoint
    state = folder.read_state()
    assert (state.phase, state.restarts) == (READY, before.restarts + 1)
    assert not any(alive(who) for who in old)
    for name in before.shared_memory:
        assert not Path("/dev/shm", name).exists()
    assert not Path(before.scratch).exists()
    reply = httpx.post(
        url, json=chat(served_model, max_tokens=3), headers=authorised(served_model), timeout=60
    )
    assert reply.json()["usage"]["completion_tokens"] == 3


def test_damaged_weights_are_named_with_the_mend(served_model, tmp_path):
    model = load_catalogue().get(served_model.endpoint.name)
    whole = local_path(model, served_model.settings)
    settings = load_settings(
        served_model.settings.workspace, state_dir=tmp_path / "state", cache_dir=tmp_path / "cache"
    )
    damaged = tmp_path / "cache" / whole.relative_to(served_model.settings.cache_dir)
    shutil.copytree(whole, damaged)
    with (damaged / "model.safetensors").open("r+b") as file:
        file.write(b"garbage!")
    with pytest.raises(WeightsError) as caught:
        ensure_endpoint(settings, None)
    assert f"workbench models fetch {model.name}" in caught.value.one_line()
