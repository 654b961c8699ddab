"""`workbench eval run` up to the run itself: what is refused, and how it ends."""

import shlex

import pytest
import typer
from fixtures.question_sets import question, write_set
from fixtures.runs import make_run
from fixtures.schemas import read_document
from typer.testing import CliRunner

from workbench.cli import evaluate
from workbench.cli.resuming import resume_command
from workbench.evaluation import suite_run
from workbench.evaluation.datasets.looks import LOG
from workbench.evaluation.suites.overrides import Overrides

ENDPOINT = 'model = "far"\n[endpoints.far]\nbase_url = "http://localhost:1/v1"\nmodel = "m"\n'


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    (tmp_path / "workbench.toml").write_text(ENDPOINT)
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("WORKBENCH_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    for name in ("q", "q_test"):
        write_set(tmp_path / f"{name}.jsonl", question(1))
    return tmp_path


@pytest.fixture
def run(workspace, monkeypatch):
    """Return a function that runs the command; the database is never opened."""

    def never(*_):
        raise AssertionError("something was begun")

    monkeypatch.setattr(suite_run, "open_database", never)
    app = typer.Typer()
    evaluate.register(app)

    def run(*words, dataset="q.jsonl"):
        words = ("eval", "run", "answers", "--dataset", dataset, *words)
        return CliRunner().invoke(app, list(map(str, words)))

    return run


@pytest.fixture
def ends(monkeypatch):
    """Return a function that scripts how the run ends."""

    def ends(*results, left=()):
        async def run_suite(settings, suite, options, say):
            for result in results:
                if isinstance(result, Exception):
                    raise result
                options.begun(result.run)
            for name in left:
                options.left(name)
            return list(results)

        monkeypatch.setattr(suite_run, "run_suite", run_suite)

    return ends


def finished(name="answers-1", **more):
    suite = {"metrics": ["mrr"], "kind": "answers"}
    return make_run(name, {"mrr": [1.0]}, fingerprint={"suite_definition": suite}, **more)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--output", "x.json"), "x.json is no name of a result file: let it end in .jsonl"),
        (("--output", "q.jsonl"), "q.jsonl is already there"),
        (("--output", "/proc/none/x.jsonl"), "cannot write into /proc ("),
        (("--output", "q.jsonl/x.jsonl"), "cannot write into q.jsonl ("),
        (("--output", "x.jsonl", "--set", "answer.max_tokens=70,80"), "x-2.jsonl is already there"),
        (("--resume", "answers-1", "--limit", "1"), "--limit cannot be given with --resume"),
        (("--budget-cost", "1"), "--budget-cost cannot be kept: the price of far is not known"),
    ],
)
def test_what_would_go_wrong_is_one_line_before_the_run(workspace, run, words, told):
    (workspace / "x-2.jsonl").touch()
    done = run(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"workbench: {told}")
    assert done.stderr.count("\n") == 1
    assert not (workspace / "x.jsonl").exists()


def test_a_damaged_log_of_looks_stops_only_the_scoring_of_a_test_part(workspace, run, ends):
    (workspace / LOG).parent.mkdir()
    (workspace / LOG).write_text("{oops\n")
    done = run(dataset="q_test.jsonl")
    assert done.exit_code == 2
    assert f"{workspace / LOG}, line 1: " in done.stderr and done.stderr.count("\n") == 1
    assert "something was begun" in run().stderr
    ends(finished())
    for json in ((), ("--json",)):
        done = run(*json)
        assert done.exit_code == 0
        assert "mrr" in done.stdout
        assert "evals/looks.jsonl, line 1: " in (done.stderr if json else done.stdout)


def test_an_unexpected_error_is_no_verdict(workspace, run, ends):
    ends(ZeroDivisionError("division by zero"))
    done = run()
    assert (done.exit_code, done.stdout) == (2, "")
    assert "workbench: unexpected error (ZeroDivisionError: division by zero)" in done.stderr
    assert done.stderr.count("\n") == 1
    log = workspace / "state" / "faults.log"
    assert str(log) in done.stderr
    assert "in run_suite" in log.read_text()


@pytest.mark.parametrize("whole", [True, False])
def test_a_run_that_is_not_whole_ends_with_the_command_that_continues_it(run, ends, whole):
    more = {} if whole else {"asked": ["0", "1"]}
    ends(finished(**more), left=["answers-1"] if whole else [])
    done = run("--set", "answer.max_tokens=70", "--budget-minutes", "0")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == (
        "workbench: incomplete: continue with: workbench eval run answers --dataset q.jsonl"
        " --set answer.max_tokens=70 --resume answers-1"
    )


def test_variants_that_the_budget_left_out_are_named(run, ends):
    ends(finished())
    two = ("--set", "answer.max_tokens=70,80")
    done = run(*two)
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == "workbench: not begun: max_tokens-80"
    assert run(*two, "--resume", "answers-1").exit_code == 0


def test_all_that_was_typed_to_begin_a_run_continues_it():
    given = Overrides(
        dataset="my set.jsonl", corpus="c", assistant="a", models=["m", "n"], prompts=["p"],
        settings=["retrieval.top_k=3"], metrics=["mrr"], judge="j", router="r", repeats=2,
        concurrency=4, smoke=True,
    )  # fmt: skip
    words = shlex.split(resume_command("evals/my suite.yaml", given, "s-1"))
    assert words == [
        "workbench", "eval", "run", "evals/my suite.yaml", "--dataset", "my set.jsonl", "--corpus",
        "c", "--assistant", "a", "--model", "m", "--model", "n", "--prompt", "p", "--set",
        "retrieval.top_k=3", "--metric", "mrr", "--judge", "j", "--router", "r", "--repeats", "2",
        "--concurrency", "4", "--smoke", "--resume", "s-1",
    ]  # fmt: skip
    assert resume_command("x", Overrides(), "s-1") == "workbench eval run x --resume s-1"


def test_a_broken_suite_does_not_hide_the_others(workspace):
    (workspace / "evals").mkdir()
    (workspace / "evals" / "good.yaml").write_text("kind: answers\n")
    (workspace / "evals" / "bad.yaml").write_text("kind: answer\n")
    app = typer.Typer()
    evaluate.register(app)
    done = CliRunner().invoke(app, ["eval", "list", "--json"])
    suites = read_document("eval list", done.stdout)["suites"]
    assert done.exit_code == 2
    assert {"good", "answers"} <= {suite["name"] for suite in suites}
    assert done.stderr.startswith("workbench: ") and "bad.yaml, line 1" in done.stderr
