"""Two runs side by side."""

import json

import pytest
from fixtures.runs import make_run

from workbench.errors import UsageError
from workbench.evaluation.comparison import compare
from workbench.evaluation.differences import changed_factors, differing
from workbench.evaluation.statistics.multiple import holm
from workbench.evaluation.statistics.paired import mcnemar, score_interval


def one(metric, before, after, **more):
    compared = compare(make_run("a", {metric: before}, **more), make_run("b", {metric: after}))
    return compared["metrics"][metric]


def test_a_comparison_is_paired_by_item():
    before = make_run("a", {"answer_accuracy": [0, 1, 1, 0], "first_token_s": [1.0] * 4})
    after = make_run("b", {"answer_accuracy": [1, 1, 0, 1], "first_token_s": [1.5] * 4})
    del after.items["3"]
    compared = compare(before, after)
    assert (compared["n"], compared["only_a"], compared["only_b"]) == (3, 1, 0)
    accuracy = compared["metrics"]["answer_accuracy"]
    assert (accuracy["mean_a"], accuracy["mean_b"]) == (2 / 3, 2 / 3)
    assert (accuracy["lost"], accuracy["gained"], accuracy["p"]) == (1, 1, 1.0)
    assert (accuracy["low"], accuracy["high"]) == score_interval(1, 1, 3)
    first = compared["metrics"]["first_token_s"]
    assert first["difference"] == pytest.approx(0.5)
    assert first["percentiles"]["p95"]["difference"] == pytest.approx(0.5)
    assert "p" not in first
    json.dumps(compared, allow_nan=False)


def test_flips_are_listed_by_id_and_metric():
    compared = compare(
        make_run("a", {"answer_accuracy": [0, 1, 1], "mrr": [1.0, 0.5, 0.2]}),
        make_run("b", {"answer_accuracy": [1, 1, 0], "mrr": [0.5, 1.0, 0.2]}),
    )
    assert compared["flips"] == [
        {"id": "0", "metric": "answer_accuracy", "before": 0.0, "after": 1.0},
        {"id": "2", "metric": "answer_accuracy", "before": 1.0, "after": 0.0},
    ]


def test_lost_means_worse_where_less_is_better():
    found = one("false_refusal", [0, 0, 1, 0], [1, 1, 0, 0])
    assert (found["lost"], found["gained"], found["difference"]) == (2, 1, 0.25)


def test_missing_scores_bound_the_difference():
    found = one("answer_accuracy", [1, 0, 1, 1, None], [1, "judge_parse", 1, 0, None])
    assert (found["n"], found["unpaired"], found["difference"]) == (3, 1, -1 / 3)
    assert (found["worst_low"], found["worst_high"]) == (-1 / 4, 0.0)
    both = one("mrr", [1, "system_error"], [1, "system_error"])
    assert (both["worst_low"], both["worst_high"]) == (-0.5, 0.5)
    assert one("first_token_s", [1.0, 1.0], [1.0, "system_error"])["worst_low"] is None


def test_what_applies_to_one_answer_alone_is_unpaired_but_not_missing():
    found = one("citation_precision", [1.0, 0.5], [1.0, None])
    assert (found["n"], found["unpaired"]) == (1, 1)
    assert (found["worst_low"], found["worst_high"]) == (0.0, 0.0)


def test_clusters_are_counted_and_widen_the_interval():
    before, after = [1.0] * 40, [0.0] * 8 + [1.0] * 32
    clusters = [f"c{n // 4}" for n in range(40)]
    alone = one("answer_accuracy", before, after)
    together = compare(
        make_run("a", {"answer_accuracy": before}, clusters=clusters),
        make_run("b", {"answer_accuracy": after}, clusters=clusters),
    )["metrics"]["answer_accuracy"]
    assert (alone["clusters"], together["clusters"]) == (40, 10)
    assert together["low"] < alone["low"] and together["high"] > alone["high"]
    assert alone["p"] == mcnemar(8, 0) < together["p"]


def test_p_values_are_adjusted_over_the_table():
    before = {"answer_accuracy": [1.0] * 30, "hit_at_5": [1.0] * 30, "latency_total_s": [1.0] * 30}
    after = {
        "answer_accuracy": [0.0] * 8 + [1.0] * 22,
        "hit_at_5": [0.0] * 6 + [1.0] * 24,
        "latency_total_s": [2.0] * 30,
    }
    metrics = compare(make_run("a", before), make_run("b", after))["metrics"]
    expected = holm({name: mcnemar(k, 0) for name, k in (("a", 8), ("h", 6))})
    assert metrics["answer_accuracy"]["p_holm"] == expected["a"]
    assert metrics["hit_at_5"]["p_holm"] == expected["h"]
    assert "p_holm" not in metrics["latency_total_s"]


def test_a_metric_without_a_pair_has_no_difference():
    found = one("cost", [None, None], [0.1, 0.2])
    assert (found["n"], found["unpaired"], found["difference"]) == (0, 2, None)


def test_runs_of_other_questions_are_not_compared():
    other = make_run("b", {"mrr": [1.0]})
    other.items["z"] = other.items.pop("0")
    with pytest.raises(UsageError, match="runs a and b share no item") as refused:
        compare(make_run("a", {"mrr": [1.0]}), other)
    assert "\n" not in refused.value.one_line()


FINGERPRINT = {
    "model": "m",
    "weights": "w",
    "serving": {"model": "m", "server": "vllm 1", "flags": ["--x"]},
    "retrieval": {"top_k": 5, "rrf_k": 60},
    "prompt": "answer@1",
    "prompt_sha256": "p",
    "dataset_sha256": "d",
    "git_commit": "c",
    "engine": "e",
    "packages_sha256": "l",
    "hardware": {"cpu": "x", "cores": 2},
    "judge": {"model": "j", "prompts": {"correctness": {"version": 1}}},
    "suite_definition": {"gate": {}},
    "variant": {"model": None},
}


def test_equal_fingerprints_have_no_difference():
    assert differing(FINGERPRINT, FINGERPRINT) == {}
    assert changed_factors(FINGERPRINT, FINGERPRINT) == []


@pytest.mark.parametrize(
    ("path", "factor"),
    [
        ("model", "model"),
        ("serving.model", "model"),
        ("weights", "model"),
        ("serving.server", "serving.server"),
        ("serving.flags", "serving.flags"),
        ("retrieval.top_k", "retrieval.top_k"),
        ("prompt_sha256", "prompt"),
        ("dataset_sha256", "dataset"),
        ("git_commit", "code"),
        ("engine", "code"),
        ("packages_sha256", "packages"),
        ("hardware.cores", "hardware.cores"),
        ("judge.prompts", "judge"),
    ],
)
def test_each_entry_that_differs_is_named(path, factor):
    changed = json.loads(json.dumps(FINGERPRINT))
    group, _, entry = path.partition(".")
    if entry:
        changed[group][entry] = "other"
    else:
        changed[group] = "other"
    assert list(differing(FINGERPRINT, changed)) == [group]
    assert changed_factors(FINGERPRINT, changed) == [factor]
    without = {key: value for key, value in FINGERPRINT.items() if key != group}
    assert differing(FINGERPRINT, without)[group][1] is None


def compared_with(**changes):
    before = make_run("a", {"mrr": [1.0]}, fingerprint=FINGERPRINT)
    return compare(before, make_run("b", {"mrr": [1.0]}, fingerprint={**FINGERPRINT, **changes}))


def test_more_than_one_factor_gets_a_warning():
    assert compared_with(prompt="answer@2", prompt_sha256="q")["warnings"] == []
    assert compared_with(suite_definition={"gate": {"mrr": {}}})["warnings"] == []
    both = compared_with(prompt="answer@2", retrieval={"top_k": 8, "rrf_k": 60})
    assert both["warnings"] == ["more than one factor changed: retrieval.top_k, prompt"]
    assert set(both["differs"]) == {"retrieval", "prompt"}


def test_runs_of_other_question_sets_are_warned_of():
    other = compared_with(dataset_sha256="other")
    assert other["warnings"] == ["the runs are of different question sets"]


def test_a_metric_defined_anew_is_a_factor_and_what_no_run_kept_is_the_first_version():
    first, second = ({**FINGERPRINT, "metric_versions": {"mrr": n}} for n in (1, 2))
    assert changed_factors(first, second) == ["metrics"]
    assert changed_factors(FINGERPRINT, first) == []
    assert changed_factors(FINGERPRINT, second) == ["metrics"]
    only = {**FINGERPRINT, "metric_versions": {"hit_at_5": 2}}
    assert changed_factors(first, only) == []  # none that both measured
