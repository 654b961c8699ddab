import json

import numpy as np
import pytest
from scipy import stats

from workbench.evaluation.metrics.routing_scores import (
    BINS,
    OUT_OF_SCOPE,
    Routed,
    confusion,
    expected_calibration_error,
    item_scores,
    macro_f1,
    routing_scores,
)


def routed(expected, given, confidence=None, seconds=None):
    return Routed(frozenset(expected), frozenset(given), confidence, seconds)


GOLDEN = [
    *[routed("a", "a")] * 8,
    *[routed("a", "b")] * 2,
    *[routed("b", "b")] * 5,
    *[routed("b", "")] * 1,
    *[routed("", "")] * 3,
    *[routed("", "a")] * 1,
]
"""A matrix by hand: rows a, b, out of scope are (8, 2, 0), (0, 5, 1), (1, 0, 3)."""


def test_a_golden_matrix_gives_its_figures():
    scores = routing_scores(GOLDEN)
    assert scores["accuracy"] == 16 / 20
    assert scores["in_scope_accuracy"] == 13 / 16
    assert scores["oos_recall"] == 3 / 4
    assert scores["oos_precision"] == 3 / 4
    f1 = [2 * 8 / (10 + 9), 2 * 5 / (6 + 7), 2 * 3 / (4 + 4)]
    assert scores["macro_f1"] == pytest.approx(sum(f1) / 3)
    assert (scores["n"], scores["n_in_scope"], scores["n_oos"]) == (20, 16, 4)
    assert scores["ece"] is None
    assert scores["p50_ms"] is None


def test_the_confusion_is_the_matrix():
    cells = {(*row["expected"], "|", *row["given"]): row["count"] for row in confusion(GOLDEN)}
    assert cells == {
        ("a", "|", "a"): 8,
        ("a", "|", "b"): 2,
        ("b", "|", "b"): 5,
        ("b", "|"): 1,
        ("|",): 3,
        ("|", "a"): 1,
    }
    rows, columns = (
        ["".join(getattr(one, side)) for one in GOLDEN] for side in ("expected", "given")
    )
    assert stats.contingency.crosstab(rows, columns).count.tolist() == [
        [cells["|",], cells["|", "a"], 0],
        [0, cells["a", "|", "a"], cells["a", "|", "b"]],
        [cells["b", "|"], 0, cells["b", "|", "b"]],
    ]


def test_macro_f1_is_the_mean_of_the_harmonic_means_of_precision_and_recall():
    rng = np.random.default_rng(3)
    names = np.array(["a", "b", "c", ""])
    expected, given = names[rng.integers(0, 4, 300)], names[rng.integers(0, 4, 300)]
    scores = []
    for name in names:
        hits = ((expected == name) & (given == name)).sum()
        precision, recall = hits / (given == name).sum(), hits / (expected == name).sum()
        scores.append(stats.hmean([precision, recall]))
    items = [routed(e, g) for e, g in zip(expected, given, strict=True)]
    assert macro_f1(items) == pytest.approx(np.mean(scores))


def test_a_set_of_labels_counts_as_a_whole_in_accuracy_and_one_by_one_in_f1():
    items = [routed("ab", "ab"), routed("ab", "a")]
    scores = routing_scores(items)
    assert scores["accuracy"] == 0.5
    assert scores["macro_f1"] == pytest.approx((1.0 + 2 / 3) / 2)
    assert [row["given"] for row in scores["confusion"]] == [["a"], ["a", "b"]]


def test_a_class_that_is_only_given_counts_as_missed():
    items = [routed("a", "a"), routed("a", "")]
    assert macro_f1(items) == pytest.approx((2 / 3 + 0.0) / 2)
    assert OUT_OF_SCOPE not in json.dumps(routing_scores(items))


def test_calibration_against_bins_by_scipy():
    rng = np.random.default_rng(5)
    confidence = rng.uniform(0.01, 1, 500)
    right = rng.uniform(size=500) < confidence**2
    items = [
        routed("a", "a" if hit else "b", float(level))
        for level, hit in zip(confidence, right, strict=True)
    ]
    edges = np.linspace(0, 1, BINS + 1)
    counts = stats.binned_statistic(confidence, right, "count", edges).statistic
    said = stats.binned_statistic(confidence, confidence, "mean", edges).statistic
    true = stats.binned_statistic(confidence, right.astype(float), "mean", edges).statistic
    expected = np.nansum(counts * np.abs(said - true)) / 500
    assert expected_calibration_error(items) == pytest.approx(expected)
    assert expected > 0.05


def test_sure_and_right_is_calibrated_and_sure_and_wrong_is_not():
    assert expected_calibration_error([routed("a", "a", 1.0)]) == 0.0
    assert expected_calibration_error([routed("a", "b", 1.0)]) == 1.0
    assert expected_calibration_error([routed("a", "a", 0.0)]) == 1.0
    assert expected_calibration_error([routed("a", "a", 1.0), routed("a", "a")]) is None


def test_the_time_of_a_decision_is_the_median_in_milliseconds():
    items = [routed("a", "a", 1.0, seconds) for seconds in (0.001, 0.003, 0.5)]
    assert routing_scores(items)["p50_ms"] == pytest.approx(3.0)


def test_figures_of_nothing_are_null_and_the_result_is_json():
    scores = routing_scores([])
    names = ("accuracy", "in_scope_accuracy", "oos_recall", "oos_precision", "macro_f1", "ece")
    assert all(scores[name] is None for name in names)
    only_in_scope = routing_scores([routed("a", "a", 0.5, 0.1)])
    assert (only_in_scope["oos_recall"], only_in_scope["oos_precision"]) == (None, None)
    assert json.loads(json.dumps(only_in_scope)) == only_in_scope


def test_the_scores_of_items_average_to_the_figures():
    scores = routing_scores(GOLDEN)
    items = [item_scores(one.expected, one.given) for one in GOLDEN]
    for name, figure in (
        ("route_accuracy", scores["accuracy"]),
        ("in_scope_accuracy", scores["in_scope_accuracy"]),
        ("oos_recall", scores["oos_recall"]),
        ("oos_precision", scores["oos_precision"]),
    ):
        values = [each[name].value for each in items if each[name].status == "scored"]
        assert sum(values) / len(values) == figure
