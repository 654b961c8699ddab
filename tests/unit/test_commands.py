"""The commands as people type them: wrong use is one line and exit code 2."""

import os
import signal
import socket
import subprocess
import sys

import pytest
from fixtures.processes import LIMIT_S
from fixtures.schemas import read_document


@pytest.fixture
def run(tmp_path):
    def command(*arguments, workspace=True, stdin=""):
        if workspace:
            (tmp_path / "workbench.toml").touch()
        environment = {key: value for key, value in os.environ.items() if key[:10] != "WORKBENCH_"}
        environment["WORKBENCH_STATE_DIR"] = str(tmp_path / "state")
        return subprocess.run(
            [sys.executable, "-m", "workbench", *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment,
            input=stdin,
            timeout=120,
            check=False,
        )

    return command


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask", "hotle", "Why?"], ["no assistant 'hotle'", "did you mean 'hotel'"]),
        (["ask", "hotel", ""], ["the question is empty"]),
        (["ask", "hotel", "x" * 20_000], ["20,000 characters", "at most 4,000"]),
        (["ask", "hotel", "Why?", "--prompt", "nope"], ["no prompt 'nope'", "answer"]),
        (["chat", "hotle"], ["no assistant 'hotle'"]),
        (["chat"], ["needs a terminal"]),
        (["assistants", "show", "nope"], ["no assistant 'nope'"]),
    ],
)
def test_wrong_use_is_one_line(run, arguments, words):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in done.stderr


def test_an_empty_question_from_stdin_is_refused(run):
    done = run("ask", "hotel", "-", stdin="\n")
    assert (done.returncode, "is empty" in done.stderr) == (2, True)


def test_outside_a_workspace_the_line_says_what_to_do(run):
    done = run("assistants", "list", workspace=False)
    assert done.returncode == 2
    assert "workbench init" in done.stderr


def test_a_workspace_is_made_of_a_folder_of_documents(run, tmp_path):
    papers = tmp_path / "Our Papers"
    papers.mkdir()
    (papers / "one.md").write_text("# One\n\nText.")
    done = run("init", str(papers))
    assert done.returncode == 0, done.stderr
    assert "reads 1 documents" in done.stderr
    assert (papers / "assistants" / "our-papers" / "assistant.yaml").is_file()
    again = run("init", str(papers))
    assert (again.returncode, "workspace already" in again.stderr) == (2, True)


def test_a_workspace_can_begin_empty(run, tmp_path):
    done = run("init", str(tmp_path / "new"))
    assert done.returncode == 0
    assert "put documents" in done.stderr
    assert (tmp_path / "new" / "corpus").is_dir()


def test_documents_elsewhere_must_be_a_folder(run, tmp_path):
    done = run("init", str(tmp_path / "new"), "--documents", str(tmp_path / "nowhere"))
    assert (done.returncode, "not a folder" in done.stderr) == (2, True)


def test_assistants_are_listed_and_shown(run):
    assert "hotel" in run("assistants", "list").stdout
    assert "answer@" in run("assistants", "show", "hotel").stdout
    listed = read_document("assistants list", run("assistants", "list", "--json").stdout)
    assert "hotel" in [one["name"] for one in listed]
    shown = read_document("assistants show", run("assistants", "show", "hotel", "--json").stdout)
    assert shown["languages"] == ["en", "vi"]


def test_doctor_gives_a_line_a_check_and_fails_when_one_does(run):
    done = run("doctor")
    lines = done.stdout.splitlines()
    assert any(line.startswith("ok") and "python" in line for line in lines)
    assert any(line.startswith("FAIL") and "assistant hotel" in line for line in lines)
    assert done.returncode == 1
    checks = read_document("doctor", run("doctor", "--json").stdout)
    assert [check["ok"] for check in checks] == [line.startswith("ok") for line in lines]


def test_a_wrong_database_url_is_one_line_without_the_password(run, monkeypatch, tmp_path):
    (tmp_path / "workbench.toml").write_text(
        'database_url = "postgresql://user:hunter2@127.0.0.1:1/none"'
    )
    done = run("search", "fees", "--assistant", "hotel", workspace=False)
    assert done.returncode == 2
    assert "127.0.0.1" in done.stderr
    assert "hunter2" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_reader_that_had_enough_is_no_fault():
    command = f"{sys.executable} -m workbench models list | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""
    assert done.stdout == "141\n"


def start_waiting(start, folder, silent, arguments):
    """Start a command and return it with its connection to a database that never answers."""
    silent.settimeout(LIMIT_S)
    url = f"postgresql://u@127.0.0.1:{silent.getsockname()[1]}/x?connect_timeout=3600"
    (folder / "workbench.toml").write_text(f'database_url = "{url}"\n')
    process = start("-m", "workbench", *arguments, WORKBENCH_WORKSPACE=str(folder))
    return process, silent.accept()[0]


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "hotel", "Why?"],
        ["search", "fees", "--assistant", "hotel"],
        ["index", "hotel"],
    ],
)
def test_ctrl_c_does_not_wait_for_a_service_that_is_silent(start, tmp_path, arguments):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        process, connection = start_waiting(start, tmp_path, silent, arguments)
        with connection:
            process.send_signal(signal.SIGINT)
            ended = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, *ended) == (130, "", "workbench: interrupted\n")


def test_ctrl_c_while_the_commands_load_is_one_line(start, tmp_path):
    (tmp_path / "typer.py").write_text("print('here', flush=True)\nimport time\ntime.sleep(600)\n")
    process = start("-m", "workbench", "--help", PYTHONPATH=str(tmp_path))
    assert process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, stderr) == (130, "workbench: interrupted\n")


def test_ctrl_c_counts_where_nobody_reads_what_is_said(start, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        process, connection = start_waiting(start, tmp_path, silent, ["index", "hotel"])
        with connection:
            process.stderr.close()
            process.send_signal(signal.SIGINT)
            assert process.wait(LIMIT_S) == 130
