"""Continuing runs: one process at a time, with what was typed, and as they began."""

import json
import re
import shlex
import threading

import pytest
from fixtures.evaluating import QUESTIONS, answers, reply
from fixtures.judge_server import JudgeServer, Reply, says
from fixtures.processes import LIMIT_S

from workbench.evaluation.datasets.looks import LOG, read_looks

pytestmark = pytest.mark.database


def newest(run):
    return json.loads(run("history", "--json")[1])["runs"][0]["run"]


def command_in(stderr):
    return shlex.split(re.search(r"continue with: workbench eval (.*)", stderr)[1])


@pytest.fixture
def judge(folder, scripted_model, begin):
    """A second endpoint that judges."""
    with JudgeServer().running() as server:
        toml = folder / "workbench.toml"
        more = f'[endpoints.judge]\nbase_url = "{server.url}"\nmodel = "scripted"\n'
        toml.write_text(toml.read_text() + more)
        yield server


def test_one_process_works_on_a_run_and_a_killed_one_lets_it_go(folder, begin, run, scripted_model):
    reached, let_go = threading.Event(), threading.Event()

    def hanging(message):
        if "floor" in message.rpartition("Question:")[2]:
            reached.set()
            let_go.wait()
        return reply(message)

    assert run(*answers(folder))[0] == 0  # what a run that is not fresh would reuse
    scripted_model.reply = hanging
    process = begin(*answers(folder, "--fresh", "--concurrency", 1))
    try:
        assert reached.wait(LIMIT_S), "the question was never asked"
        name = newest(run)
        code, stdout, stderr = run(*answers(folder, "--resume", name))
        assert (code, stdout) == (2, "")
        said = f"workbench: run {name} is being continued by another process: wait for its end"
        assert stderr.splitlines()[-1] == said
    finally:
        process.kill()
        process.communicate(timeout=LIMIT_S)
        let_go.set()
    scripted_model.reply = reply
    before = len(scripted_model.asked)
    code, stdout, stderr = run(*answers(folder, "--resume", name, "--json"))
    assert (code, json.loads(stdout)["run"]) == (0, name), stderr
    assert len(scripted_model.asked) - before == 2  # a fresh run stays fresh
    code, _, stderr = run(*answers(folder, "--resume", name, "--metric", "mrr"))
    assert (code, stderr.count("another metric_versions")) == (2, 1)


def test_the_hint_of_an_incomplete_run_is_a_command_that_completes_it(
    folder, run, scripted_model, tmp_path
):
    def broken(message):
        if "cost?" in message:
            raise ConnectionError
        return reply(message)

    suite = tmp_path / "mine.yaml"
    suite.write_text("kind: answers\n")
    _, _, *sets = answers(folder)
    scripted_model.reply = broken
    more = ("--set", "answer.max_tokens=66", "--metric", "answer_accuracy", "--fresh")
    code, _, stderr = run("run", suite, *sets, *more)
    assert code == 1
    scripted_model.reply = reply
    code, stdout, stderr = run(*command_in(stderr), "--json")
    assert code == 0, stderr
    assert json.loads(stdout)["metrics"]["answer_accuracy"]["mean"] == 1.0


def test_verdicts_that_failed_for_now_are_asked_again(folder, run, judge):
    judge.answer = lambda _: Reply(status=500)
    more = ("--metric", "judged_correctness", "--judge", "judge")
    code, stdout, stderr = run(*answers(folder, *more, "--json"))
    assert (code, json.loads(stdout)["complete"]) == (1, False)
    again = command_in(stderr)
    judge.answer = lambda _: says("right")
    before = len(judge.asked)
    code, stdout, stderr = run(*again, "--budget-minutes", 0, "--json")
    assert (code, len(judge.asked)) == (1, before)
    assert "stopped: the minutes of the budget are over" in stderr
    assert command_in(stderr) == again
    code, stdout, stderr = run(*again, "--json")
    assert (code, json.loads(stdout)["complete"]) == (0, True), stderr
    assert json.loads(stdout)["metrics"]["judged_correctness"]["coverage"] == 1.0


def test_a_test_part_is_noted_first_and_again_where_the_note_is_lost(folder, run, tmp_path):
    part, copy = folder / "q_test.jsonl", tmp_path / "mine.jsonl"
    for file in (part, copy):
        file.write_text("".join(json.dumps(each) + "\n" for each in QUESTIONS[:2]))
    corpus, log = ("--corpus", folder / "corpus.jsonl"), folder / LOG
    log.parent.mkdir(exist_ok=True)
    log.symlink_to(folder / "none" / "looks.jsonl")
    before = run("history", "--json")[1]
    code, _, stderr = run("run", "retrieval", "--dataset", part, *corpus)
    assert code == 2
    assert "workbench: cannot write" in stderr.splitlines()[-1]
    assert run("history", "--json")[1] == before
    log.unlink()
    code, stdout, _ = run("run", "retrieval", "--dataset", part, *corpus, "--json")
    name = json.loads(stdout)["run"]
    assert (code, [look.run for look in read_looks(log)]) == (0, [name])
    log.unlink()
    resumed = ("run", "retrieval", "--dataset", part, *corpus, "--resume", name)
    for _ in range(2):
        assert run(*resumed)[0] == 0
        assert [look.run for look in read_looks(log)] == [name]
    assert run("run", "retrieval", "--dataset", copy, *corpus)[0] == 0
    assert [look.dataset for look in read_looks(log)] == ["q_test.jsonl", "mine.jsonl"]
