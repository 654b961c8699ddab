import json

import pytest

from workbench.errors import UsageError
from workbench.evaluation.metrics.catalogue import METRICS
from workbench.evaluation.metrics.latency import latency, time_scores
from workbench.evaluation.metrics.spending import Hardware, spending, tokens_used
from workbench.services.endpoints import Price


def record(first=0.2, total=1.2, **changes):
    timings = {"queue": 0.01, "retrieval": 0.05, "first_token": first, "total": total}
    usage = {"prompt": 400, "completion": 11, "cached": 0}
    made = {"outcome": "answered", "timings": timings, "usage": usage, "model": {"name": "m"}}
    return {**made, "reused": [], **changes}


def warm(**times):
    return record(**times, usage={"prompt": 400, "completion": 11, "cached": 320})


def test_cold_and_warm_turns_stand_apart():
    figures = latency([record(first=2.0, total=3.0), warm(first=0.2), warm(first=0.4)])
    assert (figures["cold"]["n"], figures["warm"]["n"]) == (1, 2)
    assert figures["cold"]["first_token_s"] == {"n": 1, "p50": 2.0, "p95": 2.0, "p99": 2.0}
    assert figures["warm"]["first_token_s"]["p50"] == pytest.approx(0.3)


@pytest.mark.parametrize("kind", ["retrieval", "generation"])
def test_turns_from_a_cache_are_counted_and_left_out(kind):
    figures = latency([warm(), warm(total=0.0, reused=[kind])])
    assert (figures["warm"]["n"], figures["cached"]) == (1, 1)
    assert figures["warm"]["latency_total_s"]["p50"] == 1.2
    assert time_scores(warm(reused=[kind]))["first_token_s"].status == "not_applicable"


def warm_record(**changes):
    return {**warm(), **changes}


def test_reused_verdicts_do_not_touch_the_times():
    assert latency([warm_record(reused=["judging"])])["cached"] == 0


def test_failed_turns_are_counted_and_left_out():
    broken = {"outcome": "failed", "error": "gone"}
    figures = latency([broken, record()])
    assert (figures["failed"], figures["cold"]["n"]) == (1, 1)
    score = time_scores(broken)["latency_total_s"]
    assert (score.status, score.reason) == ("system_error", "gone")


def test_the_time_of_a_token_is_that_of_the_tokens_after_the_first():
    assert time_scores(record(first=0.2, total=1.2))["token_s"].value == pytest.approx(0.1)
    short = record(usage={"prompt": 1, "completion": 4, "cached": 0})
    for nothing in (short, record(outcome="refused")):
        assert time_scores(nothing)["token_s"].status == "not_applicable"


def test_percentiles_interpolate_over_all_turns():
    figures = latency([record(total=second / 100) for second in range(1, 102)])
    found = figures["cold"]["latency_total_s"]
    assert found["n"] == 101
    assert (found["p50"], found["p95"], found["p99"]) == pytest.approx((0.51, 0.96, 1.0))


def test_what_was_not_measured_is_null():
    figures = latency([])
    assert figures["cold"]["queue_s"] == {"n": 0, "p50": None, "p95": None, "p99": None}
    half = record(timings={"queue": None, "retrieval": None, "first_token": None, "total": 1.0})
    assert time_scores(half)["queue_s"].status == "not_applicable"
    assert json.loads(json.dumps(latency([half])))["cold"]["token_s"]["n"] == 0


def test_the_times_are_metrics_of_the_catalogue():
    assert {METRICS[name].scale for name in time_scores(record())} == {"seconds"}


EURO = {"m": Price(2.0, 10.0, "EUR")}


def test_tokens_are_priced_by_the_million():
    spent = spending([record(), record()], EURO)
    assert spent["amount"] == pytest.approx(2 * (400 * 2 + 11 * 10) / 1e6)
    assert spent["per_answer"] == pytest.approx((400 * 2 + 11 * 10) / 1e6)
    assert (spent["currency"], spent["unpriced"]) == ("EUR", [])
    assert spent["tokens"] == {"prompt": 800, "completion": 22, "cached": 0}
    assert json.loads(json.dumps(spent)) == spent


def test_an_unknown_price_makes_cost_null_and_never_zero():
    for records in ([record()], [record(), record(model={"name": "other"})]):
        table = EURO if len(records) == 2 else {}
        spent = spending(records, table)
        assert (spent["amount"], spent["per_answer"], spent["per_million_tokens"]) == (None,) * 3
        assert spent["unpriced"] == [records[-1]["model"]["name"]]


def test_hardware_costs_its_hours_over_the_measured_throughput():
    spent = spending([record()] * 60, {}, Hardware(3.0, "USD", wall_seconds=600.0))
    assert spent["amount"] == pytest.approx(0.5)
    assert spent["per_answer"] == pytest.approx(0.5 / 60)
    assert spent["per_million_tokens"] == pytest.approx(0.5 / (60 * 411) * 1e6)
    twice_as_fast = spending([record()] * 60, {}, Hardware(3.0, "USD", wall_seconds=300.0))
    assert twice_as_fast["per_answer"] == pytest.approx(spent["per_answer"] / 2)


def test_a_listed_price_comes_before_the_hardware():
    spent = spending([record()], EURO, Hardware(3.0, "USD", wall_seconds=600.0))
    assert spent["currency"] == "EUR"
    assert spent["amount"] == pytest.approx(910 / 1e6)


def test_mixed_currencies_are_refused():
    records = [record(), record(model={"name": "other"})]
    with pytest.raises(UsageError, match="EUR and USD"):
        spending(records, {**EURO, "other": Price(1, 1, "USD")})
    with pytest.raises(UsageError, match="EUR and USD"):
        spending(records, EURO, Hardware(3.0, "USD", wall_seconds=1.0))


def test_reused_answers_cost_nothing_now():
    spent = spending([record(), record(reused=["generation"])], EURO)
    assert (spent["answers"], spent["reused"]) == (2, 1)
    assert spent["per_answer"] == spent["amount"] == pytest.approx(910 / 1e6)


def test_nothing_answered_has_no_price():
    spent = spending([{"outcome": "failed"}], EURO)
    assert (spent["answers"], spent["amount"], spent["per_answer"]) == (0, None, None)
    assert tokens_used([{"outcome": "failed"}]).prompt == 0
