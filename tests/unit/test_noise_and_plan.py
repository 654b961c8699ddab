"""How far a system differs from itself, and what a margin needs because of it."""

from collections import Counter

import numpy as np
import pytest
from fixtures.runs import make_run
from scipy import stats

from workbench.errors import UsageError
from workbench.evaluation.comparison import compare
from workbench.evaluation.noise import load_noise, measure_noise, save_noise, within_noise
from workbench.evaluation.planning import plan
from workbench.evaluation.statistics.intervals import share_interval
from workbench.evaluation.statistics.power import items_for_margin


def noisy(count=2, items=300, flips=0.10, spread=0.05, seed=1):
    """Return runs of a system whose verdicts differ with that rate and whose scores jitter."""
    generator = np.random.default_rng(seed)
    turned = (1 - np.sqrt(1 - 2 * flips)) / 2  # two draws disagree with 2 p (1 - p)
    truth = generator.random(items) < 0.8
    runs = []
    for number in range(count):
        verdicts = truth ^ (generator.random(items) < turned)
        scores = 0.5 + generator.normal(0, spread, items)
        values = {"answer_accuracy": verdicts.astype(float).tolist(), "mrr": scores.tolist()}
        runs.append(make_run(f"r{number}", values))
    return runs


@pytest.mark.parametrize("count", [2, 4])
def test_seeded_jitter_is_found_within_its_interval(count):
    """The intervals hold what was put in, as often as 95% intervals do."""
    true = {"flip": 0.10, "sd": (0.10 / 2) ** 0.5, "spread": 0.05}
    covered = Counter()
    for seed in range(25):
        metrics = measure_noise(noisy(count, items=150, seed=seed))["metrics"]
        flips, scores = metrics["answer_accuracy"], metrics["mrr"]
        covered["flip"] += flips["flip_low"] <= true["flip"] <= flips["flip_high"]
        covered["sd"] += flips["sd_low"] <= true["sd"] <= flips["sd_high"]
        covered["spread"] += scores["sd_low"] <= true["spread"] <= scores["sd_high"]
        assert scores["sd"] == pytest.approx(true["spread"], rel=0.25)
    assert min(covered[name] for name in true) >= stats.binom.ppf(0.001, 25, 0.95)


def test_a_record_says_what_was_measured_and_how_long_it_took():
    record = measure_noise(noisy(3), seconds=180.0)
    assert (record["suite"], record["n"], record["runs"]) == ("release", 300, ["r0", "r1", "r2"])
    assert record["seconds_per_item"] == 0.2
    assert "flip_rate" not in record["metrics"]["mrr"]
    assert measure_noise(noisy())["seconds_per_item"] is None


def test_the_flip_rate_of_two_runs_is_the_share_of_verdicts_that_differ():
    first = make_run("a", {"answer_accuracy": [1, 1, 0, 0, "judge_parse"]})
    second = make_run("b", {"answer_accuracy": [1, 0, 1, 0, 1]})
    found = measure_noise([first, second])["metrics"]["answer_accuracy"]
    assert (found["n"], found["flip_rate"], found["sd"]) == (4, 0.5, 0.5)
    assert (found["flip_low"], found["flip_high"]) == share_interval([0, 1, 1, 0])


def test_a_system_that_never_varies_may_still_vary_a_little():
    runs = [make_run(name, {"answer_accuracy": [1.0] * 50}) for name in "ab"]
    found = measure_noise(runs)["metrics"]["answer_accuracy"]
    assert (found["flip_rate"], found["sd"]) == (0.0, 0.0)
    assert found["flip_high"] > 0.05 and found["sd_high"] > 0


def test_noise_needs_runs_of_one_system():
    first, second = noisy()
    with pytest.raises(UsageError, match="needs two runs"):
        measure_noise([first])
    second.fingerprint["model"] = "other"
    with pytest.raises(UsageError, match="r0 and r1 are not of one system: model differ"):
        measure_noise([first, second])
    other = make_run("o", {"mrr": [1.0]}, asked=["z"])
    other.items["z"] = other.items.pop("0")
    with pytest.raises(UsageError, match="share no item"):
        measure_noise([first, other])


def test_runs_in_which_an_item_failed_measure_no_noise():
    first, second = noisy()
    failed = {"answer_accuracy": [1.0, "system_error"]}
    broken = make_run("broken", failed, outcomes=["answered", "failed"])
    with pytest.raises(UsageError, match="broken is incomplete: 1 of 2 items have no answer"):
        measure_noise([first, broken])
    del second.items["7"]
    with pytest.raises(UsageError, match="r1 is incomplete: 1 of 300 items have no answer"):
        measure_noise([first, second])


def test_noise_is_kept_with_the_workspace(tmp_path):
    record = measure_noise(noisy())
    assert load_noise(tmp_path, "release") is None
    path = save_noise(tmp_path, record)
    assert load_noise(tmp_path, "release") == record
    path.write_text("{")
    with pytest.raises(UsageError, match="cannot be read"):
        load_noise(tmp_path, "release")


def test_a_difference_that_the_same_system_shows_is_within_the_noise():
    record = measure_noise(noisy(4))
    again = noisy(2, seed=2)
    assert "answer_accuracy" in within_noise(compare(*again), record)
    before, after = again
    better = make_run("c", {"answer_accuracy": [1.0] * 300})
    assert within_noise(compare(before, better), record) == []
    assert within_noise(compare(before, after), {"metrics": {}}) == []


def test_a_plan_without_noise_is_the_published_table():
    found = plan(["answer_accuracy"], 5.0)
    assert found["metrics"][0]["sd"] is None
    rows = found["metrics"][0]["plans"]
    assert [(row["repeats"], row["changed"], row["n"]) for row in rows] == [
        (1, 0.05, 124),
        (1, 0.10, 248),
        (1, 0.20, 495),
    ]
    assert [row["calls"] for row in rows] == [124, 248, 495]
    assert all(row["minutes"] is None for row in rows)
    assert [row["n"] for row in plan(["mrr"], 3.0)["metrics"][0]["plans"]] == pytest.approx(
        [344, 688, 1_375], rel=0.05
    )


def test_repeats_cut_the_noise_and_cost_calls():
    noise = measure_noise(noisy(4), seconds=2.0 * 300 * 4)
    (metric,) = plan(["answer_accuracy"], 5.0, noise, items=300)["metrics"]
    rows = {(row["repeats"], row["changed"]): row for row in metric["plans"]}
    sd = noise["metrics"]["answer_accuracy"]["sd"]
    assert rows[4, 0.05]["n"] == items_for_margin(0.05 + 2 * sd**2 / 4, 0.05)
    assert rows[1, 0.05]["n"] > rows[2, 0.05]["n"] > rows[4, 0.05]["n"]
    assert rows[4, 0.05]["calls"] == 4 * rows[4, 0.05]["n"]
    assert rows[1, 0.05]["minutes"] == pytest.approx(rows[1, 0.05]["n"] * 2 / 60)
    expected = 280 * ((0.05 + 2 * sd**2) / 300) ** 0.5
    assert rows[1, 0.05]["detectable"] == pytest.approx(expected, rel=0.01)


def test_judged_metrics_cost_a_call_more():
    rows = plan(["answer_accuracy", "judged_correctness"], 5.0)["metrics"][0]["plans"]
    assert rows[0]["calls"] == 2 * rows[0]["n"]


def test_times_are_planned_from_their_noise_alone():
    assert plan(["first_token_s"], 5.0)["metrics"][0]["plans"] == []
    generator = np.random.default_rng(1)
    runs = [
        make_run(name, {"first_token_s": generator.normal(2.0, 0.2, 200).tolist()}) for name in "ab"
    ]
    (metric,) = plan(["first_token_s"], 5.0, measure_noise(runs))["metrics"]
    variance = 2 * metric["sd"] ** 2
    assert metric["plans"][0]["n"] == pytest.approx(items_for_margin(variance, 0.1), rel=0.02)


@pytest.mark.parametrize("margin", [0, -1, 101])
def test_a_margin_that_cannot_be_shown_is_refused(margin):
    with pytest.raises(UsageError, match="cannot be shown"):
        plan(["mrr"], margin)
    with pytest.raises(UsageError, match="no metric to plan"):
        plan([], 5.0)
