"""Library output goes to the log and never to the screen."""

import logging
import os
import pty
import select
import signal
import stat
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest
from scripted import ScriptedBackend

from workbench.tui import capture
from workbench.tui.capture import LOG_NAME, OutputLog
from workbench.tui.panels import Panel

LIMIT_S = 60.0
NOISY = """
import logging, os, subprocess, sys, time, warnings
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from scripted import ScriptedBackend
from workbench import interrupts
from workbench.tui.app import ChatApp

interrupts.leave_on_interrupt("chat: interrupted")

async def opening(progress):
    print("NOISE print")
    sys.stderr.write("NOISE stderr\\n")
    logging.getLogger("some.library").warning("NOISE log")
    logging.getLogger("workbench.engine").info("NOISE ours")
    logging.getLogger("some.library").info("QUIET")
    warnings.warn("NOISE warning")
    os.write(1, b"NOISE descriptor 1\\n")
    os.write(2, b"NOISE descriptor 2\\n")
    subprocess.run(["sh", "-c", "echo NOISE child; echo NOISE child 2 >&2"])
    MODE

try:
    ChatApp(ScriptedBackend(Path(sys.argv[2]), opening=opening)).run()
except KeyboardInterrupt:
    interrupts.leave("chat: interrupted")
print("left")
"""
BLOCKING = """
    import asyncio
    await asyncio.to_thread(time.sleep, 300)
"""
BREAKING = """
    from workbench.tui.chat_screen import ChatScreen
    def broken(*_): raise RuntimeError("a fault of the client")
    ChatScreen.action_show_help = broken
"""


class Terminal:
    """A client in a pseudo-terminal."""

    def __init__(self, folder: Path, mode: str = "pass") -> None:
        code = NOISY.replace("    MODE", f"    {mode.strip()}")
        command = [sys.executable, "-c", code, str(Path(__file__).parent), str(folder)]
        self.master, slave = pty.openpty()
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, close_fds=True
        )
        os.close(slave)
        self.output = b""

    def read_until(self, done) -> None:
        end = time.monotonic() + LIMIT_S
        while not done():
            assert time.monotonic() < end, self.output[-2000:]
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    self.output += os.read(self.master, 65536)
                except OSError:  # the other side is closed
                    break

    def quit(self) -> int:
        os.write(self.master, b"\x11")
        self.read_until(lambda: self.process.poll() is not None)
        return self.process.wait(LIMIT_S)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)


@pytest.fixture
def terminal(folder):
    opened = []

    def open_terminal(mode: str = "pass") -> Terminal:
        opened.append(Terminal(folder, mode))
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.close()


def test_nothing_of_the_libraries_reaches_the_terminal(terminal, folder):
    client = terminal()
    client.read_until(lambda: b"ready" in client.output)
    assert client.quit() == 0
    assert b"NOISE" not in client.output
    assert b"left" in client.output
    log = (folder / "logs" / LOG_NAME).read_text()
    kinds = "print,stderr,log,ours,warning,descriptor 1,descriptor 2,child,child 2"
    for kind in kinds.split(","):
        assert f"NOISE {kind}\n" in log
    assert "QUIET" not in log


def test_leaving_does_not_wait_for_a_thread_that_waits(terminal):
    client = terminal(BLOCKING)
    client.read_until(lambda: b"starting" in client.output)
    assert client.quit() == 0


def test_ctrl_c_from_outside_closes_the_client_and_its_command_is_interrupted(terminal):
    client = terminal(BLOCKING)
    client.read_until(lambda: b"starting" in client.output)
    client.process.send_signal(signal.SIGINT)
    client.read_until(lambda: client.process.poll() is not None)
    assert client.process.wait(LIMIT_S) == 130
    assert b"chat: interrupted" in client.output.rpartition(b"\x1b[?1049l")[2]
    assert b"Traceback" not in client.output


def test_a_fault_of_the_client_is_logged_and_told_in_one_line(terminal, folder):
    client = terminal(BREAKING)
    client.read_until(lambda: b"ready" in client.output)
    os.write(client.master, b"\x1bOP")
    client.read_until(lambda: client.process.poll() is not None)
    assert client.process.wait(LIMIT_S) == 1
    assert b"the chat client broke off" in client.output
    assert b"a fault of the client" not in client.output
    assert "a fault of the client" in (folder / "logs" / LOG_NAME).read_text()


def test_the_log_is_private_and_shows_its_end(folder, monkeypatch):
    monkeypatch.setattr(capture, "TAIL_BYTES", 12)
    log = OutputLog(folder)
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    log.write("first\nsecond\nthird\n")
    assert log.tail() == "third\n"
    log.path.unlink()
    assert "cannot be read" in log.tail()


def test_a_large_log_is_put_aside(folder, monkeypatch):
    monkeypatch.setattr(capture, "KEEP_BYTES", 3)
    OutputLog(folder).write("long")
    assert OutputLog(folder).path.read_text() == ""
    assert (folder / "chat.log.1").read_text() == "long"


def test_a_folder_that_cannot_be_written_leads_to_a_temporary_log(tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    log = OutputLog(blocked / "logs")
    log.write("kept")
    assert log.tail() == "kept"
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    log.path.unlink()


def test_logging_is_put_back(folder):
    before = logging.getLogger().handlers[:], logging.getLogger("workbench").level
    log = OutputLog(folder)
    with log.logging():
        logging.getLogger("x").error("kept")
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("also kept", stacklevel=1)
    assert (logging.getLogger().handlers[:], logging.getLogger("workbench").level) == before
    assert "kept" in log.tail()
    assert "also kept" in log.tail()


async def test_the_log_screen_shows_what_was_printed(open_chat, folder):
    async def opening(progress):
        sys.stdout.write("a [bold]line[/nothing] of a library")

    async with open_chat(ScriptedBackend(folder, opening=opening)) as chat:
        await chat.until_shown("ready")
        await chat.pilot.press("ctrl+l")
        await chat.until(lambda: isinstance(chat.app.screen, Panel))
        await chat.until_shown("a [bold]line[/nothing] of a library")
        await chat.pilot.press("ctrl+l")
        await chat.until(lambda: chat.app.screen is chat.screen)
