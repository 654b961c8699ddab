"""The chat client in a browser, on this machine only.

Whoever reaches the page has the client, so the address holds a random key: other users of the
machine, and pages of other sites, do not know it.
"""

import logging
import secrets
import shlex
import socket
import sys
from collections.abc import Awaitable, Callable

from aiohttp import web
from textual_serve.server import Server

from workbench.errors import ResourceError

HOST = "127.0.0.1"
PORTS = range(8000, 8020)
COOKIE = "workbench-key"
# the page of textual-serve asks for a font of another site; this machine's own is used instead
POLICY = "style-src 'self' 'unsafe-inline'; font-src 'self' data:; frame-ancestors 'none'"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def serve(arguments: list[str]) -> None:
    """Serve `workbench ARGUMENTS` until ctrl+c; every tab is a client of its own.

    Raises:
        ResourceError: No port is free.
    """
    command = shlex.join([sys.executable, "-m", "workbench", *arguments])
    KeyedServer(command, free_port(), secrets.token_urlsafe(24)).serve()


def free_port() -> int:
    """Return the first free port of those that the client is served on.

    Raises:
        ResourceError: None is free.
    """
    for port in PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise ResourceError(
        f"the ports {PORTS.start} to {PORTS.stop - 1} are all in use", "close another program"
    )


class KeyedServer(Server):  # type: ignore[misc]
    """Serves a command to browsers that know a key.

    Args:
        command: The client's command line.
        port: The loopback port.
        key: The key.
    """

    def __init__(self, command: str, port: int, key: str) -> None:
        super().__init__(command, host=HOST, port=port, title="workbench")
        self._key = key

    @property
    def address(self) -> str:
        """The address that lets a browser in."""
        return f"{self.public_url}/?key={self._key}"

    def initialize_logging(self) -> None:
        """Tell only what went wrong: requests would be told with the key in them."""
        logging.basicConfig(level=logging.WARNING)

    async def on_startup(self, app: web.Application) -> None:
        """Say where the client is."""
        self.console.print(f"Open {self.address}\nctrl+c ends it", markup=False, soft_wrap=True)

    async def _make_app(self) -> web.Application:
        app: web.Application = await super()._make_app()
        app.middlewares.append(self._guard)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let in those who know the key, by this machine's own address."""
        if request.host != f"{HOST}:{self.port}":
            raise web.HTTPForbidden(text="open the address that workbench printed\n")
        if self._knows(request.query.get("key", "")):
            entered = web.HTTPFound("/")
            entered.set_cookie(COOKIE, self._key, httponly=True, samesite="Strict")
            raise entered
        if not self._knows(request.cookies.get(COOKIE, "")):
            raise web.HTTPForbidden(text="open the address that workbench printed\n")
        response = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = POLICY
        return response

    def _knows(self, key: str) -> bool:
        return secrets.compare_digest(key.encode(), self._key.encode())
