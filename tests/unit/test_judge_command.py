"""`workbench judge`: cards are made, kept and shown; whatever is wrong is one line."""

import json

import pytest
import typer
from fixtures.judge_server import JudgeServer, Reply, last_message, says
from fixtures.schemas import read_document
from typer.testing import CliRunner

from workbench.cli import judge
from workbench.evaluation.judges import client, runs

SETTINGS = """
[endpoints.scripted]
base_url = "{url}"
model = "scripted"
[endpoints.gone]
base_url = "http://127.0.0.1:1/v1"
model = "scripted"
"""


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(client, "_PAUSE_S", 0.0)
    with JudgeServer().running() as running:
        running.answer = by_the_words
        yield running


def by_the_words(request):
    """Judge as people do in `labels`."""
    return says("right" if "yes" in last_message(request) else "wrong")


@pytest.fixture
def run(tmp_path, monkeypatch, server):
    (tmp_path / "workbench.toml").write_text(SETTINGS.format(url=server.url))
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("WORKBENCH_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("WORKBENCH_PUBLIC_DATA", raising=False)
    app = typer.Typer()
    judge.register(app)
    return lambda *words: CliRunner().invoke(app, ["judge", *map(str, words)])


@pytest.fixture
def labels(tmp_path):
    path = tmp_path / "mine.jsonl"
    lines = [
        {
            "id": str(n), "kind": "correctness", "question": f"q{n}", "references": ["unheard"],
            "answer": f"{'yes' if n % 3 else 'no'} {n}", "label": bool(n % 3),
        }
        for n in range(90)
    ]  # fmt: skip
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def one_line(done):
    """Return the one line of an error."""
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("workbench: ")]
    assert "Traceback" not in done.output
    return line


def test_a_card_is_made_listed_and_shown(run, labels, tmp_path):
    done = run("calibrate", "scripted", "--data", labels, "--json")
    assert done.exit_code == 0, done.stderr
    (card,) = read_document("judge calibrate", done.stdout)["cards"]
    assert (card["judge"], card["set"], card["fit"]) == ("scripted", "own-mine", True)
    path = tmp_path / "evals" / "judges" / "scripted-own-mine.json"
    assert json.loads(path.read_text()) == card
    assert not list(path.parent.glob("*.partial"))
    (row,) = read_document("judge list", run("list", "--json").stdout)
    assert row["fit"] is True
    assert read_document("judge show", run("show", "scripted", "--json").stdout)["cards"] == [card]
    assert "fit" in run("list").stdout
    shown = run("show", "scripted").stdout
    assert "specificity" in shown
    assert "free rule" in shown


def test_what_is_kept_is_not_asked_again(run, labels, server):
    run("calibrate", "scripted", "--data", labels)
    calls = len(server.asked)
    assert calls > 40
    again = run("calibrate", "scripted", "--data", labels)
    assert again.exit_code == 0
    assert len(server.asked) == calls


def test_failed_calls_end_with_1_and_only_they_are_asked_again(run, labels, server):
    def sometimes(request):
        if last_message(request).endswith("7"):
            return Reply(status=500, body=b"{}")
        return by_the_words(request)

    server.answer = sometimes
    first = run("calibrate", "scripted", "--data", labels, "--json")
    assert first.exit_code == 1
    assert "labels got no verdict: run it again" in one_line(first)
    (card,) = read_document("judge calibrate", first.stdout)["cards"]
    failed = card["statuses"]["system_error"]
    server.asked.clear()
    server.answer = by_the_words
    second = run("calibrate", "scripted", "--data", labels, "--json")
    assert second.exit_code == 0
    (card,) = read_document("judge calibrate", second.stdout)["cards"]
    assert card["coverage"] == 1.0
    fresh = [r for r in server.asked if "It is worth pausing" not in last_message(r)]
    assert len(fresh) == failed > 0


def test_a_trial_writes_no_card(run, labels, tmp_path, server):
    done = run("calibrate", "scripted", "--data", labels, "--limit", 10, "--json")
    assert done.exit_code == 0, done.stderr
    assert read_document("judge calibrate", done.stdout)["cards"][0]["n"] == 10
    assert not (tmp_path / "evals").exists()
    kept = run("calibrate", "scripted", "--data", labels, "--limit", 10, "--output", tmp_path / "c")
    assert kept.exit_code == 0
    assert (tmp_path / "c" / "scripted-own-mine.json").exists()


def test_the_tuning_half_tries_every_prompt(run, labels):
    done = run("calibrate", "scripted", "--data", labels, "--half", "tuning", "--json")
    cards = read_document("judge calibrate", done.stdout)["cards"]
    names = [card["identity"]["prompts"]["correctness"]["name"] for card in cards]
    assert names == ["correctness", "correctness_plain"]
    assert {card["half"] for card in cards} == {"tuning"}


def test_the_judge_free_metric_needs_no_server(run, labels, server):
    done = run("calibrate", "answer_accuracy", "--data", labels, "--json")
    assert done.exit_code == 0, done.stderr
    assert read_document("judge calibrate", done.stdout)["cards"][0]["judge"] == "answer_accuracy"
    assert not server.asked


def test_a_judge_may_have_a_name_of_its_own(run, labels):
    done = run("calibrate", "strict", "--model", "scripted", "--data", labels)
    assert done.exit_code == 0, done.stderr
    assert "strict  own-mine" in done.stdout
    assert one_line(run("show", "lax")) == (
        "workbench: there is no card of 'lax': there are: strict"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gone",), "cannot be reached"),
        (("smollm2-135m-instruct",), "workbench models fetch smollm2-135m-instruct"),
        (("scriptd",), "there is no model 'scriptd': did you mean scripted?"),
        (("a/b",), "'a/b' is no name for a judge"),
        (("scripted", "--half", "both"), "there is no half 'both'"),
        (("scripted", "--half", "tuning", "--output", "x"), "cards come from the other half"),
    ],
)
def test_a_judge_that_cannot_be_asked_is_one_line(run, labels, tmp_path, words, said):
    done = run("calibrate", *words, "--data", labels)
    assert done.exit_code == 2
    assert said in one_line(done)
    assert not (tmp_path / "evals").exists()


def test_wrong_sets_and_files_are_one_line(run, tmp_path):
    (tmp_path / "bad.jsonl").write_text("{}\n")
    for words, said in (
        (("--data", tmp_path / "bad.jsonl"), "bad.jsonl, line 1: key 'id' is missing"),
        (("--data", tmp_path / "none.jsonl"), "cannot read"),
        (("--set", "evuna"), "there is no set 'evuna'"),
        ((), "WORKBENCH_PUBLIC_DATA"),
    ):
        done = run("calibrate", "scripted", *words)
        assert done.exit_code == 2
        assert said in one_line(done)


def test_a_judge_without_one_verdict_leaves_the_earlier_card(run, labels, server, tmp_path):
    run("calibrate", "scripted", "--data", labels)
    path = tmp_path / "evals" / "judges" / "scripted-own-mine.json"
    before = path.read_text()
    (tmp_path / ".workbench" / "judges" / "scripted.jsonl").unlink()
    server.answer = lambda _: Reply("garbage")
    done = run("calibrate", "scripted", "--data", labels)
    assert done.exit_code == 2
    assert "gave no verdict on own-mine" in one_line(done)
    assert path.read_text() == before


def test_no_card_yet_is_said(run):
    done = run("list")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "no card yet" in done.stderr


def test_ctrl_c_says_that_verdicts_are_kept(run, labels, monkeypatch):
    async def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(runs, "run_calibration", interrupted)
    done = run("calibrate", "scripted", "--data", labels)
    assert done.exit_code == 130
    assert "finished verdicts are kept" in one_line(done)
