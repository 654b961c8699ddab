"""The middleware, inside vLLM, that asks for the key.

vLLM guards only paths under `/v1` and a few others: `/invocations` (which generates), `/tokenize`
or `/metrics` answer anybody who can reach the port, hence any user of the machine. This asks for
the key everywhere but at `/health`. It also dates a file at each request, by which the supervisor
knows when nobody uses the server any more.
"""

import hmac
import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from workbench.services.vllm.processes import MARK
from workbench.services.vllm.registry import ServerFolder

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_OPEN = "/health"
_NOT_A_USE = "/metrics"


class RequireKey:
    """ASGI middleware: 401 without the key of `VLLM_API_KEY`."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._expected = f"Bearer {os.environ['VLLM_API_KEY']}".encode()
        self._folder = ServerFolder(Path(os.environ[MARK]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an allowed request on; refuse another."""
        if scope["type"] == "lifespan" or scope["path"] == _OPEN:
            await self._app(scope, receive, send)
        elif not self._allowed(scope):
            await _refuse(scope, send)
        elif scope["path"] == _NOT_A_USE:
            await self._app(scope, receive, send)
        else:
            self._folder.note_use()
            await self._app(scope, receive, send)
            self._folder.note_use()

    def _allowed(self, scope: Scope) -> bool:
        given = dict(scope["headers"]).get(b"authorization", b"")
        return hmac.compare_digest(given, self._expected)


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    body = b'{"error": {"message": "this server needs its API key", "code": 401}}'
    headers = [(b"content-type", b"application/json"), (b"www-authenticate", b"Bearer")]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": body})
