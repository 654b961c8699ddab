"""Baselines as files."""

import json

import pytest
from fixtures.runs import make_run, make_suite

from workbench.errors import UsageError
from workbench.evaluation.gate.baselines import read_baseline, read_file, write_baseline
from workbench.evaluation.gate.rules import decide, gate_of
from workbench.evaluation.results import make_item, write_results

METRICS = {"answer_accuracy": [1, 0, None], "ragas_faithfulness": [0.25, "judge_parse", None]}


@pytest.fixture
def run():
    return make_run(
        "release-1",
        METRICS,
        clusters=["a", "a", "đ"],
        critical={1},
        tagged={0: ["fees", "vi"]},
        outcomes=["answered", "refused", "answered"],
        fingerprint={"model": "m", "retrieval": {"top_k": 5}},
        records=[{"id": "0", "question": "secret?"}, {}, {}],
    )


def test_a_baseline_keeps_scores_and_no_text(run, tmp_path):
    path = tmp_path / "baselines" / "release.json"
    write_baseline(path, run)
    content = json.loads(path.read_text("utf-8"))
    assert list(content) == ["run", "suite", "fingerprint", "metrics", "groups", "items"]
    assert content["metrics"]["answer_accuracy"] == [0.5, 2]
    assert content["items"]["1"]["scores"] == {
        "answer_accuracy": ["scored", 0.0],
        "ragas_faithfulness": ["judge_parse", None],
    }
    assert "secret" not in path.read_text("utf-8")
    assert [child.name for child in path.parent.iterdir()] == ["release.json"]


def test_it_is_read_as_the_run_that_it_was(run, tmp_path):
    path = tmp_path / "b.json"
    write_baseline(path, run)
    read = read_baseline(path)
    versions = {"answer_accuracy": 1, "ragas_faithfulness": 1}
    known = {**run.fingerprint, "metric_versions": versions}
    assert (read.run, read.suite, read.fingerprint) == (run.run, run.suite, known)
    assert read.asked == run.asked
    for name, item in run.items.items():
        again = read.items[name]
        assert (again.id, again.cluster, again.outcome) == (item.id, item.cluster, item.outcome)
        assert (again.tags, again.critical) == (item.tags, item.critical)
        assert again.metrics == item.metrics
    first = path.read_bytes()
    write_baseline(path, read)
    assert path.read_bytes() == first


def test_each_item_is_a_line_of_its_own(run, tmp_path):
    path = tmp_path / "b.json"
    write_baseline(path, run)
    before = path.read_text("utf-8").splitlines()
    run.items["2"] = make_run("x", {"answer_accuracy": [None, None, 1]}).items["2"]
    write_baseline(path, run)
    after = path.read_text("utf-8").splitlines()
    changed = [line for line, other in zip(before, after, strict=True) if line != other]
    assert len(changed) == 3  # the item, the means, and those of the groups


def test_a_gate_says_the_same_of_a_run_and_its_file(tmp_path):
    before = make_run("a", {"answer_accuracy": [1.0] * 80 + [0.0] * 20}, critical={3})
    after = make_run("b", {"answer_accuracy": [0.0] * 9 + [1.0] * 71 + [0.0] * 20}, critical={3})
    write_baseline(tmp_path / "a.json", before)
    gate = gate_of(after, make_suite({"answer_accuracy": {"margin": 5, "floor": 50}}))
    verdict = decide(after, before, gate)
    assert decide(after, read_baseline(tmp_path / "a.json"), gate) == verdict
    assert verdict["verdict"] == "FAIL"


def test_an_incomplete_run_is_no_baseline(run, tmp_path):
    del run.items["2"]
    with pytest.raises(UsageError, match="no result of 1 of 3 items"):
        write_baseline(tmp_path / "b.json", run)
    assert list(tmp_path.iterdir()) == []


def good():
    return {"run": "r", "suite": "s", "fingerprint": {}, "metrics": {}, "items": {}}


ITEM = {"cluster": "", "critical": False, "tags": [], "outcome": "answered", "scores": {}}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"run": "r"}\n{"id": "0"}\n',
        json.dumps(good() | {"items": []}),
        json.dumps(good() | {"items": {"0": {"scores": {}}}}),
        json.dumps(good() | {"items": {"0": ITEM | {"scores": {"mrr": ["scored", None]}}}}),
        json.dumps(good() | {"items": {"0": ITEM | {"scores": {"mrr": ["judge_parse", 1]}}}}),
        json.dumps(good() | {"items": {"0": ITEM | {"scores": {"mrr": ["scored", True]}}}}),
        json.dumps(good() | {"items": {"0": ITEM | {"scores": {"mrr": ["scored", 5]}}}}),
        json.dumps(good() | {"items": {"0": ITEM | {"scores": {"mrr": ["scored", float("nan")]}}}}),
        json.dumps(good() | {"items": {"0": ITEM | {"scores": {"mrr": ["good", None]}}}}),
        json.dumps(good() | {"items": {"0": ITEM | {"scores": {"mrr": "scored"}}}}),
        json.dumps(good() | {"items": {"0": ITEM | {"tags": "fees"}}}),
        json.dumps(good() | {"items": {"0": ITEM | {"critical": 1}}}),
        json.dumps(good() | {"items": {"0": []}}),
        json.dumps(good() | {"run": 1}),
        json.dumps(good() | {"fingerprint": {"judge": "j"}}),
        json.dumps(good() | {"fingerprint": {"metric_versions": {"mrr": "1"}}}),
        json.dumps(good() | {"currencies": "USD"}),
        "[" * 100_000,
    ],
)
def test_what_is_no_baseline_is_one_line(content, tmp_path):
    path = tmp_path / "b.json"
    path.write_text(content)
    with pytest.raises(UsageError, match="is no baseline") as refused:
        read_baseline(path)
    assert "\n" not in refused.value.one_line()


def test_a_wrong_score_is_told_with_its_item(tmp_path):
    path = tmp_path / "b.json"
    wrong = ITEM | {"scores": {"answer_accuracy": ["scored", 5]}}
    path.write_text(json.dumps(good() | {"items": {"fees-1": wrong}}))
    with pytest.raises(UsageError) as refused:
        read_baseline(path)
    assert refused.value.message == (
        f"{path} is no baseline (item 'fees-1': answer_accuracy has the value 5, which is not from"
        " 0 to 1)"
    )


def test_the_currency_of_costs_is_kept_once(tmp_path):
    records = [{"cost": {"amount": 2.0, "currency": "VND", "priced": True}}] * 3
    write_baseline(tmp_path / "b.json", make_run("r", {"cost": [2.0] * 3}, records=records))
    assert (tmp_path / "b.json").read_text("utf-8").count("VND") == 1
    read = read_baseline(tmp_path / "b.json")
    assert read.currencies == ("VND",)
    write_baseline(tmp_path / "c.json", read)
    assert (tmp_path / "c.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_a_baseline_of_before_versions_and_currencies_is_read(tmp_path):
    path = tmp_path / "b.json"
    old = good() | {"items": {"0": ITEM | {"scores": {"cost": ["scored", 1]}}}}
    path.write_text(json.dumps(old))
    read = read_baseline(path)
    assert (read.currencies, read.fingerprint) == ((), {})
    assert read.items["0"].metrics["cost"].value == 1.0


def test_what_a_file_holds_and_not_its_name_says_how_it_is_read(run, tmp_path):
    for name, item in run.items.items():
        record = {"id": name, "outcome": item.outcome, **item.record}
        run.items[name] = make_item(record, item.metrics)
    write_results(tmp_path / "results.json", run)
    write_baseline(tmp_path / "baseline.json", run)
    assert read_file(tmp_path / "results.json").items["0"].record["question"] == "secret?"
    assert read_file(tmp_path / "baseline.json").items["0"].record == {}
    flat = json.dumps(json.loads((tmp_path / "baseline.json").read_text("utf-8")))
    (tmp_path / "flat.json").write_text(flat)
    assert read_file(tmp_path / "flat.json").items.keys() == run.items.keys()
    with pytest.raises(UsageError, match="cannot read"):
        read_file(tmp_path / "none.json")


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(UsageError, match="cannot read"):
        read_baseline(tmp_path / "none.json")
