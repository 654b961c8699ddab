"""`workbench bench latency` and `startup`, with stand-ins for the engine and the commands."""

import json
import sys
from dataclasses import replace

import pytest
import typer
from fixtures.schemas import read_document
from typer.testing import CliRunner

from workbench.cli import bench
from workbench.engine.engine import Engine
from workbench.engine.events import AnswerFinished, TurnFailed
from workbench.engine.turn import ModelInfo, Timings, Turn, Usage
from workbench.errors import WorkbenchError
from workbench.evaluation import startup_bench
from workbench.evaluation.latency_bench import read_questions

ANSWERED = Turn(
    id="t",
    session="s",
    assistant="hotel",
    lang="en",
    question="?",
    answer="500,000 VND [1]",
    outcome="answered",
    usage=Usage(prompt=100, completion=11, cached=40),
    timings=Timings(queue=0.0, retrieval=0.1, first_token=0.5, total=1.5),
    model=ModelInfo(name="m"),
    prompt="answer@1",
)


class ScriptedEngine:
    """Answers every question alike, but for those about pets, which fail."""

    def __init__(self):
        self.asked = []

    async def session(self, assistant):
        return self

    async def ask(self, question):
        self.asked.append(question)
        if "pets" in question:
            yield TurnFailed(turn=replace(ANSWERED, outcome="failed"), message="went away")
        else:
            yield AnswerFinished(turn=ANSWERED)

    async def close(self):
        self.asked.append("closed")


@pytest.fixture
def engine(monkeypatch):
    scripted = ScriptedEngine()

    async def opened(settings, progress):
        return scripted

    monkeypatch.setattr(Engine, "open", opened)
    return scripted


@pytest.fixture
def run(tmp_path, monkeypatch):
    (tmp_path / "workbench.toml").touch()
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(tmp_path))
    app = typer.Typer()
    bench.register(app)
    return lambda *words: CliRunner().invoke(app, ["bench", *map(str, words)])


@pytest.fixture
def dataset(tmp_path):
    file = tmp_path / "questions.jsonl"
    questions = ("What is the fee?", "May pets stay?", "When does the pool open?")
    file.write_text("".join(json.dumps({"user_input": text}) + "\n" for text in questions))
    return file


def test_latencies_are_those_of_the_answered_questions(run, engine, dataset):
    done = run("latency", "--dataset", dataset, "--assistant", "hotel", "--json")
    assert done.exit_code == 0, done.stderr
    figures = read_document("bench latency", done.stdout)
    assert engine.asked[0] == engine.asked[1] and engine.asked[-1] == "closed"
    assert (figures["n"], figures["failed"]) == (2, 1)
    first = figures["first_token_s"]
    assert (first["p50"], first["p95"], first["p95_high"]) == (0.5, 0.5, None)
    assert (figures["tokens_per_second"], figures["uncached_tokens"]) == (10.0, 60)
    shown = run("latency", "--dataset", dataset, "--limit", 1, "--assistant", "hotel")
    assert "first_token_s      p50 0.500  p95 0.500" in shown.stdout


def test_a_pace_that_nothing_tells_is_null(run, engine, dataset):
    dataset.write_text(json.dumps({"user_input": "Are pets allowed?"}))
    done = run("latency", "--dataset", dataset, "--assistant", "hotel", "--json")
    figures = read_document("bench latency", done.stdout)
    assert (figures["n"], figures["tokens_per_second"]) == (0, None)


def test_a_file_of_something_else_is_one_line(run, engine, dataset):
    dataset.write_text('{"text": "no question"}')
    done = run("latency", "--dataset", dataset)
    assert done.exit_code == 2
    assert "is not a question set" in done.stderr


def test_starts_are_timed(run, monkeypatch):
    idle = {name: [sys.executable, "-c", ""] for name in startup_bench.COMMANDS}
    monkeypatch.setattr(startup_bench, "COMMANDS", idle)
    done = run("startup", "--repeats", 2, "--json")
    assert done.exit_code == 0, done.stderr
    figures = read_document("bench startup", done.stdout)
    assert 0 < figures["help"]["least"] <= figures["help"]["p50"] <= figures["help"]["p95"]
    assert "2 of 2" in done.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "holds no questions"), ("[1]\n", "is not a question set"), ("{}\n", "'user_input'")],
)
def test_a_file_without_questions_is_refused(tmp_path, content, message):
    path = tmp_path / "questions.jsonl"
    path.write_text(content)
    with pytest.raises(WorkbenchError, match=message):
        read_questions(path, 5)
