"""Power: the published table of what so many items can show, and statsmodels."""

import pytest
from statsmodels.stats.power import NormalIndPower

from workbench.evaluation.statistics.power import (
    detectable_difference,
    difference_variance,
    flip_error,
    items_for_difference,
    items_for_margin,
    items_if_unchanged,
    mcnemar_detectable,
    mcnemar_power,
    most_after_none,
    paired_share_error,
    share_error,
)

SIZES = (100, 300, 1_000)


def points(errors):
    return [100 * detectable_difference(error) for error in errors]


def test_a_difference_of_2_8_standard_errors_is_detectable():
    assert detectable_difference(1.0) == pytest.approx(2.80, abs=0.005)
    solved = NormalIndPower().solve_power(nobs1=400, alpha=0.05, power=0.8, ratio=0)
    assert detectable_difference(1 / 20) == pytest.approx(solved, abs=1e-4)


@pytest.mark.parametrize(
    ("correlation", "published"),
    [  # smallest drops from 80% that are found, in points (n = 100, 300, 1,000)
        (0.0, [15.8, 9.1, 5.0]),
        (0.5, [11.2, 6.5, 3.5]),
        (0.7, [8.7, 5.0, 2.7]),
        (0.9, [5.0, 2.9, 1.6]),
    ],
)
def test_the_table_of_detectable_drops(correlation, published):
    found = points(paired_share_error(0.8, correlation, n) for n in SIZES)
    assert found == pytest.approx(published, abs=0.06)


def test_the_half_width_of_one_score():
    assert [196 * share_error(0.8, n) for n in SIZES] == pytest.approx([7.8, 4.5, 2.5], abs=0.06)


@pytest.mark.parametrize(
    ("discordant", "simulated"), [(0.10, (0.090, 0.055, 0.030)), (0.20, (0.130, 0.075, 0.040))]
)
def test_the_table_of_mcnemars_test(discordant, simulated):
    """The published values were simulated on a grid of half points; these are exact."""
    for n, published in zip(SIZES, simulated, strict=True):
        assert mcnemar_power(n, discordant, published) == pytest.approx(0.8, abs=0.08)
        assert mcnemar_detectable(n, discordant) == pytest.approx(published, abs=0.0051)
        assert mcnemar_power(n, discordant, 0.0) <= 0.05


def test_a_drop_that_no_item_can_hold_is_not_detectable():
    assert mcnemar_detectable(20, 0.05) is None
    assert 100 * detectable_difference(flip_error(0.10, 300)) == pytest.approx(5.1, abs=0.05)


@pytest.mark.parametrize(
    ("margin", "published"),
    [(0.05, [124, 248, 495]), (0.03, [344, 688, 1_375]), (0.02, [773, 1_546, 3_092])],
)
def test_the_table_of_items_for_a_margin(margin, published):
    found = [items_for_margin(discordant, margin) for discordant in (0.05, 0.10, 0.20)]
    assert found == pytest.approx(published, abs=1)


def test_items_are_those_of_statsmodels():
    solved = NormalIndPower().solve_power(
        effect_size=0.05 / 0.1**0.5, alpha=0.05, power=0.8, alternative="larger", ratio=0
    )
    assert items_for_margin(0.10, 0.05) == pytest.approx(solved, abs=1)
    solved = NormalIndPower().solve_power(effect_size=0.1, alpha=0.05, power=0.8, ratio=0)
    assert items_for_difference(1.0, 0.1) == pytest.approx(solved, abs=1)


def test_even_verdicts_that_do_not_change_need_items():
    assert items_if_unchanged(0.05) == 52
    z2 = 1.644854**2
    assert z2 / (52 + z2) < 0.05 < z2 / (51 + z2)


def test_repeats_lessen_the_noise_alone():
    assert difference_variance(0.10, 0.05) == pytest.approx(0.20)
    assert difference_variance(0.10, 0.05, repeats=4) == pytest.approx(0.125)
    assert difference_variance(0.10, 0.05, repeats=10_000) == pytest.approx(0.10, abs=1e-4)


def test_a_hundred_clean_probes_show_less_than_three_percent():
    assert most_after_none(100) == pytest.approx(0.0295, abs=5e-5)
    assert most_after_none(1_000) == pytest.approx(3 / 1_000, rel=0.01)
