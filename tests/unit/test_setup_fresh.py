import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.errors import ResourceError
from workbench.setup import fresh
from workbench.setup.fresh import Place, Summary, clone, fresh_environment, prove, run_target
from workbench.setup.terminal import Terminal

CLIENT = """
import curses, sys
def main(window):
    curses.echo()
    window.addstr(0, 0, "ask: ")
    window.refresh()
    question = window.getstr().decode()
    window.addstr(2, 0, f"You asked {question}")
    window.addstr(3, 0, "Sources")
    curses.raw()
    window.refresh()
    while window.getch() != 17:
        pass
curses.wrapper(main)
"""
MAKEFILE = f"""
.PHONY: test chat broken
test:
\t@test -z "$$SECRET" && test "$$HOME" = "$(CURDIR)/../home" -o -d "$$HOME"
\t@echo tested > result
chat:
\t@{sys.executable} client.py
broken:
\t@exit 3
"""


@pytest.fixture
def source(tmp_path):
    """A committed checkout whose targets stand for the real ones."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "Makefile").write_text(MAKEFILE)
    (folder / "client.py").write_text(CLIENT)
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    (folder / "uncommitted").touch()
    return folder


@pytest.fixture
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fresh")
    return Place(folder)


def test_only_the_path_and_pips_settings_stay(place, tmp_path):
    settings = tmp_path / ".config" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True)
    settings.touch()
    given = {
        "PATH": "/usr/bin",
        "HOME": str(tmp_path),
        "SECRET": "x",
        "PIP_FIND_LINKS": "/wheels",
        "PIP_CACHE_DIR": "/cache",
        "WORKBENCH_MODEL": "m",
        "PYTHONPATH": "/x",
        "XDG_CACHE_HOME": "/y",
    }
    found = fresh_environment(place, given)
    assert not {"SECRET", "PIP_CACHE_DIR", "WORKBENCH_MODEL", "PYTHONPATH"} & found.keys()
    assert found["PIP_FIND_LINKS"] == "/wheels"
    assert found["PIP_CONFIG_FILE"] == str(settings)
    assert found["PATH"].endswith(":/usr/bin")
    own = ["HOME", "TMPDIR", *(name for name in found if name.startswith("XDG_"))]
    assert all(found[name].startswith(str(place.folder)) for name in own)
    assert found["LANG"] == "C.UTF-8"


def test_the_clone_holds_what_is_committed(source, place):
    clone(source, place)
    assert (place.checkout / "Makefile").is_file()
    assert not (place.checkout / "uncommitted").exists()
    assert list(place.home.iterdir()) == []


def test_what_git_cannot_clone_is_told(tmp_path, place):
    with pytest.raises(ResourceError, match="git cannot clone"):
        clone(tmp_path / "nothing", place)


def test_a_target_runs_in_the_clone(source, place, monkeypatch):
    monkeypatch.setenv("SECRET", "x")
    clone(source, place)
    run_target("test", place)
    assert (place.checkout / "result").read_text() == "tested\n"


def test_a_failing_or_endless_target_is_told(source, place):
    clone(source, place)
    with pytest.raises(ResourceError, match="make broken ended with 2"):
        run_target("broken", place)
    with pytest.raises(ResourceError, match="took over 0 s"):
        run_target("test", place, limit_s=0.0)


needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


@needs_tmux
def test_the_chat_is_asked_and_left_as_a_person_would(source, place):
    clone(source, place)
    screen = fresh.chat(place)
    assert f"You asked {fresh.QUESTION}" in screen
    assert fresh.ANSWERED in screen


@needs_tmux
def test_a_program_that_ends_early_is_told_with_its_last_lines(tmp_path):
    terminal = Terminal(tmp_path / "s", tmp_path, {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"})
    with (
        pytest.raises(ResourceError, match="it did not open: the program ended") as caught,
        terminal.running("echo setup: the disk is full; sleep 0.2"),
    ):
        terminal.wait(terminal.is_full_screen, 30.0, "it did not open")
    assert "the disk is full" in caught.value.hint


@needs_tmux
def test_a_program_that_does_not_come_to_it_is_told_and_ended(tmp_path):
    terminal = Terminal(tmp_path / "s", tmp_path, {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"})
    with (
        pytest.raises(ResourceError, match="it did not open within 0 s"),
        terminal.running("sleep 600"),
    ):
        terminal.wait(terminal.is_full_screen, 0.0, "it did not open")
    with pytest.raises(ResourceError, match="tmux cannot capture-pane"):
        terminal.screen()


def test_without_tmux_the_remedy_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    terminal = Terminal(tmp_path / "s", tmp_path, {})
    with pytest.raises(ResourceError, match="tmux is missing"), terminal.running("true"):
        pass


def test_a_faultless_run_is_summed_up(source, place):
    targets = {"test": lambda: run_target("test", place), "chat": lambda: "a screen"}
    summary = prove(source, place, targets)
    assert summary.faults == []
    assert list(summary.seconds) == ["test", "chat"]
    assert summary.screen == "a screen"
    assert summary.peak_disk > 0
    assert summary.text().endswith("nothing was left behind")


def test_a_process_left_behind_is_a_fault(source, place, monkeypatch):
    monkeypatch.setattr(fresh, "ENDING_LIMIT_S", 0.0)
    left = []

    def leave():
        command = [sys.executable, "-c", "import time; time.sleep(600)"]
        left.append(subprocess.Popen(command, cwd=place.checkout))

    try:
        summary = prove(source, place, {"test": leave})
    finally:
        left[0].kill()
        left[0].wait()
    (fault,) = summary.faults
    assert fault.startswith(f"left behind: process {left[0].pid} ")
    assert f"FAULT: {fault}" in summary.text()


def test_the_services_are_stopped_even_after_a_failure(source, place):
    def make_command_then_fail():
        command = place.checkout / ".venv" / "bin" / "workbench"
        command.parent.mkdir(parents=True)
        command.write_text('#!/bin/sh\necho "$@" > stopped\n')
        command.chmod(0o755)
        raise ResourceError("make test ended with 2", "see above")

    summary = prove(source, place, {"test": make_command_then_fail})
    assert summary.faults == ["make test ended with 2: see above"]
    assert (place.checkout / "stopped").read_text() == "down --all\n"


@pytest.mark.parametrize("faults", [[], ["left behind: x"]])
def test_a_faulty_run_keeps_its_folder(monkeypatch, capsys, tmp_path, faults):
    folder = tmp_path / "workbench-fresh"
    folder.mkdir()
    asked = []

    def fake(root, place, targets):
        asked.extend(targets)
        return Summary(seconds={"test": 12.3}, screen="a screen", faults=faults)

    monkeypatch.setattr(fresh, "prove", fake)
    monkeypatch.setattr(fresh.tempfile, "mkdtemp", lambda prefix: str(folder))
    monkeypatch.setattr(sys, "argv", ["fresh"])
    assert fresh.main() == bool(faults)
    assert asked == ["test", "chat"]
    assert folder.exists() == bool(faults)
    out = capsys.readouterr().out
    assert out.startswith("a screen\ntest: 12 s\n")


def test_an_interrupted_run_names_its_folder(monkeypatch, capsys):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(fresh, "prove", interrupt)
    monkeypatch.setattr(sys, "argv", ["fresh", "--only", "setup"])
    assert fresh.main() == 130
    folder = capsys.readouterr().err.split("remove ")[1].strip()
    Path(folder).rmdir()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_no_process(tmp_path, sent):
    script = (
        "import subprocess, sys, threading, os, time\n"
        "from workbench.setup import fresh\n"
        "def prove(root, place, targets):\n"
        "    (place.folder / 'child').mkdir()\n"
        "    child = subprocess.Popen(['sleep', '600'], cwd=place.folder / 'child')\n"
        "    print(child.pid, flush=True)\n"
        "    time.sleep(600)\n"
        "fresh.prove = prove\n"
        "sys.argv = ['fresh']\n"
        "sys.exit(fresh.main())\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    run = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert run.stdout is not None
    child = int(run.stdout.readline())
    run.send_signal(sent)
    assert run.wait(60) == 130
    assert not Path(f"/proc/{child}").exists()
