"""A run in figures: means, intervals by scale, coverage, and what missing scores might hide."""

import json

import numpy as np
import pytest
from fixtures.runs import make_run

from workbench.evaluation.statistics.intervals import mean_interval, share_interval, wilson
from workbench.evaluation.summary import metric_figures, summarise


def figures(values, metric="answer_accuracy", **more):
    run = make_run("r", {metric: values}, **more)
    return metric_figures(metric, list(run.items.values()))


def test_verdicts_get_wilsons_interval():
    found = figures([1, 1, 1, 0])
    assert (found["mean"], found["n"], found["coverage"]) == (0.75, 4, 1.0)
    assert (found["low"], found["high"]) == wilson(3, 4)
    assert found["mean_scored"] == found["worst_low"] == found["worst_high"] == 0.75


def test_items_of_one_document_widen_the_interval():
    values, clusters = [1.0] * 20 + [0.0] * 20, ["a"] * 10 + ["b"] * 10 + ["c"] * 10 + ["d"] * 10
    found = figures(values, clusters=clusters)
    assert (found["low"], found["high"]) == share_interval(values, clusters)
    assert found["high"] - found["low"] > 2 * (wilson(20, 40)[1] - wilson(20, 40)[0])


def test_shares_get_a_bootstrap_within_their_scale():
    values = [0.5, 1.0, 1.0, 0.25, 1.0]
    found = figures(values, "mrr")
    assert (found["low"], found["high"]) == mean_interval(values, bounded=True)
    assert found["high"] <= 1


def test_means_over_repeats_are_no_verdicts():
    found = figures([1.0, 0.5, 0.0, 1.0], "answer_accuracy")
    assert (found["low"], found["high"]) == mean_interval([1.0, 0.5, 0.0, 1.0], bounded=True)


def test_times_have_percentiles_and_no_bounds():
    found = figures([0.5, 1.0, 4.5, "system_error", None], "first_token_s")
    assert (found["mean"], found["n"], found["coverage"]) == (2.0, 3, 0.75)
    assert (found["p50"], found["p95"]) == (1.0, pytest.approx(4.15))
    assert found["worst_low"] is found["worst_high"] is None
    assert 0 <= found["low"] < 2.0 < found["high"]


def test_one_time_has_no_interval():
    found = figures([0.5], "first_token_s")
    assert (found["mean"], found["low"], found["high"]) == (0.5, 0.0, None)


def test_what_applies_to_nothing_has_no_coverage_and_what_failed_no_mean():
    assert figures([None, None])["coverage"] is None
    failed = figures(["system_error", None])
    assert (failed["coverage"], failed["mean"], failed["worst_low"]) == (0.0, None, None)


def test_a_missing_score_counts_as_the_worst():
    found = figures([1, 1, 1, "judge_parse"], "judged_correctness")
    assert (found["mean"], found["mean_scored"], found["coverage"]) == (0.75, 1.0, 0.75)
    assert (found["worst_low"], found["worst_high"]) == (0.75, 1.0)
    assert found["low"] == wilson(3, 4)[0] and found["high"] == 1.0
    fewer = figures([0, 0, 0, "system_error"], "false_refusal")
    assert (fewer["mean"], fewer["mean_scored"]) == (0.25, 0.0)
    assert fewer["low"] == 0.0 and fewer["high"] == wilson(1, 4)[1]


@pytest.mark.parametrize("metric", ["judged_correctness", "ragas_faithfulness"])
@pytest.mark.parametrize("worst_first", [True, False])
def test_garbage_of_a_judge_never_raises_a_mean(metric, worst_first):
    """A fifth of the replies is garbage: by chance, or just where the answers are bad."""
    generator = np.random.default_rng(7)
    for _ in range(8):
        whole = generator.random(300)
        whole = np.round(whole) if metric == "judged_correctness" else whole
        order = np.argsort(whole) if worst_first else generator.permutation(300)
        garbled = [float(value) for value in whole]
        for position in order[:60]:
            garbled[position] = "judge_parse"
        before, after = figures(whole.tolist(), metric), figures(garbled, metric)
        assert after["coverage"] == 0.8
        assert after["mean"] <= before["mean"]
        assert after["low"] <= before["low"]
        assert after["worst_low"] <= before["mean"] <= after["worst_high"]


def test_a_run_is_summarised_as_plain_json():
    run = make_run(
        "r",
        {"first_token_s": [0.5, 1.0], "answer_accuracy": [1, None], "own_score": [0.2, 0.4]},
        outcomes=["answered", "refused"],
        fingerprint={"model": "m"},
    )
    summary = summarise(run)
    assert list(summary["metrics"]) == ["answer_accuracy", "first_token_s", "own_score"]
    assert (summary["run"], summary["suite"], summary["n"]) == ("r", "release", 2)
    assert summary["outcomes"] == {"answered": 1, "refused": 1}
    assert summary["complete"] and summary["fingerprint"] == {"model": "m"}
    json.dumps(summary, allow_nan=False)


def test_a_run_with_items_missing_or_failed_is_incomplete():
    missing = make_run("r", {"mrr": [1, 1]}, asked=["0", "1", "2"])
    assert (summarise(missing)["complete"], summarise(missing)["n"]) == (False, 3)
    assert summarise(missing, ["0", "1"])["complete"]
    failed = make_run("r", {"mrr": [1, "system_error"]}, outcomes=["answered", "failed"])
    assert not summarise(failed)["complete"]


def suite_of(*metrics, kind="answers"):
    return {"suite_definition": {"name": "s", "kind": kind, "metrics": list(metrics)}}


@pytest.mark.parametrize(
    ("given", "complete"),
    [
        (1.0, True),
        (None, True),
        ("judge_parse", True),
        ("judge_truncated", True),
        ("judge_timeout", False),
        ("system_error", False),
    ],
)
@pytest.mark.parametrize("metric", ["judged_correctness", "ragas_rouge"])
def test_a_run_is_complete_once_every_judged_metric_has_ended(metric, given, complete):
    about = suite_of("mrr", metric)
    run = make_run("r", {"mrr": [1.0, 1.0], metric: [1.0, given]}, fingerprint=about)
    assert summarise(run)["complete"] is complete


def test_a_run_that_ended_before_it_was_judged_is_incomplete():
    about = suite_of("mrr", "judged_correctness")
    run = make_run("r", {"mrr": [1.0, 1.0]}, fingerprint=about)
    assert not summarise(run)["complete"]
    partly = make_run("r", {"mrr": [1, 1], "judged_correctness": [1, 1]}, fingerprint=about)
    assert summarise(partly)["complete"]
    partly.items["1"].metrics.pop("judged_correctness")
    assert not summarise(partly)["complete"]


def test_what_the_kind_of_a_suite_never_computes_is_not_missed():
    routed = {"route_accuracy": [1.0, 0.0], "latency_total_s": [0.1, "system_error"]}
    about = {"suite_definition": {"name": "s", "kind": "routing", "metrics": []}}
    assert summarise(make_run("r", routed, fingerprint=about))["complete"]
    run = make_run("r", {"mrr": [1.0]}, fingerprint=suite_of("mrr", "queue_s", kind="retrieval"))
    assert summarise(run)["complete"]


def test_a_metric_that_was_computed_for_some_items_is_missing_from_the_others():
    run = make_run("r", {"mrr": [1.0, 1.0], "ragas_faithfulness": [1.0, 1.0]})
    run.items["1"].metrics.pop("ragas_faithfulness")  # the run was stopped while judging
    found = summarise(run)["metrics"]
    assert found["mrr"]["coverage"] == 1.0
    assert (found["ragas_faithfulness"]["coverage"], found["ragas_faithfulness"]["mean"]) == (
        0.5,
        0.5,
    )
