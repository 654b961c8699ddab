"""The middleware that asks for the key."""

import pytest

from workbench.services.vllm.access import RequireKey
from workbench.services.vllm.processes import MARK

KEY = "s3cret"


@pytest.fixture
def ask(tmp_path, monkeypatch):
    monkeypatch.setenv("VLLM_API_KEY", KEY)
    monkeypatch.setenv(MARK, str(tmp_path))

    async def inner(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    guard = RequireKey(inner)

    async def ask(path, authorization=None, kind="http"):
        sent = []
        headers = [] if authorization is None else [(b"authorization", authorization.encode())]

        async def send(message):
            sent.append(message)

        scope = {"type": kind, "path": path, "headers": headers, "method": "POST"}
        await guard(scope, None, send)
        return sent

    return ask


@pytest.mark.parametrize(
    "path", ["/v1/models", "/invocations", "/tokenize", "/metrics", "/", "/healthy"]
)
@pytest.mark.parametrize("authorization", [None, "", "Bearer ", "Bearer wrong", KEY, "Bearer ké"])
async def test_without_the_key_every_path_is_refused(ask, tmp_path, path, authorization):
    sent = await ask(path, authorization)
    assert sent[0]["status"] == 401
    assert KEY.encode() not in sent[1]["body"]
    assert not (tmp_path / "used").exists()


async def test_health_needs_no_key(ask, tmp_path):
    assert (await ask("/health"))[0]["status"] == 200
    assert not (tmp_path / "used").exists()


async def test_with_the_key_requests_pass_and_are_dated(ask, tmp_path):
    assert (await ask("/v1/chat/completions", f"Bearer {KEY}"))[0]["status"] == 200
    assert (tmp_path / "used").stat().st_mode & 0o777 == 0o600


async def test_reading_metrics_is_no_use(ask, tmp_path):
    assert (await ask("/metrics", f"Bearer {KEY}"))[0]["status"] == 200
    assert not (tmp_path / "used").exists()


async def test_a_websocket_without_the_key_is_closed(ask):
    assert await ask("/v1/realtime", kind="websocket") == [
        {"type": "websocket.close", "code": 1008}
    ]


async def test_start_and_end_of_the_server_pass(monkeypatch, tmp_path):
    monkeypatch.setenv("VLLM_API_KEY", KEY)
    monkeypatch.setenv(MARK, str(tmp_path))
    seen = []

    async def inner(scope, receive, send):
        seen.append(scope["type"])

    await RequireKey(inner)({"type": "lifespan"}, None, None)
    assert seen == ["lifespan"]
