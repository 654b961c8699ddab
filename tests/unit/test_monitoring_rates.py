"""The tests that decide what is unusual: exact, at least as careful as stated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, hypergeom

from workbench.engine.monitoring.rates import dispersion, lowered, raised

COUNTS = st.integers(0, 40)
LINES = st.integers(1, 400)


@given(st.integers(1, 40), LINES, COUNTS, LINES)
def test_the_chances_are_the_binomial_laws_own(count, exposure, count0, exposure0):
    law = binom(count + count0, exposure / (exposure + exposure0))
    assert raised(count, exposure, count0, exposure0) == pytest.approx(law.sf(count - 1), abs=1e-9)
    if count0:
        here = lowered(count, exposure, count0, exposure0)
        assert here == pytest.approx(law.cdf(count), abs=1e-9)


@given(st.integers(1, 60), st.integers(60, 300), COUNTS, st.integers(300, 3000))
def test_a_share_of_lines_is_judged_more_carefully_than_by_fishers_exact_test(
    count, lines, count0, lines0
):
    exact = hypergeom(lines + lines0, count + count0, lines).sf(count - 1)
    assert exact > 0.05 or raised(count, lines, count0, lines0) >= exact - 1e-12


def test_three_of_twenty_against_two_in_a_hundred_happens_every_hundredth_window():
    assert raised(3, 20, 40, 2000) == pytest.approx(0.0089, abs=0.0001)


def of(counts, exposures):
    told = exposures > 0
    squares = (counts[told] ** 2 / exposures[told]).sum()
    return dispersion(counts.sum(), squares, exposures.sum(), told.sum())


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(9, 99)), min_size=3, max_size=30))
def test_the_dispersion_is_pearsons_statistic_by_its_degrees_of_freedom(windows):
    counts, exposures = np.array(windows, float).T
    expected = exposures * counts.sum() / exposures.sum()
    if counts.sum():
        statistic = ((counts - expected) ** 2 / expected).sum() / (len(counts) - 1)
        assert of(counts, exposures) == pytest.approx(max(1.0, statistic))


def test_lines_that_come_one_by_one_are_not_thought_to_come_in_clumps():
    counts = np.random.default_rng(0).poisson(5.0, 2000).astype(float)
    assert of(counts, np.ones(2000)) == pytest.approx(1.0, abs=0.1)


def test_lines_in_clumps_count_as_fewer():
    clumps = 4.0 * np.random.default_rng(0).poisson(5.0, 2000)
    assert of(clumps, np.ones(2000)) == pytest.approx(4.0, abs=0.4)


def test_too_few_windows_and_no_lines_tell_nothing_of_clumps():
    assert of(np.array([0.0, 9.0]), np.ones(2)) == 1.0
    assert of(np.zeros(3), np.full(3, 10.0)) == 1.0
    assert of(np.array([0.0, 9.0, 0.0]), np.array([10.0, 10.0, 0.0])) == 1.0
