"""What reports say of a run besides its metrics."""

import json

import pytest

from workbench.evaluation.details import detail_lines, details
from workbench.evaluation.results import make_item


def answer(number, cached=0, first=1.0, **changes):
    record = {
        "id": str(number),
        "outcome": "answered",
        "model": {"name": "m"},
        "timings": {"first_token": first, "total": first + 1.0},
        "usage": {"prompt": 400, "completion": 11, "cached": cached},
        "cost": {"amount": 0.5, "currency": "EUR", "priced": True},
        **changes,
    }
    return make_item(record, {})


def routed(number, expected, given, confidence=0.9):
    record = {
        "id": str(number),
        "outcome": "answered",
        "labels": expected,
        "route": {"labels": given, "confidence": confidence},
        "timings": {"total": 0.02},
    }
    return make_item(record, {})


def test_cold_and_warm_answers_and_money_are_told_apart():
    found = details([answer(1), answer(2, cached=300, first=0.5), answer(3, reused=["generation"])])
    assert json.loads(json.dumps(found)) == found
    assert detail_lines(found) == [
        "1 cold answer: first token p50 1.00 s, p95 1.00 s; whole p50 2.00 s, p95 2.00 s.",
        "1 warm answer: first token p50 0.50 s, p95 0.50 s; whole p50 1.50 s, p95 1.50 s.",
        "1 answer from a cache, wholly or in part: left out of all times.",
        "800 tokens read (300 from the server's cache), 22 written; 1 EUR, 0.5 an answer.",
    ]


def test_all_repeats_of_an_item_count():
    first, second = answer(1).record, answer(1, cached=300).record
    found = details([make_item({**first, "repeats": [first, second]}, {})])
    assert (found["times"]["cold"]["n"], found["times"]["warm"]["n"]) == (1, 1)
    assert found["spending"]["amount"] == 1.0


def test_an_unknown_price_is_said():
    unpriced = {"amount": None, "currency": "USD", "priced": False}
    lines = detail_lines(details([answer(1, cost=unpriced)]))
    assert lines[-1].endswith("; what they cost is not known.")


def test_the_routing_is_told_as_a_whole():
    found = details(
        [
            routed(1, ["room"], ["room"]),
            routed(2, ["room"], ["bill"]),
            routed(3, ["bill"], []),
            routed(4, ["room"], ["bill"]),
        ]
    )
    assert found["routing"]["confusion"][0]["count"] == 2
    assert found["routing"]["ece"] == pytest.approx(0.65)
    assert detail_lines(found) == [
        "Routing: macro-F1 0.167, calibration error 0.650.",
        "Most often confused: room as bill (2); bill as out of scope (1).",
    ]


def test_nothing_is_told_where_nothing_was_recorded():
    found = details([make_item({"id": "1", "outcome": "answered"}, {})])
    assert found == {"times": None, "spending": None, "routing": None}
    assert detail_lines(found) == []
