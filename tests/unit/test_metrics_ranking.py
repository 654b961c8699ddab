import math

import pytest

from workbench.evaluation.metrics.ranking import hit_at, ndcg_at, reciprocal_rank

A, B, C = ("a.md", None), ("b.pdf", 1), ("b.pdf", 2)


def test_a_document_without_page_matches_any_page():
    assert hit_at([C], [("b.pdf", None)]) == 1
    assert hit_at([C], [B]) == 0
    assert hit_at([B], [B]) == 1


def test_only_the_first_five_count_as_a_hit():
    others = [(f"x{n}.md", None) for n in range(5)]
    assert hit_at([*others, A], [A]) == 0
    assert hit_at([*others[:4], A], [A]) == 1


def test_the_reciprocal_rank_is_that_of_the_first_right_passage():
    assert reciprocal_rank([C, A, A], [A]) == 0.5
    assert reciprocal_rank([C], [A]) == 0
    assert reciprocal_rank([], [A]) == 0


def test_ndcg_is_one_for_the_best_order_and_counts_a_reference_once():
    assert ndcg_at([A, B], [A, B]) == pytest.approx(1)
    assert ndcg_at([A, A, A], [A]) == pytest.approx(1)
    assert ndcg_at([C, A], [A]) == pytest.approx(1 / math.log2(3))
    assert ndcg_at([A, C], [A, B]) == pytest.approx(1 / (1 + 1 / math.log2(3)))
    assert ndcg_at([], [A]) == 0
