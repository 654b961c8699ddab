"""Rates in words: both of them, their counts, and how many times."""

import pytest

from workbench.engine.monitoring.wording import (
    describe_burst,
    describe_silence,
    describe_spike,
    percent,
    times,
)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 9, "0%"), (2, 100, "2%"), (18, 120, "15%"), (1, 1000, "0.1%"), (1, 30_000, "0.0033%"),
        (23, 1000, "2.3%"), (120, 120, "100%"), (10, 100, "10%"), (1, 3, "33%"),
    ],
)  # fmt: skip
def test_a_share_has_two_digits_that_matter(part, whole, text):
    assert percent(part, whole) == text


@pytest.mark.parametrize(
    ("rate", "rate0", "text"),
    [(0.15, 0.02, "7.5 times"), (0.04, 0.02, "2 times"), (1.0, 0.001, "1,000 times")],
)
def test_a_change_is_told_as_a_factor(rate, rate0, text):
    assert times(rate, rate0) == text


def test_a_spike_from_nothing_has_no_factor():
    told = describe_spike("cv", (18, 120), (0, 2000))
    assert told == "Error lines of cv rose from 0% (0 of 2,000 lines) to 15% (18 of 120 lines)"


def test_bursts_and_silences_are_told_with_their_counts():
    assert describe_burst("cv", "a <*>", (60, 120), (24, 2000), 24) == (
        '"a <*>" came 60 times as often as usual: 60 of 120 lines of cv in one window, '
        "24 of 2,000 before"
    )
    assert describe_silence("cv", "", 1, 100.2, 0) == (
        "cv wrote 1 line in a window in which it usually writes 100"
    )
    assert describe_silence("cv", "cam_1", 0, 1234, 7.25) == (
        "cv wrote no line about cam_1 for 7.2 minutes in which it usually writes 1,234"
    )
