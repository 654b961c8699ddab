"""What verdicts are worth: against statsmodels, simulated judges, and the free rules."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa

from workbench.evaluation.judges import measures
from workbench.evaluation.judges.biases import PADDING, pad, verbosity
from workbench.evaluation.judges.correction import corrected_score
from workbench.evaluation.judges.figures import Judged, figures, fitness_of
from workbench.evaluation.judges.labelled import Label
from workbench.evaluation.judges.lexical import MEASURES, Rule, best_rule
from workbench.evaluation.metrics.refusal import is_refusal
from workbench.evaluation.metrics.score import NOT_APPLICABLE, Score, scored

NEVER = Rule("never", lambda _: 0.0, 1.0)


def label(number, truth, **given):
    return Label(
        id=str(number), cluster=str(number), stratum="", truth=truth, **{"answer": "x", **given}
    )


def judged(number, truth, said, **given):
    return Judged(label(number, truth, **given), tuple(scored(float(each)) for each in said))


def simulated(n, prevalence, sensitivity, specificity, seed):
    """Return verdicts of a judge whose errors are known."""
    generator = np.random.default_rng(seed)
    truths = generator.random(n) < prevalence
    chance = generator.random(n)
    said = np.where(truths, chance < sensitivity, chance >= specificity)
    return [
        judged(number, bool(truth), [bool(verdict)])
        for number, (truth, verdict) in enumerate(zip(truths, said, strict=True))
    ]


def test_kappa_is_that_of_statsmodels():
    truths, said = (
        [True] * 50 + [False] * 30,
        [True] * 40 + [False] * 10 + [True] * 5 + [False] * 25,
    )
    sums = measures.confusion(truths, said).sum(0)
    assert sums.tolist() == [40, 10, 5, 25]
    expected = cohens_kappa(sums.reshape(2, 2)).kappa
    assert float(measures.kappa(sums)) == pytest.approx(expected)
    assert measures.kappa_of(truths, said) == pytest.approx(expected)


def test_kappas_bootstrap_interval_is_near_the_asymptotic_one():
    sample = simulated(300, 0.6, 0.9, 0.8, seed=1)
    found = figures("correctness", sample, NEVER)
    counts = found["counts"]
    table = [
        [counts["true_positive"], counts["false_negative"]],
        [counts["false_positive"], counts["true_negative"]],
    ]
    theirs = cohens_kappa(table)
    assert found["kappa"]["low"] == pytest.approx(theirs.kappa_low, abs=0.02)
    assert found["kappa"]["high"] == pytest.approx(theirs.kappa_upp, abs=0.02)


def test_kappa_is_not_defined_where_all_say_the_same():
    assert measures.kappa_of([True] * 5, [True] * 5) == 0.0
    found = figures("correctness", [judged(n, True, [True]) for n in range(5)], NEVER)
    assert found["kappa"] == {"value": None, "low": None, "high": None}
    assert found["specificity"]["value"] is None
    assert found["sensitivity"]["value"] == 1.0
    assert found["sensitivity"]["low"] < 0.7


def test_clusters_widen_the_interval():
    sample = simulated(300, 0.6, 0.9, 0.8, seed=2)
    rows = np.vstack([measures.confusion([j.label.truth], j.said) for j in sample])
    ten = np.repeat(rows[:30], 10, axis=0)
    alone = measures.estimate(measures.kappa, ten, range(300))
    together = measures.estimate(measures.kappa, ten, [n // 10 for n in range(300)])
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_a_simulated_judges_errors_are_recovered():
    found = figures("correctness", simulated(600, 0.6, 0.9, 0.8, seed=3), NEVER)
    for name, true in (("sensitivity", 0.9), ("specificity", 0.8), ("base_rate", 0.6)):
        assert found[name]["low"] < true < found[name]["high"]
    corrected = found["corrected"]
    assert corrected["low"] < corrected["people"] < corrected["high"]
    assert found["observed"]["value"] == pytest.approx(0.62, abs=0.03)


@pytest.mark.parametrize("prevalence", [0.3, 0.6, 0.9])
def test_the_true_share_behind_a_judge_is_recovered(prevalence):
    """Of 100 pairs of card and run, 95% intervals hold it in 95 or so; under 88 is 1 in 500."""
    held = 0
    for seed in range(100):
        card = figures_counts(simulated(300, 0.6, 0.9, 0.8, seed))
        run = simulated(300, prevalence, 0.9, 0.8, 1000 + seed)
        good = sum(each.said[0] for each in run)
        found = corrected_score(good, 300, card)
        held += found is not None and found.low <= prevalence <= found.high
    assert held >= 88


def figures_counts(sample):
    names = ("true_positive", "false_negative", "false_positive", "true_negative")
    rows = measures.confusion([j.label.truth for j in sample], [j.said[0] for j in sample])
    return {"counts": dict(zip(names, map(int, rows.sum(0)), strict=True))}


def test_a_judge_no_better_than_chance_corrects_nothing():
    assert corrected_score(50, 100, figures_counts(simulated(300, 0.5, 0.5, 0.5, 4))) is None


def test_what_failed_lowers_coverage_and_what_does_not_apply_does_not():
    sample = simulated(80, 0.5, 0.9, 0.9, seed=5)
    failed = [Judged(label(f"f{n}", True), (Score("judge_parse"),)) for n in range(20)]
    aside = [Judged(label(f"a{n}", True), (NOT_APPLICABLE,)) for n in range(10)]
    found = figures("correctness", [*sample, *failed, *aside], NEVER)
    assert (found["n"], found["scored"], found["coverage"]) == (100, 80, 0.8)
    assert found["statuses"] == {"scored": 80, "judge_parse": 20, "not_applicable": 10}
    fit, why = fitness_of(found, must_beat_rule=True)
    assert not fit
    assert "only 80% of the labels were scored" in why


def test_half_a_pair_is_no_verdict():
    pair = Judged(label(1, True), (scored(1.0), Score("judge_timeout")))
    assert (pair.status, pair.said) == ("judge_timeout", [])


def test_a_good_judge_is_fit_and_a_poor_one_is_not():
    good = figures("correctness", simulated(300, 0.6, 0.9, 0.8, seed=6), NEVER)
    assert fitness_of(good, must_beat_rule=True) == (True, "")
    poor = figures("correctness", simulated(300, 0.6, 0.7, 0.6, seed=6), NEVER)
    fit, why = fitness_of(poor, must_beat_rule=True)
    assert not fit
    assert "does not reach 0.4" in why


def test_a_judge_that_is_no_better_than_the_free_rule_is_unfit():
    sample = simulated(300, 0.6, 0.95, 0.9, seed=7)
    same = Rule("the same", lambda given: float(sample[int(given.id)].said[0]), 1.0)
    found = figures("correctness", sample, same)
    assert found["kappa_above_free_rule"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    fit, why = fitness_of(found, must_beat_rule=True)
    assert not fit
    assert "not better than the free rule (the same)" in why
    assert fitness_of(found, must_beat_rule=False) == (True, "")


def test_a_judge_that_goes_by_the_order_has_no_kappa_and_full_position_bias():
    pairs = [judged(n, n % 2 == 0, [True, False]) for n in range(100)]
    found = figures("preference", pairs, NEVER)
    assert found["position_bias"]["value"] == 1.0
    assert found["kappa"]["value"] == 0.0
    assert found["corrected"]["value"] is None


def test_position_bias_is_of_preferences_alone():
    found = figures("correctness", simulated(50, 0.5, 0.9, 0.9, seed=8), NEVER)
    assert found["position_bias"]["value"] is None


def test_verbosity_bias_of_correctness_is_the_share_that_padding_turns():
    padded = [judged(n, False, [n < 5]) for n in range(20)]
    found = verbosity("correctness", [], padded)
    assert (found["n"], found["value"]) == (20, 0.25)
    assert 0 < found["low"] < 0.25 < found["high"] < 1
    assert verbosity("correctness", [], [])["value"] is None


def test_padding_says_nothing_and_keeps_the_answer():
    longer = pad(label(1, False, answer="Paris."))
    assert longer.answer == f"Paris.{PADDING}"
    assert not is_refusal(longer.answer)


def test_verbosity_bias_of_faithfulness_is_pearsons_correlation():
    generator = np.random.default_rng(9)
    lengths = generator.integers(1, 60, 200)
    said = generator.random(200) < lengths / 60
    sample = [
        judged(n, n % 2 == 0, [bool(said[n])], answer="w " * int(lengths[n])) for n in range(200)
    ]
    errors = [float(said[n]) - float(n % 2 == 0) for n in range(200)]
    expected = stats.pearsonr(np.log1p(lengths), errors).statistic
    found = verbosity("faithfulness", sample, [])
    assert found["value"] == pytest.approx(expected, abs=1e-4)
    assert 0 < found["low"] < found["value"] < found["high"]


def test_verbosity_bias_of_preference_is_what_length_wins():
    pairs = [
        judged(n, n % 2 == 0, [True, True], answer="long answer", other="short") for n in range(40)
    ]
    assert verbosity("preference", pairs, [])["value"] == 0.5
    equal = [judged(n, True, [True, True], answer="abc", other="xyz") for n in range(4)]
    assert verbosity("preference", equal, [])["value"] is None


def facts(number, truth, answer, *forms):
    return label(number, truth, answer=answer, facts=(forms,))


def test_the_best_rule_of_correctness_contains_the_reference():
    tuning = [
        facts(1, True, "It is in Paris, France.", "Paris"),
        facts(2, False, "It is in Rome, as Paris is not.", "Lyon"),
        facts(3, True, "the Seine", "Seine", "the river Seine"),
        facts(4, False, "the Rhine", "Seine"),
    ]
    rule = best_rule("correctness", tuning)
    assert rule.name == "contains the reference"
    assert [rule.verdicts("correctness", each) for each in tuning] == [
        [True], [False], [True], [False],
    ]  # fmt: skip
    assert best_rule("correctness", tuning, without=rule.name).name != rule.name


def test_the_rules_of_faithfulness_measure_words_in_the_best_context():
    contexts = ("The pool opens at seven.", "Khách có thể bơi.")
    whole = label(1, True, answer="Khách có thể bơi. The pool opens.", contexts=contexts)
    half_of_it = label(2, False, answer="The pool opens. Dogs bark loudly.", contexts=contexts)
    measure = MEASURES["faithfulness"]["rouge1 precision on the context, weakest sentence"]
    assert (measure(whole), measure(half_of_it)) == (1.0, 0.0)
    mean = MEASURES["faithfulness"]["rouge1 precision on the context, mean sentence"]
    assert mean(half_of_it) == 0.5


def test_a_threshold_is_the_best_one_on_the_tuning_labels():
    context = ("a b c d e f g h",)
    tuning = [
        label(1, True, answer="a b c d e", contexts=context),
        label(2, True, answer="a b c d x", contexts=context),
        label(3, False, answer="a b x y z", contexts=context),
        label(4, False, answer="v w x y z", contexts=context),
    ]
    rule = best_rule("faithfulness", tuning)
    assert [rule.verdicts("faithfulness", each)[0] for each in tuning] == [True, True, False, False]


def test_a_rule_says_of_two_equal_answers_one_thing_in_each_order():
    rule = Rule("length", MEASURES["preference"]["longer answer"], 0.0)
    equal = label(1, True, answer="abc", other="xyz")
    assert rule.verdicts("preference", equal) == [False, True]
    longer = label(1, True, answer="abcd", other="xyz")
    assert rule.verdicts("preference", longer) == [True, True]
