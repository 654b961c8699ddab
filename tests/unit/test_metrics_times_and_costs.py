import json

import pytest

from workbench.evaluation.metrics.catalogue import METRICS
from workbench.evaluation.metrics.latency import latency, time_scores
from workbench.evaluation.metrics.score import NOT_APPLICABLE, scored
from workbench.evaluation.metrics.spending import spending, tokens_used
from workbench.evaluation.running import metering
from workbench.evaluation.running.runner import Job, Tried


def record(first=0.2, total=1.2, **changes):
    timings = {"queue": 0.01, "retrieval": 0.05, "first_token": first, "total": total}
    usage = {"prompt": 400, "completion": 11, "cached": 0}
    made = {"outcome": "answered", "timings": timings, "usage": usage, "model": {"name": "m"}}
    return {**made, "reused": [], **changes}


PERCENTILE_KEYS = [f"p{p}{end}" for p in (50, 95, 99) for end in ("", "_low", "_high")]


def warm(**times):
    return record(**times, usage={"prompt": 400, "completion": 11, "cached": 320})


def test_cold_and_warm_turns_stand_apart():
    figures = latency([record(first=2.0, total=3.0), warm(first=0.2), warm(first=0.4)])
    assert (figures["cold"]["n"], figures["warm"]["n"]) == (1, 2)
    first = figures["cold"]["first_token_s"]
    assert (first["n"], first["p50"], first["p95"], first["p95_low"]) == (1, 2.0, 2.0, None)
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
    assert figures["cold"]["queue_s"] == {"n": 0, **dict.fromkeys(PERCENTILE_KEYS)}
    half = record(timings={"queue": None, "retrieval": None, "first_token": None, "total": 1.0})
    assert time_scores(half)["queue_s"].status == "not_applicable"
    assert json.loads(json.dumps(latency([half])))["cold"]["token_s"]["n"] == 0


def test_the_times_are_metrics_of_the_catalogue():
    assert {METRICS[name].scale for name in time_scores(record())} == {"seconds"}


def priced(amount, currency="EUR", **changes):
    return record(cost={"amount": amount, "currency": currency, "priced": True}, **changes)


def test_costs_are_added_and_shared_out():
    spent = spending([priced(0.25), priced(0.75)])
    assert (spent["amount"], spent["per_answer"], spent["currency"]) == (1.0, 0.5, "EUR")
    assert spent["per_million_tokens"] == pytest.approx(1e6 / 822)
    assert spent["tokens"] == {"prompt": 800, "completion": 22, "cached": 0}
    assert json.loads(json.dumps(spent)) == spent


UNPRICED = {"amount": None, "currency": "USD", "priced": False}


@pytest.mark.parametrize("others", [[], [priced(0.5)]], ids=["alone", "beside"])
def test_an_unknown_price_makes_cost_null_and_never_zero(others):
    spent = spending([record(cost=UNPRICED), *others])
    names = ("amount", "per_answer", "per_million_tokens", "currency")
    assert [spent[name] for name in names] == [None] * 4


def test_several_currencies_are_not_added():
    assert spending([priced(1.0), priced(1.0, "USD")])["amount"] is None


def test_an_answer_without_a_model_is_free_beside_priced_ones():
    nothing_found = record(cost=UNPRICED, usage={"prompt": 0, "completion": 0, "cached": 0})
    assert spending([priced(0.5), nothing_found])["per_answer"] == 0.25
    assert spending([nothing_found])["amount"] is None


def test_reused_answers_cost_nothing_now():
    spent = spending([priced(0.5), priced(0.5, reused=["generation"])])
    assert (spent["answers"], spent["reused"]) == (2, 1)
    assert spent["per_answer"] == spent["amount"] == 0.5


def test_nothing_answered_has_no_price():
    spent = spending([{"outcome": "failed"}])
    assert (spent["answers"], spent["amount"], spent["per_answer"]) == (0, None, None)
    assert tokens_used([{"outcome": "failed"}]).prompt == 0


def tried(outcome="answered", **changes):
    scores = {"cost": NOT_APPLICABLE, "mrr": scored(1.0)}
    return Tried(job=Job("1"), outcome=outcome, record=record(**changes), scores=scores)


def test_hardware_costs_its_hours_over_the_measured_throughput(monkeypatch):
    clock = iter([0.0, 10.0, 12.0, 30.0])
    monkeypatch.setattr(metering.time, "monotonic", lambda: next(clock))
    meter = metering.HardwareMeter(3600.0, "EUR")
    slow = meter(tried())
    failed = meter(tried("failed"))
    reused = meter(tried(reused=["generation"]))
    after = meter(tried())
    assert (slow.cost, slow.scores["cost"], slow.record["cost"]["currency"]) == (
        10.0,
        scored(10.0),
        "EUR",
    )
    assert "cost" not in failed.record and "cost" not in reused.record
    assert (after.cost, after.scores["mrr"]) == (18.0, scored(1.0))
