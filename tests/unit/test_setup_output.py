import io
import re
import sys

import pytest
from fixtures.processes import runs

from workbench.setup.pip_output import explain, is_not_found, is_not_offered
from workbench.setup.process import LoggedRunner, clean_environment
from workbench.setup.progress import Progress


@pytest.mark.parametrize(
    ("said", "message", "remedy"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", "disk is full", "df -h"),
        ("SSLError(SSLCertVerificationError(1, ...))", "does not trust", "global.cert"),
        ("NewConnectionError: Failed to establish", "cannot be reached", "pip config list"),
        ("ReadTimeoutError(HTTPSConnectionPool", "cannot be reached", "run it again"),
        ("ERROR: HTTP error 403 ... 403 Client Error", "refuses this machine", "pip config list"),
        ("HTTP error: 503 Server Error: Service Unavailable", "has a fault", "wait"),
        ("ERROR: No matching distribution found for abc==9", "does not offer abc==9", "index-url"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not what the", "pip cache purge"),
        ("PermissionError: [Errno 13] Permission denied: '/x'", "may not write here", "chown"),
        ("MemoryError", "memory ran out", "end other programs"),
    ],
)
def test_each_cause_has_its_line_and_remedy(said, message, remedy):
    error = explain("installing packages", 1, ["Collecting x", said, "the end"], "the.log")
    assert message in error.message
    assert "the.log" in error.one_line()
    assert remedy in error.hint
    assert "\n" not in error.one_line()


def test_a_full_disk_outranks_what_follows_from_it():
    lines = ["[Errno 28] No space left on device", "ERROR: No matching distribution found for x"]
    assert "disk is full" in explain("a step", 1, lines, "log").message
    assert not is_not_offered(lines)
    assert is_not_found(lines)


def test_an_unknown_fault_shows_pips_last_error():
    error = explain("installing torch", 1, ["fine", "ERROR: odd thing", "hint: none"], "the.log")
    assert error.one_line().startswith("installing torch failed: ERROR: odd thing: read the.log")


def test_silence_and_a_kill_are_told_too():
    assert "no output" in explain("a step", 1, [], "log").message
    assert "the system ended pip" in explain("a step", -9, ["Collecting x"], "log").message


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_log_gets_a_line_for_each_tenth():
    stream = io.StringIO()
    progress = Progress(2, stream)
    progress.step("first")
    progress.step("installing")
    for done in range(1, 201):
        progress.count(done, 200)
    progress.note("done")
    lines = stream.getvalue().splitlines()
    assert lines[:2] == ["[1/2] first", "[2/2] installing"]
    assert lines[2:4] == ["[2/2] installing 1/200", "[2/2] installing 20/200"]
    assert lines[-2:] == ["[2/2] installing 200/200", "done"]
    assert len(lines) == 14


def test_a_terminal_gets_one_line_rewritten_and_cut_to_its_width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "24")
    stream = Terminal()
    progress = Progress(1, stream)
    progress.step("installing packages")
    progress.count(1, 200)
    progress.count(2, 200)
    progress.close()
    shown = stream.getvalue()
    assert shown.count("\n") == 1
    assert shown.endswith("\n")
    assert all(len(part) <= 23 for part in re.split(r"\r\x1b\[K", shown.rstrip("\n")))


def test_the_log_holds_the_command_and_all_output(tmp_path):
    lines = []
    script = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    run = LoggedRunner(tmp_path / "setup.log", tmp_path)
    assert run([sys.executable, "-c", script], lines.append) == 3
    assert sorted(lines) == ["err", "out"]
    log = (tmp_path / "setup.log").read_text()
    assert log.startswith(f"$ {sys.executable} -c ")
    assert "out\n" in log
    assert "err\n" in log


@pytest.mark.parametrize("stubborn", [False, True])
def test_an_interrupted_command_is_ended(tmp_path, monkeypatch, stubborn):
    monkeypatch.setattr("workbench.setup.process._PATIENCE_S", 0.3)
    ignore = "signal.signal(signal.SIGTERM, signal.SIG_IGN);" if stubborn else ""
    script = f"import os, signal, time; {ignore} print(os.getpid()); time.sleep(600)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {script!r}])"
    pids = []

    def interrupt(line):
        pids.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        LoggedRunner(tmp_path / "log", tmp_path)([sys.executable, "-c", parent], interrupt)
    assert not runs(pids[0])


def test_pip_is_not_led_outside_the_environment():
    found = clean_environment({"PIP_USER": "1", "PYTHONPATH": "/x", "PIP_FIND_LINKS": "/wheels"})
    assert "PIP_USER" not in found
    assert "PYTHONPATH" not in found
    assert found["PIP_FIND_LINKS"] == "/wheels"
    assert found["PIP_NO_INPUT"] == "1"
