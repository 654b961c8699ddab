"""The gate's rules, one by one, and what a verdict says."""

import json
from pathlib import Path

import pytest
from fixtures.runs import make_run, make_suite

from workbench.errors import UsageError
from workbench.evaluation.gate.baselines import read_baseline, write_baseline
from workbench.evaluation.gate.rules import decide, gate_of
from workbench.evaluation.gate.verdict import exit_code, worst_of
from workbench.evaluation.statistics.intervals import wilson

RIGHT = [1.0] * 240 + [0.0] * 60


def changed(lost=0, gained=0):
    """Return RIGHT with so many verdicts lost and gained."""
    return [0.0] * lost + [1.0] * (240 - lost) + [1.0] * gained + [0.0] * (60 - gained)


def gate(after, before=None, rules=None, metric="answer_accuracy", **more):
    fit = more.pop("fit", lambda *_: "")
    suite = make_suite({metric: {"margin": 5}} if rules is None else rules)
    run = make_run("run", {metric: after}, **more)
    baseline = None if before is None else make_run("baseline", {metric: before}, **more)
    verdict = decide(run, baseline, gate_of(run, suite), fit=fit)
    json.dumps(verdict, allow_nan=False)
    return verdict


def only(verdict):
    (found,) = verdict["metrics"]
    return found


def test_identical_runs_pass():
    verdict = gate(RIGHT, RIGHT)
    found = only(verdict)
    assert (verdict["verdict"], found["verdict"]) == ("PASS", "PASS")
    assert (verdict["run"], verdict["baseline"], verdict["n"]) == ("run", "baseline", 300)
    assert (found["difference"], found["p"], found["coverage"]) == (0.0, 1.0, 1.0)
    assert (found["n"], found["n_needed"]) == (300, None)
    assert -0.05 < found["bound"] < 0
    assert found["reasons"] == ["not worse than the margin: at worst -0.008938, and the margin is "
                                "0.05"]  # fmt: skip


def test_a_significant_drop_fails():
    verdict = gate(changed(lost=27, gained=3), RIGHT)
    found = only(verdict)
    assert verdict["verdict"] == "FAIL"
    assert found["difference"] == pytest.approx(-0.08)
    assert found["p"] == found["p_holm"] < 1e-4
    assert found["reasons"] == ["worse by 0.08 (p 4.2e-06)"]


def test_a_significant_drop_within_the_margin_passes():
    found = only(gate(changed(lost=6), RIGHT))
    assert found["verdict"] == "PASS" and found["p"] < 0.05


def test_too_few_items_are_inconclusive_and_the_number_needed_is_named():
    found = only(gate(RIGHT[200:280], [*RIGHT[200:279], 1.0]))
    assert found["verdict"] == "INCONCLUSIVE"
    assert found["n_needed"] > 80
    assert f"it needs {found['n_needed']} items and has 80" in found["reasons"][0]
    few = only(gate([1.0] * 20, [1.0] * 20))
    assert (few["verdict"], few["n_needed"]) == ("INCONCLUSIVE", 52)


def test_the_number_needed_decides_four_times_out_of_five():
    """What is undecided with 300 items is decided with as many as it asks for."""
    found = only(gate(changed(lost=18, gained=10), RIGHT))
    assert found["verdict"] == "INCONCLUSIVE"
    times = -(-found["n_needed"] // 300)
    grown = only(gate(changed(lost=18, gained=10) * times, RIGHT * times))
    assert grown["verdict"] != "INCONCLUSIVE"


def test_the_margin_of_a_metric_is_its_own():
    drop = changed(lost=15, gained=6)
    assert only(gate(drop, RIGHT, {"answer_accuracy": {"margin": 10}}))["verdict"] == "PASS"
    assert only(gate(drop, RIGHT, {"answer_accuracy": {"margin": 1}}))["verdict"] == "FAIL"


def test_where_less_is_better_a_rise_fails():
    before = [0.0] * 280 + [1.0] * 20
    after = [1.0] * 30 + before[30:]
    worse = only(gate(after, before, metric="false_refusal"))
    assert (worse["verdict"], worse["difference"]) == ("FAIL", pytest.approx(0.1))
    assert worse["bound"] > 0.1
    better = only(gate(before, after, metric="false_refusal"))
    assert (better["verdict"], better["difference"]) == ("PASS", pytest.approx(-0.1))


def test_the_margin_of_a_time_is_in_percent_of_the_baseline():
    before = [1.0 + number % 7 / 10 for number in range(100)]
    little = only(gate([value + 0.01 for value in before], before, metric="first_token_s"))
    assert little["verdict"] == "PASS"
    assert little["margin"] == pytest.approx(0.05 * sum(before) / 100)
    slower = only(gate([value * 1.2 for value in before], before, metric="first_token_s"))
    assert slower["verdict"] == "FAIL"


def test_holm_is_over_the_gate_set_as_declared():
    metrics = ("answer_accuracy", "hit_at_5", "refusal_recall")
    rules = {name: {"margin": 1} for name in metrics}
    drop = changed(lost=15, gained=5)  # alone p is .021
    after = make_run("run", {"answer_accuracy": drop, "hit_at_5": RIGHT, "refusal_recall": RIGHT})
    before = make_run("baseline", dict.fromkeys(metrics, RIGHT))
    first = decide(after, before, gate_of(after, make_suite(rules)))["metrics"][0]
    assert first["p_holm"] == pytest.approx(3 * first["p"])
    assert (first["p"] < 0.05, first["verdict"]) == (True, "INCONCLUSIVE")
    alone = make_suite({"answer_accuracy": {"margin": 1}})
    assert decide(after, before, gate_of(after, alone))["verdict"] == "FAIL"
    # one that cannot be measured does not make the others' test easier
    after = make_run(
        "run", {"answer_accuracy": drop, "hit_at_5": RIGHT, "refusal_recall": [None] * 300}
    )
    found = decide(after, before, gate_of(after, make_suite(rules)))["metrics"]
    assert found[0]["p_holm"] == pytest.approx(3 * first["p"])
    assert found[2]["verdict"] == "NOT_MEASURED"


@pytest.mark.parametrize(
    ("floor", "verdict"), [(70, "PASS"), (75, "PASS"), (79, "INCONCLUSIVE"), (90, "FAIL")]
)
def test_floors_are_held_by_the_interval(floor, verdict):
    found = only(gate(RIGHT, rules={"answer_accuracy": {"floor": floor}}))
    assert found["verdict"] == verdict
    assert found["floor"] == pytest.approx(floor / 100)
    assert found["interval"] == pytest.approx(wilson(240, 300))
    assert (found["n_needed"] is not None) == (verdict == "INCONCLUSIVE")


def test_a_floor_is_a_ceiling_where_less_is_better():
    values = [1.0] * 6 + [0.0] * 294
    for floor, verdict in ((6, "PASS"), (3, "INCONCLUSIVE"), (0.5, "FAIL")):
        found = only(
            gate(values, rules={"false_refusal": {"floor": floor}}, metric="false_refusal")
        )
        assert found["verdict"] == verdict
    times = [0.4, 0.5, 0.6] * 30
    rules = {"first_token_s": {"floor": 0.55}}
    assert only(gate(times, rules=rules, metric="first_token_s"))["verdict"] == "PASS"


def test_a_perfect_score_of_few_items_does_not_show_a_floor():
    found = only(gate([1.0] * 10, rules={"answer_accuracy": {"floor": 80}}))
    assert (found["verdict"], found["n_needed"]) == ("INCONCLUSIVE", 16)
    shares = only(gate([1.0] * 10, rules={"mrr": {"floor": 80}}, metric="mrr"))
    assert (shares["verdict"], shares["n_needed"]) == ("INCONCLUSIVE", 16)
    assert only(gate([1.0] * 16, rules={"mrr": {"floor": 80}}, metric="mrr"))["verdict"] == "PASS"


def test_a_metric_is_as_bad_as_the_worse_of_margin_and_floor():
    rules = {"answer_accuracy": {"margin": 5, "floor": 90}}
    found = only(gate(RIGHT, RIGHT, rules))
    assert found["verdict"] == "FAIL"
    assert len(found["reasons"]) == 2


def test_without_a_baseline_only_floors_count():
    suite = make_suite({"answer_accuracy": {"floor": 70}, "mrr": {"margin": 5}})
    run = make_run("run", {"answer_accuracy": RIGHT, "mrr": RIGHT})
    verdict = decide(run, None, gate_of(run, suite))
    assert (verdict["verdict"], verdict["baseline"]) == ("PASS", None)
    assert [found["metric"] for found in verdict["metrics"]] == ["answer_accuracy"]
    assert verdict["warnings"] == ["not checked, as there is neither baseline nor floor: mrr"]
    nothing = decide(run, None, gate_of(run, make_suite({"mrr": {"margin": 5}})))
    assert nothing["verdict"] == "NOT_MEASURED"


def test_coverage_below_95_percent_is_inconclusive():
    missing = ["judge_timeout"] * 15 + RIGHT[15:]
    assert only(gate(missing, RIGHT))["verdict"] == "PASS"
    found = only(gate(["judge_timeout"] * 16 + RIGHT[16:], RIGHT))
    assert found["verdict"] == "INCONCLUSIVE"
    assert found["reasons"] == ["only 94.6% of its items have a score, and 95% are needed"]
    assert only(gate(RIGHT, missing[:1] * 16 + RIGHT[16:]))["verdict"] == "INCONCLUSIVE"


def test_items_that_were_not_run_lack_coverage():
    asked = [str(number) for number in range(320)]
    verdict = gate(RIGHT, rules={"answer_accuracy": {"floor": 50}}, asked=asked)
    assert only(verdict)["verdict"] == "INCONCLUSIVE"
    assert (only(verdict)["coverage"], verdict["n"]) == (300 / 320, 320)


def test_leaving_out_items_of_the_baseline_does_not_help():
    suite = make_suite({"answer_accuracy": {"margin": 5}})
    run = make_run("run", {"answer_accuracy": RIGHT[:250]})
    baseline = make_run("baseline", {"answer_accuracy": RIGHT})
    found = only(decide(run, baseline, gate_of(run, suite)))
    assert found["verdict"] == "INCONCLUSIVE"
    assert found["reasons"] == ["only 83.3% of the baseline's items are paired, and 95% are needed"]
    more = decide(baseline, run, gate_of(run, suite))
    assert more["verdict"] == "PASS"  # new items are no fault


def test_answers_without_citations_are_no_missing_pairs():
    before = [1.0] * 200
    after = [1.0] * 120 + [None] * 80
    assert only(gate(after, before, metric="citation_precision"))["verdict"] == "PASS"


def test_a_metric_that_applies_to_nothing_is_not_measured():
    found = only(gate([None] * 10, RIGHT[:10]))
    assert found["verdict"] == "NOT_MEASURED"
    assert found["reasons"] == ["it applies to no item of the run"]
    assert only(gate([1.0, None], [None, 1.0]))["reasons"] == ["no item has a score in both runs"]


def test_what_was_not_computed_is_missing_and_not_passed_over():
    gated = make_suite({"answer_accuracy": {"margin": 5}})
    before = make_run("baseline", {"answer_accuracy": RIGHT})
    run = make_run("run", {"answer_accuracy": RIGHT})
    for number in range(30):
        run.items[str(299 - number)].metrics.clear()
    found = only(decide(run, before, gate_of(run, gated)))
    assert (found["verdict"], found["coverage"]) == ("INCONCLUSIVE", 0.9)
    other = make_run("run", {"mrr": RIGHT})
    assert only(decide(other, before, gate_of(other, gated)))["reasons"] == [
        "the run did not measure it"
    ]


def test_costs_are_refused_where_they_are_not_known():
    found = only(gate([0.1, None, 0.1], [0.1] * 3, metric="cost"))
    assert found["verdict"] == "NOT_MEASURED"
    assert "the cost of 1 of 3 items of run is not known" in found["reasons"][0]
    unknown = only(gate([0.1] * 3, [None] * 3, metric="cost"))
    assert "3 of 3 items of baseline" in unknown["reasons"][0]
    records = [{"cost": {"amount": 0.1, "currency": each}} for each in ("USD", "USD", "VND")]
    mixed = only(gate([0.1] * 3, [0.1] * 3, metric="cost", records=records))
    assert mixed["reasons"] == ["costs are in different currencies: USD, VND"]
    assert only(gate([0.1] * 60, [0.1] * 60, metric="cost"))["verdict"] == "PASS"


def test_costs_of_two_currencies_are_not_compared_through_a_file(tmp_path):
    def spent(name, currency):
        records = [{"cost": {"amount": 0.1, "currency": currency}}] * 60
        return make_run(name, {"cost": [0.1] * 60}, records=records)

    def kept(name, currency):
        write_baseline(tmp_path / "b.json", spent(name, currency))
        return read_baseline(tmp_path / "b.json")

    run = spent("run", "USD")
    gated = gate_of(run, make_suite({"cost": {"margin": 5}}))
    assert decide(run, kept("baseline", "USD"), gated)["verdict"] == "PASS"
    other = only(decide(run, kept("baseline", "VND"), gated))
    assert (other["verdict"], other["reasons"]) == (
        "NOT_MEASURED",
        ["costs are in different currencies: USD, VND"],
    )
    untold = only(decide(run, make_run("old", {"cost": [0.1] * 60}), gated))
    assert untold["verdict"] == "NOT_MEASURED"
    assert "the currency of the costs of old is not known" in untold["reasons"][0]


def test_a_baseline_of_another_question_set_decides_no_margin():
    rules = {"answer_accuracy": {"margin": 5, "floor": 70}}

    def run_of(name, **about):
        return make_run(name, {"answer_accuracy": RIGHT}, fingerprint=about)

    def beside(before):
        run = run_of("run", dataset_sha256="a")
        return only(decide(run, before, gate_of(run, make_suite(rules))))

    other = beside(run_of("baseline", dataset_sha256="b"))
    assert (other["verdict"], other["difference"]) == ("INCONCLUSIVE", None)
    assert other["reasons"][1] == (
        "the baseline is of another question set: make a baseline of this one"
    )
    assert "0.7" in other["reasons"][0]  # the floor is still judged
    assert beside(run_of("baseline", dataset_sha256="a"))["verdict"] == "PASS"
    assert beside(run_of("baseline"))["verdict"] == "PASS"  # not known to be another


def test_a_metric_that_was_defined_anew_is_not_compared(tmp_path):
    def run_of(name, **versions):
        about = {"metric_versions": versions} if versions else {}
        return make_run(name, {"answer_accuracy": RIGHT, "mrr": RIGHT}, fingerprint=about)

    rules = make_suite({"answer_accuracy": {"margin": 5}, "mrr": {"margin": 5}})
    run = run_of("run", answer_accuracy=2, mrr=1)
    write_baseline(tmp_path / "old.json", run_of("old"))
    for before in (run_of("old"), read_baseline(tmp_path / "old.json")):
        verdict = decide(run, before, gate_of(run, rules))
        assert [found["verdict"] for found in verdict["metrics"]] == ["INCONCLUSIVE", "PASS"]
        assert verdict["metrics"][0]["reasons"] == [
            "the baseline measured it by version 1 of its definition, the run by 2"
        ]
    write_baseline(tmp_path / "new.json", run)
    assert decide(run, read_baseline(tmp_path / "new.json"), gate_of(run, rules))[
        "verdict"
    ] == "PASS"  # fmt: skip
    first = run_of("first", answer_accuracy=1, mrr=1)
    assert decide(first, run_of("old"), gate_of(first, rules))["verdict"] == "PASS"


def test_items_without_a_partner_and_a_run_beside_itself_are_warned_of():
    few = make_run("few", {"answer_accuracy": RIGHT[:290]})
    many = make_run("many", {"answer_accuracy": RIGHT})
    gated = gate_of(many, make_suite({"answer_accuracy": {"margin": 5}}))
    assert decide(many, few, gated)["warnings"] == [
        "10 of 300 items of the run are not in the baseline"
    ]
    assert decide(few, many, gated)["warnings"] == [
        "10 of 300 items of the baseline are not in the run"
    ]
    assert decide(many, many, gated)["warnings"] == ["run and baseline are the same run: many"]


def test_a_judge_that_is_not_fit_does_not_decide():
    calls = []

    def unfit(metric, run):
        calls.append((metric, run.run))
        return "judged_correctness with m: unfit"

    found = only(gate(RIGHT, RIGHT, metric="judged_correctness", fit=unfit))
    assert (found["verdict"], found["reasons"]) == (
        "NOT_MEASURED",
        ["judged_correctness with m: unfit"],
    )
    assert set(calls) == {("judged_correctness", "run")}
    assert only(gate(RIGHT, RIGHT, metric="judged_correctness"))["verdict"] == "PASS"
    assert only(gate(RIGHT, RIGHT, fit=unfit))["verdict"] == "PASS"
    run = make_run("run", {"judged_correctness": RIGHT})
    undeclared = decide(run, run, gate_of(run, make_suite({"judged_correctness": {}})))
    assert only(undeclared)["reasons"] == ["its judge was not calibrated against people"]


def test_verdicts_of_different_judges_are_not_compared():
    suite = make_suite({"judged_correctness": {"margin": 5}})
    judge = {"model": "j", "weights": "w", "server": "vllm 1", "prompts": {"correctness": 1}}

    def judged_by(name, **changes):
        about = {"judge": judge | changes}
        return make_run(name, {"judged_correctness": RIGHT}, fingerprint=about)

    def found(after, before):
        return only(decide(after, before, gate_of(after, suite), fit=lambda *_: ""))

    same = found(judged_by("run", server="vllm 2"), judged_by("baseline"))
    assert same["verdict"] == "PASS"
    other = found(judged_by("run", model="k"), judged_by("baseline"))
    assert other["verdict"] == "NOT_MEASURED"
    assert other["reasons"] == ["the baseline had another judge (its model): judge it anew"]


def test_a_stand_in_does_not_meet_the_release_models_floors():
    rules = {"answer_accuracy": {"margin": 5, "floor": 10}}
    verdict = gate(RIGHT, RIGHT, rules, fingerprint={"smoke": True})
    assert verdict["verdict"] == "NOT_MEASURED"
    assert "release targets: not measured, as the release model was not run" in verdict["warnings"]
    assert only(verdict)["difference"] == 0.0


def test_the_runs_own_suite_decides_unless_another_is_given():
    definition = make_suite({"answer_accuracy": {"floor": 90}}).definition(Path("/"))
    run = make_run("run", {"answer_accuracy": RIGHT}, fingerprint={"suite_definition": definition})
    assert decide(run, None, gate_of(run))["verdict"] == "FAIL"
    other = make_suite({"answer_accuracy": {"floor": 50}})
    assert decide(run, None, gate_of(run, other))["verdict"] == "PASS"


def test_what_cannot_be_gated_is_one_line():
    run = make_run("run", {"answer_accuracy": RIGHT})
    with pytest.raises(UsageError, match="does not say which suite it is of"):
        gate_of(run)
    with pytest.raises(UsageError, match="the suite release gates nothing"):
        gate_of(run, make_suite({}, metrics=["answer_accuracy"]))
    other = make_run("other", {"answer_accuracy": [1.0]})
    other.items["z"] = other.items.pop("0")
    with pytest.raises(UsageError, match="runs other and run share no item") as refused:
        decide(run, other, gate_of(run, make_suite({"answer_accuracy": {}})))
    assert "\n" not in refused.value.one_line()


def test_differing_systems_and_gates_are_warned_of():
    strict = make_suite({"answer_accuracy": {"margin": 1}}).definition(Path("/"))
    before = make_run(
        "baseline",
        {"answer_accuracy": RIGHT},
        fingerprint={"suite_definition": strict, "model": "a", "prompt": "p"},
    )
    loose = make_suite({"answer_accuracy": {"margin": 50}}).definition(Path("/"))
    run = make_run(
        "run",
        {"answer_accuracy": RIGHT},
        fingerprint={"suite_definition": loose, "model": "b", "prompt": "q"},
    )
    assert decide(run, before, gate_of(run))["warnings"] == [
        "more than one factor changed: model, prompt",
        "the gate was declared otherwise for the baseline",
    ]


def test_the_worst_verdict_wins():
    assert worst_of(["PASS", "INCONCLUSIVE", "PASS"]) == "INCONCLUSIVE"
    assert worst_of(["INCONCLUSIVE", "NOT_MEASURED"]) == "NOT_MEASURED"
    assert worst_of(["NOT_MEASURED", "FAIL", "PASS"]) == "FAIL"
    assert worst_of(["PASS"]) == "PASS"
    assert worst_of([]) == "NOT_MEASURED"


@pytest.mark.parametrize(
    ("verdict", "codes"),
    [
        ("PASS", (0, 0, 0)),
        ("FAIL", (1, 1, 1)),
        ("INCONCLUSIVE", (3, 0, 1)),
        ("NOT_MEASURED", (3, 3, 3)),
    ],
)
def test_exit_codes(verdict, codes):
    assert tuple(exit_code(verdict, given) for given in (None, "pass", "fail")) == codes
