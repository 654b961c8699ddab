"""Continuing a run: it stays what it was when it began."""

import pytest

from workbench.config import load_settings
from workbench.errors import UsageError
from workbench.evaluation.metrics import catalogue
from workbench.evaluation.resuming import as_begun, own_variant, refuse_change
from workbench.evaluation.running.options import RunOptions
from workbench.evaluation.suites.suite import Suite, Variant
from workbench.evaluation.variant_run import measured
from workbench.store.runs import StoredRun


def stored(**fingerprint):
    return StoredRun(
        id="answers-1", suite="answers", variant="b", fingerprint=fingerprint, asked=["x", "y"],
        repeats=1,
    )  # fmt: skip


def test_another_judge_is_not_let_into_a_run():
    judge = {"model": "a", "temperature": 0.0, "prompts": {"correctness": "1" * 500}}
    refuse_change(stored(judge=judge), {"judge": dict(judge)})
    for other in ({**judge, "model": "b"}, None):
        with pytest.raises(UsageError) as refused:
            refuse_change(stored(judge=judge), {"judge": other})
        said = refused.value.one_line()
        assert said.startswith("answers-1 was made with another judge (")
        assert len(said) < 400
    with pytest.raises(UsageError, match=r"\({'model': 'a'} there, {'model': 'b'} now\)"):
        refuse_change(stored(judge=judge), {"judge": {**judge, "model": "b"}})


def test_what_is_measured_and_by_which_definition_does_not_change(tmp_path, monkeypatch):
    (tmp_path / "workbench.toml").touch()
    settings, suite = load_settings(tmp_path), Suite(name="a", kind="answers", metrics=("mrr",))
    now = measured(settings, suite, Variant())
    assert now["metric_versions"] == {"mrr": 1}
    blaming = suite.model_copy(update={"blame": True})
    assert "blame_retrieval" in measured(settings, blaming, Variant())["metric_versions"]
    run = stored(metric_versions={"mrr": 1})
    refuse_change(run, now)
    more = Suite(name="a", kind="answers", metrics=("mrr", "hit_at_5"))
    with pytest.raises(UsageError, match="another metric_versions"):
        refuse_change(run, measured(settings, more, Variant()))
    monkeypatch.setitem(catalogue.METRICS, "mrr", catalogue.Metric("mrr", version=2))
    with pytest.raises(UsageError, match="another metric_versions"):
        refuse_change(run, measured(settings, suite, Variant()))


def test_a_run_that_began_fresh_stays_fresh():
    fresh, reusing = stored(reused=["retrieval"]), stored(reused=["retrieval", "generation"])
    assert as_begun(fresh, RunOptions(resume="r")).fresh
    assert not as_begun(reusing, RunOptions(resume="r")).fresh
    with pytest.raises(UsageError, match="begun without --fresh"):
        as_begun(reusing, RunOptions(resume="r", fresh=True))


def test_a_run_keeps_its_own_questions():
    assert as_begun(stored(reused=[]), RunOptions(resume="r")).only == {"x", "y"}
    for chosen in (RunOptions(resume="r", limit=1), RunOptions(resume="r", only=["x"])):
        with pytest.raises(UsageError, match="has questions of its own"):
            as_begun(stored(reused=[]), chosen)


def test_a_run_keeps_its_number_of_repeats():
    for repeats in (None, 1):
        as_begun(stored(reused=[]), RunOptions(resume="r", repeats=repeats))
    with pytest.raises(UsageError, match="answers-1 was begun with --repeats 1"):
        as_begun(stored(reused=[]), RunOptions(resume="r", repeats=2))


def test_the_variant_of_a_run_is_found_by_its_name():
    suite = Suite(name="answers", kind="answers")
    assert own_variant(stored(), suite, [1, 2], ["a", "b"]) == 2
    with pytest.raises(UsageError, match="a run of answers, variant b"):
        own_variant(stored(), suite, [1], ["a"])
    with pytest.raises(UsageError) as refused:
        own_variant(stored(), suite.model_copy(update={"name": "other"}), [1, 2], ["a", "b"])
    assert refused.value.hint == "continue it: workbench eval run answers --resume answers-1"
