"""What a judge that errs is worth: agreement, and the share behind its verdicts."""

import numpy as np
import pytest

from workbench.evaluation.statistics.intervals import wilson
from workbench.evaluation.statistics.judge_error import (
    Labels,
    corrected_share,
    sample_inflation,
)

# Landis and Koch's kind of table, worked in many textbooks: 20 yes/yes, 5, 10, 15 no/no
TEXTBOOK = Labels(both=20, only_judge=10, only_people=5, neither=15)


def test_rates_are_over_what_people_said():
    assert TEXTBOOK.n == 50
    assert TEXTBOOK.sensitivity == pytest.approx(0.8)
    assert TEXTBOOK.specificity == pytest.approx(0.6)
    assert TEXTBOOK.base_rate == pytest.approx(0.5)
    assert TEXTBOOK.sensitivity_interval() == wilson(20, 25)
    assert TEXTBOOK.specificity_interval() == wilson(15, 25)
    assert Labels(0, 3, 0, 7).sensitivity is None


@pytest.mark.parametrize(
    ("sensitivity", "specificity", "times"), [(0.95, 0.90, 1.4), (0.90, 0.80, 2.0), (0.8, 0.8, 2.8)]
)
def test_a_worse_judge_costs_items(sensitivity, specificity, times):
    assert sample_inflation(sensitivity, specificity) == pytest.approx(times, abs=0.05)


def test_a_judge_by_chance_shows_nothing():
    with pytest.raises(ValueError, match="no better than chance"):
        sample_inflation(0.5, 0.5)
    assert corrected_share(50, 100, Labels(50, 50, 50, 50)) is None
    assert corrected_share(50, 100, Labels(52, 50, 50, 50)) is None  # not shown to be better
    assert corrected_share(50, 100, Labels(0, 1, 0, 50)) is None


def test_the_share_is_corrected_as_rogan_and_gladen_do():
    found = corrected_share(70, 100, Labels(180, 20, 20, 80))
    assert found.value == pytest.approx((0.70 + 0.80 - 1) / (0.90 + 0.80 - 1))
    assert found.low < found.value < found.high
    assert corrected_share(100, 100, Labels(180, 20, 20, 80)).value == 1.0


def test_the_interval_covers_the_share_that_a_known_judge_hides():
    """A judge with sensitivity .9 and specificity .8, calibrated on 300 labels; 60% are true."""
    generator = np.random.default_rng(8)
    covered = 0
    for _ in range(200):
        both, only_judge, only_people, neither = generator.multinomial(
            300, [0.6 * 0.9, 0.4 * 0.2, 0.6 * 0.1, 0.4 * 0.8]
        )
        labels = Labels(both, only_judge, only_people, neither)
        positives = generator.binomial(300, 0.6 * 0.9 + 0.4 * 0.2)
        found = corrected_share(positives, 300, labels)
        covered += found.low <= 0.6 <= found.high
    assert covered / 200 >= 0.91


def test_doubt_about_the_labels_widens_the_interval():
    few = corrected_share(210, 300, Labels(18, 2, 2, 8))
    many = corrected_share(210, 300, Labels(1_800, 200, 200, 800))
    assert few.high - few.low > 1.5 * (many.high - many.low)
