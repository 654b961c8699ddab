"""Intervals and tests against published or hand-computed values."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.evaluation.statistics import mcnemar, percentile, wilson


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


def test_wilson_at_the_ends():
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(20, 20)
    assert high == 1.0 and low == pytest.approx(1 - 0.1611, abs=5e-5)


@given(st.integers(0, 400), st.integers(1, 400))
def test_wilson_holds_the_share_and_narrows_with_n(successes, n):
    successes = min(successes, n)
    low, high = wilson(successes, n)
    assert 0 <= low <= successes / n <= high <= 1
    wider = wilson(successes * 4, n * 4)
    assert wider[1] - wider[0] < high - low
    mirrored = wilson(n - successes, n)
    assert mirrored == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(
    ("b", "c", "p"),
    [(0, 0, 1.0), (5, 5, 1.0), (0, 6, 0.03125), (1, 9, 22 / 1024), (3, 10, 2 * 378 / 8192)],
)
def test_mcnemar_is_the_exact_binomial_test(b, c, p):
    assert mcnemar(b, c) == mcnemar(c, b) == pytest.approx(p)


def test_mcnemar_of_many_pairs_neither_overflows_nor_underflows():
    assert 0 < mcnemar(900, 1_100) < 1e-5
    assert math.isclose(mcnemar(1_000, 1_000), 1.0)


def test_percentiles_are_interpolated():
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.5
    assert percentile([7.0], 0.95) == 7.0
    assert percentile([0.0, 10.0], 0.95) == 9.5
