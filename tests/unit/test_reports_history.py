"""`eval report` and `eval history`, and what they show."""

import json

import pytest
import typer
from bs4 import BeautifulSoup
from fixtures.runs import make_run
from fixtures.schemas import read_document
from typer.testing import CliRunner

from workbench.cli import reporting
from workbench.evaluation import stored
from workbench.evaluation.datasets.looks import LOG, append_look, look_at
from workbench.evaluation.reports.context import NO_CONTEXT, context_here, context_of
from workbench.evaluation.reports.history import history, history_lines
from workbench.evaluation.reports.table import WIDTH
from workbench.evaluation.summary import summarise

NAME = "answers-20261121-143401-aedf"
ABOUT = {"model": "m" * 40, "prompt": "answer@1", "variant": {"name": "wide", "model": None}}
METRICS = {
    "answer_accuracy": [1, 0, "system_error"],
    "answer_f1": [0.5, 0.25, 0.125],
    "cost": [None] * 3,
    "latency_total_s": [1, 2, 3],
}


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    (tmp_path / "workbench.toml").touch()
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(tmp_path))
    return tmp_path


@pytest.fixture
def workbench():
    group = typer.Typer()
    reporting.register(group)
    return lambda *words: CliRunner().invoke(group, [str(word) for word in words])


@pytest.fixture
def run():
    return make_run(NAME, METRICS, suite="answers", fingerprint=ABOUT)


@pytest.fixture
def stored_runs(monkeypatch, run):
    asked = []

    def list_results(settings, suite=None, limit=20):
        asked.append((suite, limit))
        return [run][:limit] if suite in (None, "answers") else []

    monkeypatch.setattr(stored, "list_results", list_results)
    return asked


def test_a_row_holds_the_runs_names_and_the_summarys_figures(run):
    [row] = history([run])
    assert row["date"] == "2026-11-21T14:34:01Z"
    names = ("run", "suite", "variant", "model", "prompt", "n")
    assert [row[name] for name in names] == [NAME, "answers", "wide", "m" * 40, "answer@1", 3]
    assert row["complete"] is True
    figures = summarise(run)["metrics"]
    assert "cost" not in row["metrics"]
    for name in ("answer_accuracy", "answer_f1", "latency_total_s"):
        for key in ("mean", "low", "high", "n", "coverage"):
            assert row["metrics"][name][key] == figures[name][key]


def test_a_run_whose_name_tells_no_date_has_none():
    [row] = history([make_run("mine", {"mrr": [1]})])
    assert (row["date"], row["variant"], row["model"]) == ("", "", "")
    assert history_lines([row])[0].startswith("?")


def test_the_lines_fit_a_narrow_terminal_and_break_no_figure(run):
    lines = history_lines(history([run] * 2))
    assert max(map(len, lines)) <= WIDTH
    assert lines[0] == f"2026-11-21 14:34  {NAME}"
    figures = summarise(run)["metrics"]["answer_accuracy"]
    told = f"{figures['mean']:.3f} [{figures['low']:.3f}, {figures['high']:.3f}]"
    assert sum(f"answer_accuracy {told}" in line for line in lines) == 2


def test_history_prints_one_json_document(workspace, workbench, stored_runs, run):
    done = workbench("history", "--json", "--suite", "answers", "--limit", "5")
    assert read_document("eval history", done.stdout)["runs"] == history([run])
    assert stored_runs == [("answers", 5)]
    assert read_document("eval history", workbench("history", "--json", "--suite", "x").stdout) == {
        "runs": []
    }


def test_history_is_lines_for_people(workspace, workbench, stored_runs, run):
    assert workbench("history").stdout.splitlines() == history_lines(history([run]))
    nothing = workbench("history", "--suite", "x")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert "no runs yet" in nothing.stderr


def test_a_report_is_written_beside_a_baseline(workspace, workbench, run, tmp_path):
    before = make_run("before", {**METRICS, "answer_accuracy": [1, 1, 1]}, suite="answers")
    for name, results in (("after", run), ("before", before)):
        records = [{**item.record, "id": item.id, "outcome": item.outcome,
                    "metrics": {key: {"status": score.status, "value": score.value}
                                for key, score in item.metrics.items()}}
                   for item in results.items.values()]  # fmt: skip
        lines = [results.header(), *records]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / f"{name}.jsonl").write_text(text)
    page = tmp_path / "out" / "page.html"
    done = workbench("report", tmp_path / "after.jsonl", "--html", page,
                     "--baseline", tmp_path / "before.jsonl")  # fmt: skip
    assert (done.exit_code, done.stdout) == (0, ""), done.stderr
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    assert soup.title.get_text() == f"answers: {NAME}"
    assert "Compared with before." in soup.header.get_text()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nowhere.jsonl", "--html", "a.html"), "cannot read nowhere.jsonl"),
        (("run.jsonl", "--html", "run.jsonl"), "let it end in .html"),
    ],
)
def test_wrong_use_is_one_line(workspace, workbench, tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.jsonl").write_text("mine\n")
    done = workbench("report", *words)
    assert done.exit_code == 2
    assert told in done.stderr and done.stderr.count("\n") == 1
    assert (tmp_path / "run.jsonl").read_text() == "mine\n"
    assert not (tmp_path / "a.html").exists()


def test_what_is_known_around_a_run_comes_from_the_workspace(workspace):
    part = workspace / "test.jsonl"
    part.write_text("{}\n")
    said = {"run": "r", "suite": "s", "model": "m", "prompt": "p", "commit": "", "n": 1}
    look = look_at(part, workspace, **said)
    for _ in range(2):
        append_look(workspace / LOG, look)
    fingerprint = {"dataset_sha256": look.sha256, "judge": {"model": "j"}}
    run = make_run("r", {"judged_correctness": [1, None]}, fingerprint=fingerprint)
    context = context_of(run, workspace)
    assert context.looks == 2
    assert "no card" in context.unfit["judged_correctness"]
    assert context_here(run) == context
    assert context_of(make_run("r", {"mrr": [1]}), workspace) == NO_CONTEXT


def test_outside_a_workspace_nothing_is_known_around_a_run(tmp_path, monkeypatch):
    monkeypatch.delenv("WORKBENCH_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert context_here(make_run("r", {"judged_correctness": [1]})) == NO_CONTEXT
