"""Critical items: one alone decides, once fresh runs confirm it."""

import pytest
from fixtures.runs import make_run, make_suite

from workbench.evaluation.gate.rules import decide, gate_of

ITEMS = 300
RULES = {"answer_accuracy": {"margin": 5}}


def verdicts(broken=(), items=ITEMS):
    return [0.0 if number in broken else 1.0 for number in range(items)]


class Rerun:
    """Runs items anew, with scripted scores, and notes which."""

    def __init__(self, *scores, **more):
        self.scores = scores
        self.more = more
        self.asked = []

    def __call__(self, items):
        self.asked.append(list(items))
        runs = [
            make_run("fresh", {"answer_accuracy": [score]}, **self.more) for score in self.scores
        ]
        return [renamed(run, items) for run in runs]


def renamed(run, items):
    """Return a run whose single item stands for all items."""
    only = run.items.pop("0")
    run.items.update(dict.fromkeys(items, only))
    return run


def gate(after, before, rerun=None, suite=None, **more):
    metric = more.pop("metric", "answer_accuracy")
    given = {"critical": {7}, **more}
    run = make_run("run", {metric: after}, **given)
    baseline = None if before is None else make_run("baseline", {metric: before}, **given)
    return decide(run, baseline, gate_of(run, suite or make_suite(RULES)), rerun, fit=lambda *_: "")


def test_one_broken_critical_item_in_300_is_red():
    rerun = Rerun(0.0, 1.0, 0.0)
    verdict = gate(verdicts({7}), verdicts(), rerun)
    assert verdict["verdict"] == "FAIL"
    assert [found["verdict"] for found in verdict["metrics"]] == ["PASS"]
    assert rerun.asked == [["7"]]
    (item,) = verdict["critical"]
    assert (item["id"], item["verdict"], item["reruns"]) == ("7", "FAIL", [False, True, False])
    assert item["reasons"] == ["it fails answer_accuracy", "2 of 3 fresh runs fail"]


def test_a_critical_item_that_recovers_is_not():
    verdict = gate(verdicts({7}), verdicts(), Rerun(1.0, 0.0, 1.0))
    assert verdict["verdict"] == "PASS"
    assert verdict["critical"][0]["verdict"] == "PASS"


def test_nothing_is_run_anew_where_critical_items_pass():
    rerun = Rerun(0.0, 0.0, 0.0)
    verdict = gate(verdicts({8, 9}), verdicts(), rerun)
    assert (verdict["verdict"], verdict["critical"], rerun.asked) == ("PASS", [], [])
    assert verdict["critical_checked"] == 1


def test_what_the_baseline_fails_too_is_not_this_runs_doing():
    rerun = Rerun(0.0, 0.0, 0.0)
    verdict = gate(verdicts({7}), verdicts({7}), rerun)
    assert (verdict["verdict"], verdict["critical_checked"], rerun.asked) == ("PASS", 0, [])


def test_without_a_baseline_every_critical_item_must_pass():
    suite = make_suite({"answer_accuracy": {"floor": 50}})
    assert gate(verdicts({7}), None, Rerun(0.0, 0.0, 0.0), suite)["verdict"] == "FAIL"
    assert gate(verdicts(), None, None, suite)["verdict"] == "PASS"


def test_a_broken_item_that_cannot_be_run_anew_is_undecided():
    verdict = gate(verdicts({7}), verdicts())
    assert verdict["verdict"] == "INCONCLUSIVE"
    assert verdict["critical"][0]["reasons"] == ["it fails answer_accuracy", "it was not run anew"]


def test_fresh_runs_without_scores_decide_nothing():
    verdict = gate(verdicts({7}), verdicts(), Rerun(0.0, "judge_parse", 1.0))
    assert verdict["critical"][0]["verdict"] == "INCONCLUSIVE"
    assert verdict["critical"][0]["reruns"] == [False, "judge_parse", True]


def test_a_turn_that_breaks_again_and_again_fails():
    outcomes = ["failed" if number == 7 else "answered" for number in range(ITEMS)]
    after = verdicts()
    after[7] = "system_error"
    run = make_run("run", {"answer_accuracy": after}, critical={7}, outcomes=outcomes)
    baseline = make_run("baseline", {"answer_accuracy": verdicts()}, critical={7})
    rerun = Rerun(*["system_error"] * 3, outcomes=["failed"])
    verdict = decide(run, baseline, gate_of(run, make_suite(RULES)), rerun)
    assert verdict["verdict"] == "FAIL"
    assert verdict["critical"][0]["reasons"][0] == "it has no answer (failed)"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"model": "n", "serving": {"model": "n", "server": "v1"}}, "model"),
        ({"retrieval": {"top_k": 8}}, "retrieval.top_k"),
        ({"serving": {"model": "m", "server": "v2"}}, "serving.server"),
        ({"index": {"content_sha256": "j"}}, "corpus"),
        ({"judge": {"model": "k"}}, "judge"),
        ({"router_sha256": "s"}, "router_sha256"),
        ({"dataset_sha256": "e", "model": "n"}, "dataset, model"),
    ],
)
@pytest.mark.parametrize("score", [0.0, 1.0])
def test_fresh_runs_by_another_system_decide_nothing(changes, named, score):
    about = {
        "dataset_sha256": "d",
        "model": "m",
        "serving": {"model": "m", "server": "v1"},
        "index": {"content_sha256": "i", "collection": "one"},
        "retrieval": {"top_k": 5},
        "judge": {"model": "j"},
        "router_sha256": "r",
    }
    other = Rerun(score, score, score, fingerprint={**about, **changes})
    verdict = gate(verdicts({7}), verdicts(), other, fingerprint=about)
    assert verdict["verdict"] == "INCONCLUSIVE"
    assert verdict["critical"][0]["reasons"] == [
        "it fails answer_accuracy",
        f"the fresh runs are of another system ({named} changed)",
    ]


def test_what_does_not_tell_systems_apart_may_change_between_run_and_fresh_runs():
    about = {"model": "m", "reused": ["generation"], "smoke": True, "hardware": {"cores": 2}}
    again = {"model": "m", "reused": [], "smoke": False, "hardware": {"cores": 8}}
    rerun = Rerun(0.0, 0.0, 0.0, fingerprint=again)
    assert gate(verdicts({7}), verdicts(), rerun, fingerprint=about)["verdict"] == "FAIL"


def test_an_item_whose_judge_said_garbage_is_run_anew():
    after = verdicts()
    after[7] = "judge_parse"
    verdict = gate(after, verdicts(), Rerun(1.0, 1.0, 1.0))
    assert verdict["verdict"] == "PASS"
    assert verdict["critical"][0]["reasons"][0] == "it has no score (judge_parse)"


def test_a_critical_item_that_the_run_left_out_was_not_measured():
    run = make_run("run", {"answer_accuracy": verdicts(items=299)})
    baseline = make_run("baseline", {"answer_accuracy": verdicts()}, critical={299})
    rerun = Rerun(1.0, 1.0, 1.0)
    verdict = decide(run, baseline, gate_of(run, make_suite(RULES)), rerun)
    assert (verdict["verdict"], rerun.asked) == ("NOT_MEASURED", [])
    assert verdict["critical"][0]["id"] == "299"


@pytest.mark.parametrize("tagged", [{7: ["safety"]}, {7: ["fees", "safety"]}])
def test_tags_make_items_critical(tagged):
    suite = make_suite(RULES, critical_tags=["safety"])
    rerun = Rerun(0.0, 0.0, 0.0)
    more = {"critical": (), "tagged": tagged}
    assert gate(verdicts({7}), verdicts(), rerun, suite, **more)["verdict"] == "FAIL"
    untagged = make_suite(RULES, critical_tags=["other"])
    assert gate(verdicts({7}), verdicts(), rerun, untagged, **more)["verdict"] == "PASS"


def test_removing_the_mark_does_not_help():
    run = make_run("run", {"answer_accuracy": verdicts({7})})
    baseline = make_run("baseline", {"answer_accuracy": verdicts()}, critical={7})
    verdict = decide(run, baseline, gate_of(run, make_suite(RULES)), Rerun(0.0, 0.0, 0.0))
    assert verdict["verdict"] == "FAIL"


def test_where_less_is_better_one_is_a_failure():
    suite = make_suite({"false_refusal": {"margin": 5}})
    after = [1.0 if number == 7 else 0.0 for number in range(ITEMS)]
    verdict = gate(after, [0.0] * ITEMS, None, suite, metric="false_refusal")
    assert verdict["critical"][0]["reasons"][0] == "it fails false_refusal"


def test_a_gate_set_of_shares_lets_the_runs_verdicts_decide():
    metrics = {"mrr": [1.0] * ITEMS, "answer_accuracy": verdicts({7})}
    run = make_run("run", metrics, critical={7})
    baseline = make_run("baseline", {**metrics, "answer_accuracy": verdicts()}, critical={7})
    suite = make_suite({"mrr": {"margin": 5}})
    assert decide(run, baseline, gate_of(run, suite))["verdict"] == "INCONCLUSIVE"
    assert decide(run, baseline, gate_of(run, suite), Rerun(0, 0, 1))["verdict"] == "FAIL"


def test_a_critical_item_that_nothing_can_fail_is_warned_of():
    after = verdicts()
    after[7] = None
    verdict = gate(after, None, None, make_suite({"answer_accuracy": {"floor": 50}}))
    assert verdict["warnings"] == ["critical, but no metric says whether they pass: 7"]


def test_the_greater_half_of_repeats_decides():
    after = verdicts()
    after[7] = 2 / 3
    assert gate(after, verdicts())["critical"] == []
    after[7] = 1 / 3
    assert gate(after, verdicts())["critical"][0]["verdict"] == "INCONCLUSIVE"


def test_critical_items_alone_make_a_gate():
    suite = make_suite({}, metrics=["answer_accuracy"])
    assert gate(verdicts(), None, None, suite)["verdict"] == "PASS"
    assert gate(verdicts({7}), None, Rerun(0.0, 0.0, 0.0), suite)["verdict"] == "FAIL"
