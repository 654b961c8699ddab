"""`workbench eval` on real parts but the model: command line, engine, Postgres and encoder."""

import json
import re
import shlex
import signal
import threading

import pytest
from fixtures.evaluating import answers, reply
from fixtures.processes import LIMIT_S
from fixtures.schemas import read_document

pytestmark = pytest.mark.database


def test_a_run_is_scored_stored_exported_and_compared(folder, run, tmp_path):
    file = tmp_path / "a.jsonl"
    code, stdout, stderr = run(*answers(folder, "--output", file, "--json", "--fresh"))
    assert code == 0, stderr
    figures = read_document("eval run", stdout)
    assert (figures["n"], figures["complete"]) == (3, True)
    for name, mean in {
        "answer_accuracy": 1.0,
        "refusal_recall": 1.0,
        "false_refusal": 0.0,
        "hit_at_5": 1.0,
        "context_recall": 1.0,
        "citation_precision": 1.0,
    }.items():
        assert figures["metrics"][name]["mean"] == mean, name
        assert figures["metrics"][name]["coverage"] == 1.0
    known = figures["fingerprint"]
    assert known["model"] == "scripted"
    assert known["prompt"].startswith("answer@1")
    assert known["index"]["documents"] == 2
    assert known["suite_definition"]["dataset"] == "questions.jsonl"
    assert str(folder) not in json.dumps(figures)
    assert "3/3" in stderr
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert lines[0]["fingerprint"] == known
    assert [line["id"] for line in lines[1:]] == ["fee", "pool", "bees"]
    code, stdout, _ = run("compare", file, file, "--json")
    compared = read_document("eval compare", stdout)["metrics"]["answer_accuracy"]
    assert (code, compared["difference"], compared["p"]) == (0, 0.0, 1.0)
    assert figures["run"] in run("history")[1]
    again = tmp_path / "again.jsonl"
    assert run("export", figures["run"], "--output", again)[0] == 0
    assert again.read_bytes() == file.read_bytes()


def test_an_unchanged_run_asks_the_model_nothing(folder, run, scripted_model):
    assert run(*answers(folder))[0] == 0
    before = len(scripted_model.asked)
    code, stdout, _ = run(*answers(folder, "--json"))
    assert (code, len(scripted_model.asked)) == (0, before)
    metrics = json.loads(stdout)["metrics"]
    assert metrics["answer_accuracy"]["mean"] == 1.0
    assert metrics["first_token_s"]["n"] == 0
    assert run(*answers(folder, "--set", "answer.max_tokens=99"))[0] == 0
    assert len(scripted_model.asked) == before + 3
    assert run(*answers(folder, "--fresh"))[0] == 0
    assert len(scripted_model.asked) == before + 6


def test_repeats_and_variants_are_runs_of_their_own(folder, run):
    more = ("--repeats", 2, "--set", "answer.max_tokens=70,80", "--json")
    code, stdout, stderr = run(*answers(folder, *more))
    assert code == 0, stderr
    document = read_document("eval run", stdout)
    variants = [each["fingerprint"]["variant"]["name"] for each in document["runs"]]
    assert variants == ["max_tokens-70", "max_tokens-80"]
    assert [each["n"] for each in document["runs"]] == [3, 3]


def test_a_search_is_measured_without_a_model(folder, run, scripted_model):
    before = len(scripted_model.asked)
    sets = ("--dataset", folder / "questions.jsonl", "--corpus", folder / "corpus.jsonl")
    code, stdout, stderr = run("run", "retrieval", *sets, "--json")
    assert code == 0, stderr
    assert json.loads(stdout)["metrics"]["hit_at_5"]["mean"] == 1.0
    assert len(scripted_model.asked) == before


def test_wrong_answers_are_blamed_on_search_or_writing(folder, run, scripted_model, tmp_path):
    def stubborn(message):
        return "It costs 9 VND." if "cost?" in message else reply(message)

    scripted_model.reply = stubborn
    suite = tmp_path / "blame.yaml"
    suite.write_text("kind: answers\nblame: true\n")
    sets = ("--dataset", folder / "questions.jsonl", "--corpus", folder / "corpus.jsonl")
    code, stdout, stderr = run("run", suite, *sets, "--json", "--fresh")
    assert code == 0, stderr
    metrics = json.loads(stdout)["metrics"]
    assert (metrics["blame_generation"]["mean"], metrics["blame_generation"]["n"]) == (1.0, 1)
    assert metrics["blame_retrieval"]["mean"] == 0.0


def test_an_interrupted_run_keeps_what_it_has_and_goes_on(folder, begin, run, scripted_model):
    reached, let_go = threading.Event(), threading.Event()

    def hanging(message):
        if "floor" in message.rpartition("Question:")[2]:
            reached.set()
            let_go.wait()
        return reply(message)

    scripted_model.reply = hanging
    process = begin(*answers(folder, "--fresh", "--concurrency", 1))
    try:
        assert reached.wait(LIMIT_S), "the question was never asked"
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=LIMIT_S)
    finally:
        let_go.set()
    assert process.returncode == 130
    assert "Traceback" not in stderr
    command = re.search(r"continue with: workbench eval (.*)", stderr)[1]
    name = command.rpartition(" ")[2]
    scripted_model.reply = reply
    before = len(scripted_model.asked)
    code, stdout, stderr = run(*shlex.split(command), "--json")
    assert code == 0, stderr
    assert len(scripted_model.asked) - before == 2
    assert json.loads(stdout)["run"] == name
    assert json.loads(stdout)["metrics"]["answer_accuracy"]["n"] == 2


def test_failed_items_leave_a_run_incomplete_and_are_asked_again(folder, run, scripted_model):
    def broken(message):
        if "cost?" in message:
            raise ConnectionError
        return reply(message)

    scripted_model.reply = broken
    code, stdout, stderr = run(*answers(folder, "--fresh", "--json"))
    figures = read_document("eval run", stdout)
    assert (code, figures["complete"]) == (1, False)
    assert f"--resume {figures['run']}" in stderr
    assert figures["metrics"]["answer_accuracy"]["coverage"] == 0.5
    scripted_model.reply = reply
    code, stdout, _ = run(*answers(folder, "--fresh", "--resume", figures["run"], "--json"))
    assert (code, json.loads(stdout)["metrics"]["answer_accuracy"]["mean"]) == (0, 1.0)


def test_a_spent_budget_leaves_a_valid_part(folder, run):
    code, stdout, stderr = run(*answers(folder, "--fresh", "--budget-minutes", 0, "--json"))
    figures = read_document("eval run", stdout)
    assert (code, figures["complete"], figures["n"]) == (1, False, 3)
    assert "minutes of the budget are over" in stderr


def test_a_run_of_other_questions_is_not_continued(folder, run, tmp_path):
    code, stdout, _ = run(*answers(folder, "--limit", 1, "--json"))
    assert code == 0
    other = tmp_path / "other.jsonl"
    other.write_text('{"id": "x", "user_input": "?", "answerable": false}\n')
    corpus = ("--corpus", folder / "corpus.jsonl")
    name = json.loads(stdout)["run"]
    code, _, stderr = run("run", "answers", "--dataset", other, *corpus, "--resume", name)
    assert code == 2
    assert "another dataset_sha256" in stderr
    code, _, stderr = run("run", "retrieval", "--dataset", other, "--resume", name)
    assert code == 2
    assert f"continue it: workbench eval run answers --resume {name}" in stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "anwsers"), "there is no suite 'anwsers': did you mean answers"),
        (("run", "answers"), "add --dataset FILE"),
        (("run", "answers", "--dataset", "none.jsonl"), "none.jsonl (No such file"),
        (("run", "none.yaml"), "cannot read the suite none.yaml"),
        (("compare", "none.jsonl", "none.jsonl"), "cannot read none.jsonl"),
        (("compare", "tests", "tests"), "tests holds no result files"),
        (("gate", "none.jsonl"), "cannot read none.jsonl"),
        (("report", "none.jsonl", "--html", "x.html"), "cannot read none.jsonl"),
        (("export", "answers-none", "--output", "x.jsonl"), "there is no run 'answers-none'"),
    ],
)
def test_wrong_use_is_one_line(run, arguments, message):
    code, stdout, stderr = run(*arguments)
    assert (code, stdout) == (2, "")
    assert message in stderr
    assert len([line for line in stderr.splitlines() if line.startswith("workbench:")]) == 1
    assert "Traceback" not in stderr


def test_unknown_names_missing_parts_and_bad_lines_store_nothing(folder, run, tmp_path):
    before = run("history", "--json")[1]
    file = ("--output", tmp_path / "x.jsonl")
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "a", "user_input": "?", "refrence": "x"}\n')
    twice = tmp_path / "twice.jsonl"
    twice.write_text('{"id": "a", "user_input": "?"}\n' * 2)
    for more, message in (
        (("--model", "scriptd"), "there is no model 'scriptd'"),
        (("--model", "qwen2.5-72b-instruct", "--judge", "x"), "qwen2.5-72b-instruct"),
        (("--prompt", "x"), "has no prompt 'x'"),
        (("--corpus", tmp_path / "gone"), "there is no corpus"),
        (("--set", "retrieval.topk=3"), "the nearest is 'retrieval.top_k'"),
        (("--metric", "mr"), "there is no metric 'mr'"),
        (("--metric", "judged_correctness", "--judge", "nobody"), "there is no model 'nobody'"),
        (("--dataset", bad), "line 1: unknown key 'refrence'"),
        (("--dataset", twice), "line 2: id 'a' is there twice"),
    ):
        code, _, stderr = run(*answers(folder, *file, *more))
        assert code == 2, more
        assert message in stderr.splitlines()[-1]
    assert not (tmp_path / "x.jsonl").exists()
    assert run("history", "--json")[1] == before
