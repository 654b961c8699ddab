"""`workbench eval compare | gate | plan | noise` over files, and with a scripted runner."""

import json
import xml.etree.ElementTree as ElementTree

import pytest
import typer
from fixtures.runs import make_run, make_suite
from fixtures.schemas import read_document
from typer.testing import CliRunner

from workbench.cli import gating
from workbench.errors import ModelServerError
from workbench.evaluation import suite_run
from workbench.evaluation.fingerprint import sha256_of
from workbench.evaluation.gate.baselines import write_baseline
from workbench.evaluation.results import make_item, write_results

RIGHT = [1.0] * 240 + [0.0] * 60
WORSE = [0.0] * 27 + [1.0] * 216 + [0.0] * 57
UNDECIDED = [0.0] * 18 + [1.0] * 232 + [0.0] * 50
GATE = {"answer_accuracy": {"margin": 5}}


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    (tmp_path / "workbench.toml").touch()
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evals").mkdir()
    (tmp_path / "evals" / "release.yaml").write_text(
        "kind: answers\ndataset: questions.jsonl\ngate:\n  answer_accuracy: {margin: 5}\n"
    )
    lines = [json.dumps({"id": str(number), "user_input": "?"}) for number in range(300)]
    (tmp_path / "questions.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path


@pytest.fixture
def run(workspace):
    app = typer.Typer()
    gating.register(app)
    return lambda *words: CliRunner().invoke(app, list(map(str, words)))


@pytest.fixture
def keep(workspace):
    """Return a function that writes a run as a result file."""

    def keep(name, values, gate=GATE, **more):
        suite = make_suite(gate, dataset="questions.jsonl")
        about = {
            "suite_definition": suite.definition(workspace),
            "dataset_sha256": sha256_of(workspace / "questions.jsonl"),
            "variant": {"name": "default", "model": "m"},
            **more.pop("fingerprint", {}),
        }
        made = make_run(name, {"answer_accuracy": values}, fingerprint=about, **more)
        for identifier, item in made.items.items():
            record = {"id": identifier, "outcome": item.outcome, "critical": item.critical}
            made.items[identifier] = make_item(record, item.metrics)
        write_results(workspace / f"{name}.jsonl", made)
        return made

    return keep


def test_runs_are_compared_from_files(run, keep, workspace):
    keep("a", RIGHT)
    write_baseline(workspace / "b.json", keep("b", WORSE))
    done = run("compare", "a.jsonl", "b.json", "--json")
    assert done.exit_code == 0, done.stderr
    compared = read_document("eval compare", done.stdout)
    accuracy = compared["metrics"]["answer_accuracy"]
    assert (accuracy["lost"], accuracy["gained"]) == (27, 3)
    assert len(compared["flips"]) == 30
    shown = run("compare", "a.jsonl", "b.json").stdout
    assert "0.800 -> 0.720  -0.080" in shown
    assert "lost 27, gained 3, p 0.000 (Holm 0.000)" in shown


def test_folders_are_compared_as_one_run(run, keep, workspace):
    keep("a", RIGHT)
    folder = workspace / "folder"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.jsonl").write_bytes((workspace / "a.jsonl").read_bytes())
    assert "600 shared items" in run("compare", "folder", "folder").stdout


def test_files_are_compared_outside_a_workspace(
    run, keep, workspace, tmp_path_factory, monkeypatch
):
    keep("a", RIGHT)
    monkeypatch.delenv("WORKBENCH_WORKSPACE")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    file = workspace / "a.jsonl"
    assert run("compare", file, file).exit_code == 0
    assert run("gate", file, "--baseline", file).exit_code == 0


@pytest.mark.parametrize(
    ("values", "word", "codes"),
    [
        (RIGHT, "PASS", (0, 0, 0)),
        (WORSE, "FAIL", (1, 1, 1)),
        (UNDECIDED, "INCONCLUSIVE", (3, 0, 1)),
        ([None] * 300, "NOT_MEASURED", (3, 3, 3)),
    ],
)
def test_a_verdict_is_an_exit_code(run, keep, values, word, codes):
    keep("a", RIGHT)
    keep("b", values)
    gate = ("gate", "b.jsonl", "--baseline", "a.jsonl")
    ways = ((), ("--inconclusive", "pass"), ("--inconclusive", "fail"))
    done = [run(*gate, *way) for way in ways]
    assert tuple(each.exit_code for each in done) == codes
    assert done[0].stdout.startswith(f"{word}: b against a, 300 items")
    verdict = read_document("eval gate", run(*gate, "--json").stdout)
    assert verdict["verdict"] == word
    if word == "INCONCLUSIVE":
        assert f"it needs {verdict['metrics'][0]['n_needed']} items and has 300" in done[0].stdout


def test_reports_are_written_whatever_the_verdict(run, keep, workspace):
    keep("a", RIGHT)
    keep("b", WORSE)
    reports = ("--junit", "out/gate.xml", "--markdown", "out/gate.md")
    done = run("gate", "b.jsonl", "--baseline", "a.jsonl", *reports)
    assert done.exit_code == 1, done.stderr
    root = ElementTree.parse(workspace / "out" / "gate.xml").getroot()
    assert root.find(".//failure") is not None
    assert "FAIL" in (workspace / "out" / "gate.md").read_text("utf-8")
    assert run("gate", "b.jsonl", "--markdown", "alone.md").exit_code == 3
    assert (workspace / "alone.md").is_file()


def test_another_suites_gate_may_decide(run, keep, workspace):
    keep("a", RIGHT, gate={"answer_accuracy": {"margin": 50}})
    keep("b", WORSE, gate={"answer_accuracy": {"margin": 50}})
    gate = ("gate", "b.jsonl", "--baseline", "a.jsonl")
    assert run(*gate).exit_code == 0
    assert run(*gate, "--suite", "release").exit_code == 1
    assert run(*gate, "--suite", workspace / "evals" / "release.yaml").exit_code == 1


@pytest.fixture
def fresh(monkeypatch):
    """Let fresh runs score what is listed, and note what was asked for."""

    class Fresh:
        scores = (0.0, 0.0, 0.0)
        asked = None
        about = None
        outcome = "answered"

        async def run_fresh(self, settings, suite, repeats, say, only_ids=None):
            self.asked = (suite, repeats, only_ids)
            names = only_ids or [str(number) for number in range(300)]
            made = []
            about = self.about or {"dataset_sha256": sha256_of(suite.dataset)}
            for score in self.scores[:repeats]:
                one = make_run(
                    "fresh",
                    {"answer_accuracy": [score] * len(names)},
                    fingerprint=about,
                    outcomes=[self.outcome] * len(names),
                )
                items = dict(zip(names, one.items.values(), strict=True))
                one.items.clear()
                one.items.update(items)
                made.append(one)
            return made

    scripted = Fresh()
    monkeypatch.setattr(suite_run, "run_fresh", scripted.run_fresh)
    return scripted


def test_a_broken_critical_item_is_run_anew_before_it_fails(run, keep, fresh, workspace):
    keep("a", [1.0] * 300, critical={7})
    keep("b", [*[1.0] * 7, 0.0, *[1.0] * 292], critical={7})
    gate = ("gate", "b.jsonl", "--baseline", "a.jsonl")
    done = run(*gate)
    assert done.exit_code == 1, done.stderr
    assert "critical item 7: it fails answer_accuracy; 3 of 3 fresh runs fail" in done.stdout
    suite, repeats, only = fresh.asked
    assert (repeats, only, suite.variants[0].model) == (3, ["7"], "m")
    assert suite.dataset == workspace / "questions.jsonl"
    fresh.scores = (1.0, 0.0, 1.0)
    assert run(*gate).exit_code == 0


def test_critical_items_of_a_set_that_is_not_here_stay_undecided(run, keep, fresh, workspace):
    keep("a", [1.0] * 300, critical={7})
    keep("b", [*[1.0] * 7, 0.0, *[1.0] * 292], critical={7})
    (workspace / "questions.jsonl").write_text('{"id": "0", "user_input": "other"}\n')
    done = run("gate", "b.jsonl", "--baseline", "a.jsonl")
    assert (done.exit_code, fresh.asked) == (3, None)
    assert "is not here as it was" in done.stderr


@pytest.fixture
def broken(keep):
    """Return a function that keeps a baseline, and a run that breaks a critical item."""

    def broken(**more):
        keep("a", [1.0] * 300, critical={7})
        keep("b", [*[1.0] * 7, 0.0, *[1.0] * 292], critical={7}, **more)
        return ("gate", "b.jsonl", "--baseline", "a.jsonl")

    return broken


def test_critical_items_are_run_anew_by_the_runs_own_model(run, broken, fresh, workspace):
    (workspace / "workbench.toml").write_text(
        '[endpoints.paid]\nbase_url = "http://localhost:1/v1/"\nmodel = "gpt"\n'
    )
    known = {"model": "gpt", "serving": {"server": "http://localhost:1/v1", "model": "gpt"}}
    fresh.about = {**known, "dataset_sha256": sha256_of(workspace / "questions.jsonl")}
    gate = broken(fingerprint=known)
    assert run(*gate).exit_code == 1
    assert fresh.asked[0].variants[0].model == "paid"
    fresh.about = {**fresh.about, "model": "other", "serving": {"model": "other"}}
    done = run(*gate)
    assert done.exit_code == 3
    assert "critical item 7: it fails answer_accuracy; the fresh runs are of another system" in (
        done.stdout
    )


def test_a_model_that_is_not_known_here_leaves_critical_items_undecided(run, broken, fresh):
    done = run(*broken(fingerprint={"model": "zzz"}))
    assert (done.exit_code, fresh.asked) == (3, None)
    assert "critical items are not run anew: there is no model 'zzz'" in done.stderr
    assert "INCONCLUSIVE  critical item 7" in done.stdout


def test_critical_items_of_a_corpus_that_is_not_here_stay_undecided(run, broken, fresh, workspace):
    corpus = workspace / "corpus"
    corpus.mkdir()
    (corpus / "one.md").write_text("One.")
    suite = make_suite(GATE, dataset="questions.jsonl", corpus="corpus")
    known = {"suite_definition": suite.definition(workspace), "corpus": sha256_of(corpus)}
    gate = broken(fingerprint=known)
    fresh.about = {**known, "dataset_sha256": sha256_of(workspace / "questions.jsonl")}
    assert run(*gate).exit_code == 1
    fresh.asked = None
    (corpus / "one.md").write_text("Two.")
    changed = run(*gate)
    (corpus / "one.md").unlink()
    corpus.rmdir()
    gone = run(*gate)
    for done in (changed, gone):
        assert (done.exit_code, fresh.asked) == (3, None)
        assert "the corpus" in done.stderr and "is not here as it was" in done.stderr
        assert "PASS          answer_accuracy" in done.stdout


def test_a_service_that_fails_while_confirming_leaves_the_rest_of_the_verdict(
    run, broken, monkeypatch
):
    async def refused(*_):
        raise ModelServerError("it did not start", "see its log")

    monkeypatch.setattr(suite_run, "run_fresh", refused)
    done = run(*broken())
    assert done.exit_code == 3
    assert "critical items are not run anew: it did not start: see its log" in done.stderr
    assert "PASS          answer_accuracy" in done.stdout


def test_noise_of_runs_that_failed_is_refused_and_the_former_record_kept(run, fresh, workspace):
    fresh.scores = (1.0, 0.0)
    assert run("noise", "release").exit_code == 0
    (kept,) = (workspace / ".workbench" / "noise").iterdir()
    before = kept.read_bytes()
    fresh.outcome = "failed"
    done = run("noise", "release")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "fresh is incomplete: 300 of 300 items have no answer" in done.stderr
    assert kept.read_bytes() == before


def test_result_files_are_read_whatever_their_name_ends_in(run, keep, workspace):
    keep("a", RIGHT)
    (workspace / "a.jsonl").rename(workspace / "a.json")
    assert "300 shared items" in run("compare", "a.json", "a.json").stdout
    assert run("gate", "a.json", "--baseline", "a.json").exit_code == 0


def test_names_from_files_cannot_forge_lines_of_a_log(run, keep, workspace):
    forged = "x\nPASS: everything\x1b[2J\u202e"
    keep("a", [1.0] * 300, critical={7}, fingerprint={f"{forged}key": 1})
    keep("b", [*[1.0] * 7, 0.0, *[1.0] * 292], critical={7}, fingerprint={"dataset_sha256": "z"})
    for name in ("a", "b"):
        file = workspace / f"{name}.jsonl"
        head, *items = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        head["run"] = f"{name}{forged}"
        renamed = {"7": f"7{forged}"}
        head["asked"] = [renamed.get(each, each) for each in head["asked"]]
        for item in items:
            item["id"] = renamed.get(item["id"], item["id"])
            item["metrics"][forged] = {"status": "scored", "value": 1}
        text = "\n".join(json.dumps(each) for each in (head, *items))
        file.write_text(text + "\n", "utf-8")
    shown = (run("compare", "a.jsonl", "b.jsonl"), run("gate", "b.jsonl", "--baseline", "a.jsonl"))
    for done in shown:
        text = done.stdout + done.stderr
        assert "PASS: everything" in text
        assert not any(line.startswith("PASS: everything") for line in text.splitlines())
        assert text.replace("\n", "").isprintable()


def test_noise_is_measured_kept_and_used(run, keep, fresh, workspace):
    fresh.scores = (1.0, 0.0)
    done = run("noise", "release")
    assert done.exit_code == 0, done.stderr
    assert "answer_accuracy      sd 0.707" in done.stdout and "flips 1.000" in done.stdout
    assert fresh.asked[1:] == (2, None)
    noise = read_document("eval noise", run("noise", "release", "--json").stdout)
    assert noise["metrics"]["answer_accuracy"]["flip_rate"] == 1.0
    planned = run("plan", "release", "--margin", "5")
    assert "noise sd 0.707" in planned.stdout and "x 4" in planned.stdout
    assert "noise not measured" not in planned.stdout
    keep("a", RIGHT)
    keep("b", WORSE)
    compared = read_document("eval compare", run("compare", "a.jsonl", "b.jsonl", "--json").stdout)
    assert compared["warnings"] == ["no more than the same system differs from itself: "
                                    "answer_accuracy"]  # fmt: skip


def test_a_plan_without_noise_says_what_it_does_not_know(run):
    done = run("plan", "release", "--margin", "5")
    assert done.exit_code == 0, done.stderr
    assert "release, which has 300 items: to show a margin of 5 points" in done.stdout
    assert "10% of the verdicts change: 248 items x 1, 248 calls or more" in done.stdout
    assert "workbench eval noise release" in done.stderr
    planned = read_document("eval plan", run("plan", "release", "--margin", "5", "--json").stdout)
    assert [row["n"] for row in planned["metrics"][0]["plans"]][1] == 248


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("compare", "none.jsonl", "none.jsonl"), "cannot read none.jsonl"),
        (("compare", "evals", "evals"), "evals holds no result files"),
        (("gate", "none.json"), "cannot read none.json"),
        (("gate", "a.jsonl", "--inconclusive", "maybe"), "use pass or fail"),
        (("gate", "a.jsonl", "--suite", "relaese"), "did you mean release"),
        (("gate", "a.jsonl", "--baseline", "other.jsonl"), "runs other and a share no item"),
        (("gate", "bare.jsonl"), "does not say which suite it is of: add --suite NAME"),
        (("gate", "old.jsonl"), "holds cannot be read (kind:"),
        (("gate", "a.jsonl", "--baseline", "wrong.jsonl"), "line 2, item '0': answer_accuracy has"),
        (("compare", "nan.jsonl", "a.jsonl"), "line 3: NaN is no number"),
        (("plan", "release", "--margin", "0"), "a margin of 0 points cannot be shown"),
        (("noise", "relaese"), "did you mean release"),
    ],
)
def test_wrong_use_is_one_line(run, keep, workspace, words, message):
    keep("a", RIGHT)
    keep("bare", RIGHT, fingerprint={"suite_definition": None})
    keep("old", RIGHT, fingerprint={"suite_definition": {"name": "x", "kind": "gone"}})
    keep("other", [1.0])
    other = workspace / "other.jsonl"
    other.write_text(other.read_text().replace('"0"', '"z"'))
    lines = (workspace / "a.jsonl").read_text().splitlines()
    for name, at, value in (("wrong", 1, "5"), ("nan", 2, "NaN")):
        bad = [*lines[:at], lines[at].replace("1.0", value), *lines[at + 1 :]]
        (workspace / f"{name}.jsonl").write_text("\n".join(bad) + "\n")
    done = run(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_fault_of_the_gate_itself_is_no_fail(run, keep, monkeypatch):
    keep("a", RIGHT)

    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(gating, "_fit", broken)
    monkeypatch.setattr("workbench.evaluation.gate.rules.decide", broken)
    done = run("gate", "a.jsonl")
    assert done.exit_code == 2
    assert "the gate could not decide (ZeroDivisionError())" in done.stderr
