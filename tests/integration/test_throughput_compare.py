"""The measurement of throughput as a whole, on a scripted server: all send what ours sends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.chat_server import chat_server as chat_server
from fixtures.processes import LIMIT_S

from workbench.config import load_settings
from workbench.services.postgres import stop_embedded

pytestmark = pytest.mark.database

ROOT = Path(__file__).parents[2]
N = 4
INSPECT = os.environ.get("WORKBENCH_INSPECT_PYTHON", "")
"""The Python of an environment with Inspect; it is left out where there is none."""


@pytest.fixture
def folder(tmp_path, chat_server):
    documents = [
        {"id": f"r{n}", "title": "Rooms", "text": f"Room {n} has key {n}."} for n in range(N)
    ]
    questions = [
        {"id": f"q{n}", "user_input": f"Which key has room {n}?", "reference": f"key {n}",
         "reference_facts": [[f"key {n}"]]}
        for n in range(N)
    ]  # fmt: skip
    for name, lines in (("corpus", documents), ("questions", questions)):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / f"{name}.jsonl").write_text(text)
    (tmp_path / "workbench.toml").write_text(
        f'model = "scripted"\n[endpoints.scripted]\nbase_url = "{chat_server.url}"\n'
        'model = "scripted"\n'
    )
    yield tmp_path
    stop_embedded(load_settings(tmp_path))


def run_script(folder, module, *arguments):
    sets = ("--dataset", folder / "questions.jsonl", "--corpus", folder / "corpus.jsonl")
    environment = os.environ | {"WORKBENCH_WORKSPACE": str(folder), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", f"evals.throughput.{module}", *map(str, (*sets, *arguments))],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_every_contestant_sends_the_chats_of_our_engine(folder, chat_server):
    messages, output = folder / "messages.jsonl", folder / "throughput.json"
    run_script(folder, "prepare", "--output", messages, "--limit", N)
    assert chat_server.asked == []
    prompts = [json.loads(line) for line in messages.read_text("utf-8").splitlines()]
    assert [prompt["id"] for prompt in prompts] == [f"q{n}" for n in range(N)]
    chats = [json.dumps(prompt["messages"]) for prompt in prompts]

    names = ["ours", "ragas_llamaindex", "ceiling", *(["inspect"] if INSPECT else [])]
    options = ["--messages", messages, "--output", output, "--rounds", 1, "--settings", "default"]
    options += ["--only", *names, *(["--inspect-python", INSPECT] if INSPECT else [])]
    printed = run_script(folder, "compare", *options)
    asked = [chat for chat in chat_server.chats() if "Say hello." not in chat]
    assert asked == sorted(chats * len(names))

    state = json.loads(output.read_text())
    assert [cell["contestant"] for cell in state["cells"]] == names
    for cell in state["cells"]:
        assert (cell["items"], cell["failures"], cell["server"]) == (N, 0, {"requests": N})
        assert (cell["prompt_tokens"], cell["completion_tokens"]) == (100 * N, 4 * N)
        assert 0 < cell["asking_s"] < cell["wall_s"]
    assert set(state["settings"]["default"]) == set(names)
    assert all(f"| default | {name} |" in printed for name in names)

    before = len(chat_server.asked)
    run_script(folder, "compare", *options)
    assert len(chat_server.asked) == before
