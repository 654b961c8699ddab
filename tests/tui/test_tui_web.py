"""The client in a browser: only for those who know the key."""

import asyncio
import json
import re
import shlex
import socket
import sys
import threading
from pathlib import Path

import aiohttp
import psutil
import pytest
from aiohttp.test_utils import TestServer

from workbench.errors import ResourceError
from workbench.tui import web
from workbench.tui.web import COOKIE, HOST, KeyedServer, free_port

CLIENT = [sys.executable, str(Path(__file__).parent / "play.py"), "0"]


@pytest.fixture
async def server():
    """A running server; it starts a client for each socket."""
    port = free_port()
    keyed = KeyedServer(shlex.join(CLIENT), port, "the-key")
    running = TestServer(await keyed._make_app(), host=HOST, port=port)
    await running.start_server()
    yield keyed
    await running.close()


@pytest.fixture
async def browser():
    """A browser that keeps cookies."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


async def test_the_printed_address_lets_in_and_nothing_else_does(server, browser):
    for path in ("/", "/?key=wrong", "/ws", "/static/js/textual.js", "/download/x"):
        async with browser.get(server.public_url + path) as answer:
            assert answer.status == 403
    async with browser.get(server.address) as page:
        assert page.status == 200
        assert "key=" not in str(page.url)
        assert "font-src 'self'" in page.headers["Content-Security-Policy"]
        assert f"ws://{HOST}:{server.port}/ws" in await page.text()
    cookie = next(cookie for cookie in browser.cookie_jar if cookie.key == COOKIE)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    async with browser.get(f"{server.public_url}/static/js/textual.js") as script:
        assert script.status == 200


async def test_another_name_for_this_machine_is_refused(server, browser):
    headers = {"Host": f"evil.example:{server.port}"}
    async with browser.get(server.address, headers=headers) as answer:
        assert answer.status == 403


async def test_a_browser_gets_a_client(server, browser):
    async with browser.get(server.address):
        pass
    received = b""
    async with browser.ws_connect(f"{server.public_url}/ws?width=90&height=30") as client:
        async for message in client:
            received += message.data if isinstance(message.data, bytes) else b""
            if b"ready" in received:
                break
        await client.send_str(json.dumps(["stdin", "\x11"]))
        async for _ in client:
            pass
    await all_clients_ended()
    assert "Hotel Paradise" in re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", received.decode())


async def all_clients_ended() -> None:
    for _ in range(600):
        children = psutil.Process().children()
        if not any("play.py" in " ".join(child.cmdline()) for child in children):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("a client goes on")


def test_busy_ports_are_passed_over(monkeypatch):
    with socket.socket() as busy:
        busy.bind((HOST, 0))
        busy.listen()
        port = busy.getsockname()[1]
        monkeypatch.setattr(web, "PORTS", range(port, port + 1))
        with pytest.raises(ResourceError, match="all in use"):
            free_port()


def test_serve_runs_the_command_line_until_it_is_stopped(monkeypatch):
    served = threading.Event()
    commands = []

    def run(self, debug=False):
        commands.append(self.command)
        served.set()

    monkeypatch.setattr(KeyedServer, "serve", run)
    web.serve(["chat", "hotel", "--model", "a b"])
    assert served.is_set()
    assert commands == [f"{sys.executable} -m workbench chat hotel --model 'a b'"]
