"""`workbench eval` on real parts but the model: command line, engine, Postgres and encoder."""

import json
import signal
import threading

import pytest
from fixtures.processes import LIMIT_S
from fixtures.schemas import read_document

from workbench.config import load_settings
from workbench.services.postgres import stop_embedded

pytestmark = pytest.mark.database

CORPUS = [
    {"id": "fees", "title": "Fees", "text": "Late check-out until 15:00 costs 500,000 VND."},
    {"id": "pool", "title": "Pool", "text": "The pool on floor 5 is open from 06:00 to 21:00."},
]
QUESTIONS = [
    {
        "id": "fee",
        "lang": "en",
        "user_input": "What does late check-out until 15:00 cost?",
        "reference": "It costs 500,000 VND.",
        "reference_facts": [["500,000 VND"]],
        "reference_documents": [{"document": "fees"}],
    },
    {
        "id": "pool",
        "lang": "en",
        "user_input": "On which floor is the pool?",
        "reference_facts": [["floor 5"]],
        "reference_documents": [{"document": "pool"}],
    },
    {"id": "bees", "lang": "en", "user_input": "Who keeps the pool's bees?", "answerable": False},
]


def reply(message):
    if "bees?" in message:
        return "NOT IN THE DOCUMENTS"
    if "cost?" in message:
        return "Late check-out until 15:00 costs 500,000 VND."
    return "The pool is on floor 5 and open from 06:00 to 21:00."


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("eval")
    for name, records in (("corpus", CORPUS), ("questions", QUESTIONS)):
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    (folder / "workbench.toml").write_text("")
    yield folder
    stop_embedded(load_settings(folder))


@pytest.fixture
def begin(folder, scripted_model, start):
    """Return a function that starts `workbench eval` with the scripted model."""
    scripted_model.reply = reply
    (folder / "workbench.toml").write_text(
        f'model = "scripted"\n[endpoints.scripted]\n'
        f'base_url = "{scripted_model.url}"\nmodel = "scripted"\n'
    )

    def begin(*arguments):
        return start("-m", "workbench", "eval", *arguments, WORKBENCH_WORKSPACE=str(folder))

    return begin


@pytest.fixture
def run(begin):
    """Return a function that runs it to its end: exit code, stdout and stderr."""

    def run(*arguments):
        process = begin(*arguments)
        stdout, stderr = process.communicate(timeout=LIMIT_S)
        return process.returncode, stdout, stderr

    return run


def answers(folder, *more):
    sets = ("--dataset", folder / "questions.jsonl", "--corpus", folder / "corpus.jsonl")
    return ("run", "answers", *sets, *more)


def test_a_run_is_scored_written_and_compared(folder, run, tmp_path):
    file = tmp_path / "a.jsonl"
    code, stdout, stderr = run(*answers(folder, "--output", file, "--json", "--concurrency", 2))
    assert code == 0, stderr
    figures = read_document("eval run", stdout)
    assert (figures["n"], figures["complete"]) == (3, True)
    for name, mean in {
        "answer_accuracy": 1.0,
        "refusal_recall": 1.0,
        "false_refusal": 0.0,
        "hit_at_5": 1.0,
        "citation_precision": 1.0,
    }.items():
        assert figures["metrics"][name]["mean"] == mean, name
        assert figures["metrics"][name]["coverage"] == 1.0
    assert figures["fingerprint"]["model"] == "scripted"
    assert figures["fingerprint"]["prompt"].startswith("answer@1")
    assert figures["fingerprint"]["hardware"]["cores"] >= 1
    assert "3/3" in stderr
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert lines[0]["fingerprint"] == figures["fingerprint"]
    assert {line["id"] for line in lines[1:]} == {"fee", "pool", "bees"}
    code, stdout, _ = run("compare", file, file, "--json")
    compared = read_document("eval compare", stdout)["metrics"]["answer_accuracy"]
    assert (code, compared["difference"], compared["p"]) == (0, 0.0, 1.0)
    code, stdout, _ = run("compare", file, file)
    assert code == 0
    assert "answer_accuracy" in stdout and "latency_total_s" in stdout
    pooled = tmp_path / "pooled"
    pooled.mkdir()
    for name in ("first", "second"):
        (pooled / f"{name}.jsonl").write_bytes(file.read_bytes())
    assert "6 shared items" in run("compare", pooled, pooled)[1]
    assert "answer_accuracy" in run(*answers(folder, "--output", tmp_path / "b.jsonl"))[1]


def test_an_interrupted_run_keeps_what_it_has_and_goes_on(
    folder, begin, run, scripted_model, tmp_path
):
    reached, let_go = threading.Event(), threading.Event()

    def hanging(message):
        if "floor" in message.rpartition("Question:")[2]:
            reached.set()
            let_go.wait()
        return reply(message)

    scripted_model.reply = hanging
    file = tmp_path / "run.jsonl"
    process = begin(*answers(folder, "--output", file))
    try:
        assert reached.wait(LIMIT_S), "the question was never asked"
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=LIMIT_S)
    finally:
        let_go.set()
    assert process.returncode == 130
    assert f"continue with --resume {file}" in stderr
    assert "Traceback" not in stderr
    assert len(file.read_text("utf-8").splitlines()) == 2
    scripted_model.reply = reply
    before = len(scripted_model.asked)
    code, stdout, stderr = run(*answers(folder, "--resume", file, "--json"))
    assert code == 0, stderr
    assert len(scripted_model.asked) - before == 2
    assert json.loads(stdout)["metrics"]["latency_total_s"]["n"] == 3


def test_failed_items_leave_a_run_incomplete_and_are_asked_again(
    folder, run, scripted_model, tmp_path
):
    def broken(message):
        if "cost?" in message:
            raise ConnectionError
        return reply(message)

    scripted_model.reply = broken
    file = tmp_path / "run.jsonl"
    code, stdout, stderr = run(*answers(folder, "--output", file, "--json"))
    assert (code, read_document("eval run", stdout)["complete"]) == (1, False)
    assert f"--resume {file}" in stderr
    scripted_model.reply = reply
    code, stdout, _ = run(*answers(folder, "--resume", file, "--json"))
    assert (code, json.loads(stdout)["metrics"]["answer_accuracy"]["mean"]) == (0, 1.0)


def test_a_file_of_another_run_is_not_continued(folder, run, tmp_path):
    file = tmp_path / "run.jsonl"
    assert run(*answers(folder, "--output", file, "--limit", 1))[0] == 0
    other = tmp_path / "other.jsonl"
    other.write_text('{"id": "x", "user_input": "?"}\n')
    corpus = ("--corpus", folder / "corpus.jsonl")
    code, _, stderr = run("run", "answers", "--dataset", other, *corpus, "--resume", file)
    assert code == 2
    assert "another dataset_sha256" in stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "anwsers"), "there is no suite 'anwsers': there are: answers"),
        (("run", "answers"), "add --dataset FILE"),
        (("run", "answers", "--dataset", "none.jsonl"), "cannot read none.jsonl"),
        (("compare", "none.jsonl", "none.jsonl"), "cannot read none.jsonl"),
        (("compare", "tests", "tests"), "tests holds no result files"),
    ],
)
def test_wrong_use_is_one_line(run, arguments, message):
    code, stdout, stderr = run(*arguments)
    assert (code, stdout) == (2, "")
    assert message in stderr
    assert len(stderr.splitlines()) == 1


def test_unknown_names_and_missing_corpora_are_one_line(folder, run, tmp_path):
    file = ("--output", tmp_path / "x.jsonl")
    for more, message in (
        (("--model", "scriptd"), "there is no model 'scriptd'"),
        (("--prompt", "x"), "has no prompt 'x'"),
        (("--corpus", tmp_path / "gone"), "there is no corpus"),
    ):
        code, _, stderr = run(*answers(folder, *file, *more))
        assert code == 2
        assert message in stderr.splitlines()[-1]
    assert not (tmp_path / "x.jsonl").exists()
