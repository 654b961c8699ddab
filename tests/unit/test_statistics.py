"""Intervals and tests against published values, scipy, statsmodels and simulation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from workbench.evaluation.statistics.clusters import (
    design_effect,
    effective_size,
    standard_error,
)
from workbench.evaluation.statistics.intervals import (
    bootstrap_mean,
    mean_interval,
    share_interval,
    t_interval,
    wilson,
)
from workbench.evaluation.statistics.multiple import benjamini_hochberg, holm
from workbench.evaluation.statistics.paired import (
    Changes,
    change_interval,
    change_p,
    drop_p,
    lower_bound,
    mcnemar,
    mcnemar_drop,
    score_interval,
)
from workbench.evaluation.statistics.percentiles import (
    percentile,
    percentile_change,
    percentile_interval,
    samples_needed,
)


def wald(successes: int, n: int) -> tuple[float, float]:
    share = successes / n
    half = 1.96 * math.sqrt(share * (1 - share) / n)
    return share - half, share + half


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(successes, n, low, high):
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 400), st.integers(1, 400))
def test_wilson_is_that_of_statsmodels_and_holds_the_share(successes, n):
    successes = min(successes, n)
    low, high = wilson(successes, n)
    expected = proportion_confint(successes, n, method="wilson")
    assert (low, high) == pytest.approx(expected, abs=1e-9)
    assert 0 <= low <= successes / n <= high <= 1


def test_wilson_at_the_ends():
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(20, 20)
    assert high == 1.0 and low == pytest.approx(1 - 0.1611, abs=5e-5)


@pytest.mark.parametrize(
    ("interval", "n", "coverage"),
    # nominal 95% intervals of a share of .95: why Wald's is never used
    [
        (wald, 30, 0.78),
        (wilson, 30, 0.94),
        (wald, 100, 0.88),
        (wilson, 100, 0.97),
        (wald, 300, 0.92),
        (wilson, 300, 0.95),
    ],
)
def test_wilson_covers_where_wald_does_not(interval, n, coverage):
    covered = sum(
        stats.binom.pmf(successes, n, 0.95)
        for successes in range(n + 1)
        if interval(successes, n)[0] <= 0.95 <= interval(successes, n)[1]
    )
    assert covered == pytest.approx(coverage, abs=0.015)


CLUSTERED = [1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.5]
NAMES = ["a", "a", "a", "b", "b", "c", "c", "c"]


def test_the_cluster_robust_error_is_that_of_inspect():
    mean = sum(CLUSTERED) / 8
    by_cluster = [2.0 - 3 * mean, 1.0 - 2 * mean, 1.5 - 3 * mean]
    expected = math.sqrt(sum(r * r for r in by_cluster) * 3 / 2) / 8
    assert standard_error(CLUSTERED, NAMES) == pytest.approx(expected)
    assert standard_error(CLUSTERED) == pytest.approx(stats.sem(CLUSTERED))
    assert standard_error(CLUSTERED, list(range(8))) == pytest.approx(stats.sem(CLUSTERED))
    assert standard_error([1.0, 0.0], ["a", "a"]) == math.inf


def clustered(generator, clusters, items, icc, mean=0.0):
    """Return normal values whose items share a part of each cluster's own."""
    own = generator.normal(0, math.sqrt(icc), (clusters, 1))
    values = mean + own + generator.normal(0, math.sqrt(1 - icc), (clusters, items))
    return values.ravel().tolist(), [c for c in range(clusters) for _ in range(items)]


@pytest.mark.parametrize(("icc", "items", "effect"), [(0.1, 5, 1.4), (0.3, 5, 2.2), (0.3, 10, 3.7)])
def test_the_design_effect_is_kishs(icc, items, effect):
    generator = np.random.default_rng(5)
    found = [
        design_effect(*clustered(generator, clusters=300, items=items, icc=icc)) for _ in range(20)
    ]
    assert effect == pytest.approx(1 + (items - 1) * icc)
    assert np.mean(found) == pytest.approx(effect, rel=0.05)


def test_few_clusters_are_worth_few_items():
    values, names = clustered(np.random.default_rng(1), clusters=30, items=10, icc=0.3)
    assert effective_size(values, names) == pytest.approx(300 / 3.7, rel=0.5)
    assert effective_size(values) == 300
    assert effective_size(values, ["one"] * 300) == 0
    t_ratio = stats.t.ppf(0.975, 3) / stats.t.ppf(0.975, 1)
    assert effective_size([1.0, 1.0, 1.0, 1.0], ["a", "a", "b", "b"]) == pytest.approx(
        4 * t_ratio**2
    )


def test_clusters_widen_the_interval_of_a_share():
    alone = [1.0, 1.0, 0.0, 1.0] * 25
    names = [number // 4 for number in range(100)]
    assert share_interval(alone) == wilson(75, 100)
    same = [float(number // 10 % 4 > 0) for number in range(100)]
    low, high = share_interval(same, [number // 10 for number in range(100)])
    wider = wilson(round(sum(same)), 100)
    assert low < wider[0] and high > wider[1]
    assert share_interval(alone, names)[0] == pytest.approx(wilson(75, 100)[0], abs=0.01)
    assert share_interval([1.0, 1.0], ["a", "a"]) == (0.0, 1.0)


def test_the_interval_of_a_clustered_share_covers():
    generator = np.random.default_rng(3)
    names = [number // 10 for number in range(300)]
    shares = generator.beta(0.8 * 7 / 3, 0.2 * 7 / 3, (400, 30))  # icc .3
    drawn = generator.random((400, 30, 10)) < shares[:, :, None]
    covered = naive = 0
    for values in drawn.reshape(400, 300).astype(float):
        low, high = share_interval(values.tolist(), names)
        covered += low <= 0.8 <= high
        low, high = wilson(int(values.sum()), 300)
        naive += low <= 0.8 <= high
    assert covered / 400 > 0.91
    assert naive / 400 < 0.80


def test_the_bootstrap_is_the_normal_approximation_for_many_items():
    values = np.random.default_rng(1).normal(2.0, 1.0, size=400)
    half = 1.96 * values.std() / 20
    expected = (values.mean() - half, values.mean() + half)
    assert bootstrap_mean(values.tolist()) == pytest.approx(expected, abs=0.01)


def test_items_of_one_cluster_count_as_one():
    values = [0.0] * 50 + [1.0] * 50
    clusters = [n // 10 for n in range(100)]
    alone, together = bootstrap_mean(values), bootstrap_mean(values, clusters)
    ratio = (together[1] - together[0]) / (alone[1] - alone[0])
    assert ratio == pytest.approx(10**0.5, rel=0.1)


def test_the_same_values_give_the_same_interval():
    assert bootstrap_mean([1.0, 2.0, 4.0]) == bootstrap_mean([1.0, 2.0, 4.0])


def test_one_cluster_shows_nothing():
    for interval in (bootstrap_mean, t_interval, mean_interval):
        assert interval([3.0]) == (-math.inf, math.inf)
        assert interval([3.0, 4.0], ["a", "a"]) == (-math.inf, math.inf)


def test_the_t_interval_is_scipys():
    values = [0.2, 0.4, 0.9, 1.0]
    expected = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
    assert t_interval(values) == pytest.approx(expected)


def test_the_interval_of_a_mean_is_the_widest_and_within_its_scale():
    values = [0.2, 0.4, 0.9, 1.0]
    low, high = mean_interval(values)
    assert low == min(bootstrap_mean(values)[0], t_interval(values)[0])
    assert high == max(bootstrap_mean(values)[1], t_interval(values)[1])
    assert mean_interval(values, bounded=True)[1] == 1.0


def test_shares_that_are_all_alike_still_have_an_interval():
    assert mean_interval([1.0] * 20, bounded=True) == pytest.approx(wilson(20, 20))
    assert mean_interval([1.0] * 300, ["one"] * 300, bounded=True) == (0.0, 1.0)
    two = ["a"] * 150 + ["b"] * 150
    assert mean_interval([1.0] * 300, two, bounded=True) == share_interval([1.0] * 300, two)
    assert mean_interval([7.0] * 20) == (7.0, 7.0)


@pytest.mark.parametrize(
    ("b", "c", "p"),
    [(0, 0, 1.0), (5, 5, 1.0), (0, 6, 0.03125), (1, 9, 22 / 1024), (3, 10, 2 * 378 / 8192)],
)
def test_mcnemar_is_the_exact_binomial_test(b, c, p):
    assert mcnemar(b, c) == mcnemar(c, b) == pytest.approx(p)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_that_of_statsmodels(b, c):
    expected = statsmodels_mcnemar([[1, b], [c, 1]], exact=True).pvalue
    assert mcnemar(b, c) == pytest.approx(min(1.0, expected))
    assert mcnemar_drop(b, c) == pytest.approx(stats.binom.sf(b - 1, b + c, 0.5))


def test_mcnemar_of_many_pairs_neither_overflows_nor_underflows():
    assert 0 < mcnemar(900, 1_100) < 1e-5
    assert mcnemar(1_000, 1_000) == pytest.approx(1.0)


def test_the_score_interval_gives_the_published_values():
    # Tango (1998), section 6.1: soft contact lenses, 43 pairs alike and one lost
    assert score_interval(1, 0, 44, 0.90)[0] == pytest.approx(-0.096, abs=5e-4)
    # Fagerland, Lydersen and Laake (2014), airway hyper-responsiveness: 1, 1, 7, 12
    assert score_interval(7, 1, 21) == pytest.approx((-0.517, -0.026), abs=5e-4)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 200))
def test_the_score_interval_holds_the_difference_and_is_symmetric(lost, gained, alike):
    n = lost + gained + alike
    low, high = score_interval(lost, gained, n)
    if n:
        assert -1 <= low <= (gained - lost) / n <= high <= 1
    assert score_interval(gained, lost, n) == pytest.approx((-high, -low), abs=1e-6)


def test_the_score_interval_at_zero_is_the_test_of_mcnemar():
    # the bound reaches 0 where (c - b) / sqrt(b + c) is z
    lost, gained = 10.0, 10 + 1.959964 * math.sqrt(2 * 10 + 1.959964**2 / 4) + 1.959964**2 / 2
    assert (gained - lost) / math.sqrt(gained + lost) == pytest.approx(1.959964)
    assert score_interval(lost, gained, 100)[0] == pytest.approx(0, abs=1e-6)


def test_pairs_without_a_change_still_have_a_bound():
    z2 = 1.644854**2
    assert score_interval(0, 0, 60, 0.90)[0] == pytest.approx(-z2 / (60 + z2), abs=1e-6)
    assert lower_bound(Changes([0.0] * 60)) == pytest.approx(-z2 / (60 + z2), abs=1e-6)
    hardly = Changes([0.1, *[0.0] * 9])
    assert not hardly.binary
    assert lower_bound(hardly) == pytest.approx(0.01 - z2 / (10 + z2), abs=1e-6)


def test_the_bound_of_a_difference_errs_as_often_as_it_says():
    """A true drop of 5 points is above the one-sided 95% bound in about 5% of samples."""
    n, lost, gained = 300, 0.075, 0.025
    missed = 0.0
    for pairs in range(5, 62):
        weight = stats.binom.pmf(pairs, n, lost + gained)
        shares = stats.binom.pmf(np.arange(pairs + 1), pairs, lost / (lost + gained))
        for b, share in enumerate(shares):
            if weight * share > 1e-7:
                missed += weight * share * (score_interval(b, pairs - b, n, 0.90)[0] > -0.05)
    assert 0.03 < missed < 0.06


def test_binary_changes_use_the_exact_test_and_others_flip_signs():
    binary = Changes([-1.0] * 8 + [1.0] * 2 + [0.0] * 40)
    assert (binary.lost, binary.gained) == (8, 2)
    assert drop_p(binary) == mcnemar_drop(8, 2)
    assert change_p(binary) == mcnemar(8, 2)
    assert change_interval(binary) == score_interval(8, 2, 50)
    # all 2^4 flips of four unequal drops: none but the drops themselves is as low
    assert drop_p(Changes([-0.1, -0.2, -0.4, -0.8])) == pytest.approx(1 / 16)
    assert drop_p(Changes([0.1, 0.2, 0.4, 0.8])) == 1.0


def test_a_clear_change_of_shares_has_an_interval_without_zero():
    values = np.random.default_rng(5).normal(-0.2, 0.2, 200).clip(-1, 1).tolist()
    changes = Changes(values)
    low, high = change_interval(changes)
    assert -0.25 < low < changes.mean < high < -0.15
    assert change_p(changes) < 0.001
    same = Changes([-0.25] * 200)  # of which a bootstrap would be certain
    assert change_interval(same)[1] - same.mean == pytest.approx(score_interval(0, 0, 200)[1])


def test_sign_flips_agree_with_the_t_test_for_many_pairs():
    values = np.random.default_rng(2).normal(-0.015, 0.2, 400)
    expected = stats.ttest_1samp(values, 0, alternative="less").pvalue
    changes = Changes(values.tolist(), bounded=False)
    assert drop_p(changes) == pytest.approx(expected, abs=0.015)
    assert change_p(changes) == pytest.approx(2 * expected, abs=0.03)


def test_a_drop_within_one_cluster_is_no_evidence():
    alone = Changes([-1.0] * 10 + [0.0] * 90)
    together = Changes(alone.values, ["one"] * 10 + [f"c{n}" for n in range(90)])
    assert drop_p(alone) < 0.001
    assert drop_p(together) == 0.5
    assert lower_bound(together) < lower_bound(alone)


def test_the_paired_bound_of_few_clusters_is_not_too_hopeful():
    generator = np.random.default_rng(11)
    names = [number // 10 for number in range(80)]
    above = 0
    for _ in range(200):
        values, _ = clustered(generator, clusters=8, items=10, icc=0.5)
        above += lower_bound(Changes(values, names, bounded=False)) > 0
    assert above <= stats.binom.ppf(0.999, 200, 0.05)


def test_corrections_are_those_of_statsmodels():
    p_values = {"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.5}
    for ours, method in ((holm, "holm"), (benjamini_hochberg, "fdr_bh")):
        expected = multipletests(list(p_values.values()), method=method)[1]
        assert list(ours(p_values).values()) == pytest.approx(list(expected))
        assert list(ours(p_values)) == list(p_values)
        assert ours({}) == {}
        assert ours({"a": 0.03}) == {"a": 0.03}
    # by hand: 4 x .01, 3 x .03, then never less than the one before
    assert list(holm(p_values).values()) == pytest.approx([0.04, 0.09, 0.09, 0.5])


def test_percentiles_are_interpolated():
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.5
    assert percentile([7.0], 0.95) == 7.0
    assert percentile([0.0, 10.0], 0.95) == 9.5


def test_the_interval_of_a_percentile_is_made_of_ranks():
    values = list(range(1, 201))
    low, high = percentile_interval(values, 0.95)
    below = stats.binom.cdf(low - 1, 200, 0.95), stats.binom.cdf(high - 1, 200, 0.95)
    assert below[1] - below[0] >= 0.94
    assert low <= 190 <= high
    assert percentile_interval(values[:20], 0.95) is None
    assert [samples_needed(share) for share in (0.5, 0.95, 0.99)] == [20, 200, 1_000]


def test_a_percentiles_change_is_found_pair_by_pair():
    generator = np.random.default_rng(4)
    before = generator.gamma(2.0, 1.0, 300)
    after = before + 0.1
    low, high = percentile_change(before.tolist(), after.tolist(), 0.95)
    assert (low, high) == pytest.approx((0.1, 0.1))  # the pairs share their own noise
    other = generator.gamma(2.0, 1.0, 300)
    low, high = percentile_change(before.tolist(), other.tolist(), 0.5)
    assert low < np.median(other) - np.median(before) < high
    assert 0.2 < high - low < 1.0
    names = [number // 30 for number in range(300)]
    assert percentile_change(before.tolist(), other.tolist(), 0.5, names) != (low, high)
    assert percentile_change([1.0, 2.0], [2.0, 3.0], 0.5, ["a", "a"]) is None
