import numpy as np
import pytest

from workbench.evaluation.bootstrap import bootstrap_mean


def test_the_interval_is_that_of_the_normal_approximation_for_many_items():
    values = np.random.default_rng(1).normal(2.0, 1.0, size=400)
    half = 1.96 * values.std() / 20
    low, high = bootstrap_mean(list(values))
    assert low == pytest.approx(values.mean() - half, abs=0.01)
    assert high == pytest.approx(values.mean() + half, abs=0.01)


def test_items_of_one_cluster_count_as_one():
    values = [0.0] * 50 + [1.0] * 50
    clusters = [n // 10 for n in range(100)]
    alone, together = bootstrap_mean(values), bootstrap_mean(values, clusters)
    ratio = (together[1] - together[0]) / (alone[1] - alone[0])
    assert ratio == pytest.approx(10**0.5, rel=0.1)


def test_the_same_values_give_the_same_interval():
    assert bootstrap_mean([1.0, 2.0, 4.0]) == bootstrap_mean([1.0, 2.0, 4.0])
    assert bootstrap_mean([3.0]) == (3.0, 3.0)
