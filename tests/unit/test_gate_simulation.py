"""The gate on simulated runs: how often it is wrong, and how often it sees a drop.

Runs are drawn with a fixed seed, so that a test either always passes or never does; the limits are
the promised rates with what a binomial of that many runs may exceed them by (99.9%).
"""

import gc
from collections import Counter

import numpy as np
import pytest
from fixtures.runs import make_run, make_suite
from scipy import stats

from workbench.evaluation.gate.rules import decide, gate_of

RUNS = 1_000
ITEMS = 300


def most(rate, runs=RUNS):
    """Return how often something of that rate may happen."""
    return stats.binom.ppf(0.999, runs, rate)


def draw(generator, lost, gained, items=ITEMS):
    """Return the verdicts of two systems of which the second loses and gains such shares."""
    fate = generator.random(items)
    either = generator.random(items) < 0.8
    before = np.where(fate < lost, True, np.where(fate < lost + gained, False, either))
    after = np.where(fate < lost, False, np.where(fate < lost + gained, True, either))
    return before.astype(float).tolist(), after.astype(float).tolist()


def gated(before, after, rules, **more):
    run = make_run("run", after, **more)
    return decide(run, make_run("baseline", before, **more), gate_of(run, make_suite(rules)))


def simulate(lost, gained, runs=RUNS, metrics=("answer_accuracy",), seed=20_261_121):
    generator = np.random.default_rng(seed)
    verdicts = Counter()
    for _ in range(runs):
        pairs = {name: draw(generator, lost, gained) for name in metrics}
        before, after = ({name: pair[side] for name, pair in pairs.items()} for side in (0, 1))
        verdicts[gated(before, after, {name: {"margin": 5} for name in metrics})["verdict"]] += 1
    return verdicts


def test_a_system_beside_itself_fails_at_most_one_time_in_twenty():
    verdicts = simulate(lost=0.05, gained=0.05)
    assert verdicts["FAIL"] <= most(0.05)
    assert verdicts["PASS"] > 0.8 * RUNS
    assert set(verdicts) <= {"PASS", "FAIL", "INCONCLUSIVE"}


def test_a_drop_of_eight_points_is_seen():
    verdicts = simulate(lost=0.09, gained=0.01)
    assert verdicts["FAIL"] >= 0.95 * RUNS
    assert verdicts["PASS"] <= 0.005 * RUNS


def test_a_drop_of_the_margin_passes_at_most_one_time_in_twenty():
    passed = simulate(lost=0.075, gained=0.025, runs=400)["PASS"]
    assert 0 < passed <= most(0.06, 400)  # Tango's bound is asymptotic


def test_several_metrics_together_fail_no_more_often(monkeypatch):
    monkeypatch.setattr(gc, "collect", lambda *_: 0)  # statsmodels calls it for each adjustment
    verdicts = simulate(0.05, 0.05, 200, ("answer_accuracy", "hit_at_5", "refusal_recall"))
    assert verdicts["FAIL"] <= most(0.05, 200)


@pytest.mark.parametrize("metric", ["answer_accuracy", "mrr"])
def test_a_system_beside_itself_passes_with_few_clusters_too(metric):
    """Twelve documents with ten questions each, which change together."""
    generator = np.random.default_rng(3)
    clusters = [f"c{number // 10}" for number in range(120)]
    verdicts = Counter()
    for _ in range(80):
        first = generator.random(120)
        second = np.clip(first + np.repeat(generator.normal(0, 0.1, 12), 10), 0, 1)
        if metric == "answer_accuracy":
            first, second = first < 0.8, second < 0.8
        swapped = np.repeat(generator.random(12) < 0.5, 10)
        before, after = np.where(swapped, second, first), np.where(swapped, first, second)
        pair = ({metric: side.astype(float).tolist()} for side in (before, after))
        verdicts[gated(*pair, {metric: {"margin": 5}}, clusters=clusters)["verdict"]] += 1
    assert verdicts["FAIL"] <= most(0.05, 80)


@pytest.mark.parametrize("lost", [0.01, 0.05, 0.20])
def test_a_fifth_of_garbage_is_inconclusive_whatever_the_rest_shows(lost):
    generator = np.random.default_rng(9)
    rules = {"judged_correctness": {"margin": 5, "floor": 20}}
    for _ in range(50):
        before, after = draw(generator, lost, 0.01)
        for position in generator.permutation(ITEMS)[: ITEMS // 5]:
            after[position] = "judge_parse"
        run = make_run("run", {"judged_correctness": after})
        baseline = make_run("baseline", {"judged_correctness": before})
        verdict = decide(run, baseline, gate_of(run, make_suite(rules)), fit=lambda *_: "")
        (found,) = verdict["metrics"]
        assert verdict["verdict"] == found["verdict"] == "INCONCLUSIVE"
        assert found["coverage"] == 0.8
        assert found["mean"] <= sum(v for v in after if v != "judge_parse") / 300 + 1e-9
