"""kill -9 in the middle of a run, then resume: nothing lost, repeated or asked again."""

import json
import threading

import pytest
from fixtures.processes import LIMIT_S

from workbench.config import load_settings
from workbench.services.postgres import stop_embedded

pytestmark = pytest.mark.database

N = 100
HALF = 50


@pytest.fixture
def folder(tmp_path, scripted_model):
    corpus = {"id": "rooms", "title": "Rooms", "text": "Every room has a number and a key."}
    (tmp_path / "corpus.jsonl").write_text(json.dumps(corpus) + "\n")
    questions = [
        {
            "id": f"q{number:03}",
            "user_input": f"Which key opens room number {number}?",
            "reference_facts": [[f"key {number}"]],
        }
        for number in range(1, N + 1)
    ]
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    (tmp_path / "questions.jsonl").write_text(lines)
    (tmp_path / "workbench.toml").write_text(
        f'model = "scripted"\n[endpoints.scripted]\n'
        f'base_url = "{scripted_model.url}"\nmodel = "scripted"\n'
    )
    yield tmp_path
    stop_embedded(load_settings(tmp_path))


def number_in(message):
    return message.rpartition("room number ")[2].partition("?")[0]


def reply(message):
    number = number_in(message)
    return f"Key {number} opens it." if int(number) % 3 else "Key 0 opens it."


def without_times(file):
    items = [json.loads(line) for line in file.read_text("utf-8").splitlines()[1:]]
    for item in items:
        del item["timings"], item["reused"]
        for name in list(item["metrics"]):
            if name.endswith("_s"):
                del item["metrics"][name]
    return items


def test_a_killed_run_goes_on_as_if_nothing_had_happened(folder, scripted_model, start, tmp_path):
    def begin(*arguments):
        sets = ("--dataset", folder / "questions.jsonl", "--corpus", folder / "corpus.jsonl")
        command = ("-m", "workbench", "eval", "run", "answers", *sets, "--fresh", *arguments)
        return start(*command, WORKBENCH_WORKSPACE=str(folder))

    let_go, counting = threading.Event(), threading.Lock()
    answered = []

    def half(message):
        with counting:
            wait = len(answered) >= HALF
            if not wait:
                answered.append(number_in(message))
        if wait:
            let_go.wait()
        return reply(message)

    scripted_model.reply = half
    process = begin("--concurrency", 4)
    for line in process.stderr:
        if f"{HALF}/{N}" in line:
            break
    process.kill()
    process.wait(LIMIT_S)
    let_go.set()

    scripted_model.reply = reply
    before = len(scripted_model.asked)
    stored = start("-m", "workbench", "eval", "history", "--json", WORKBENCH_WORKSPACE=str(folder))
    name = json.loads(stored.communicate(timeout=LIMIT_S)[0])["runs"][0]["run"]
    resumed = begin("--resume", name, "--output", tmp_path / "resumed.jsonl")
    _, stderr = resumed.communicate(timeout=LIMIT_S)
    assert resumed.returncode == 0, stderr
    asked = [number_in(message) for message in scripted_model.asked[before:]]
    assert sorted(asked) == sorted({str(n) for n in range(1, N + 1)} - set(answered))

    whole = begin("--output", tmp_path / "whole.jsonl")
    _, stderr = whole.communicate(timeout=LIMIT_S)
    assert whole.returncode == 0, stderr
    assert without_times(tmp_path / "resumed.jsonl") == without_times(tmp_path / "whole.jsonl")
