import pytest

from workbench.evaluation.metrics.scores import score_record
from workbench.evaluation.questions import Question
from workbench.evaluation.suites.kinds import KINDS

FEE = {
    "number": 1, "document": "fees.md", "title": "", "heading": None, "page": None,
    "text": "Late check-out costs 300,000 VND.",
}  # fmt: skip
ASKED = Question(
    id="q",
    user_input="What does it cost?",
    reference="It is 300,000 VND",
    reference_facts=[["300,000 VND"]],
    reference_documents=[{"document": "fees.md"}],
)
UNANSWERABLE = Question(id="u", user_input="Who?", answerable=False)


def record(answer, outcome="answered", **more):
    return {
        "answer": answer,
        "outcome": outcome,
        "sources": [] if outcome == "refused" else [FEE],
        "retrieved": [FEE],
        "timings": {"queue": 0.0, "retrieval": 0.1, "first_token": 0.5, "total": 1.5},
        "usage": {"prompt": 100, "completion": 11, "cached": 50},
        "cost": {"amount": 0.25, "currency": "USD", "priced": True},
        "reused": [],
        **more,
    }


def values(question, kept):
    scores = score_record(question, kept, KINDS["answers"])
    return {name: score.value for name, score in scores.items() if score.status == "scored"}


def test_every_metric_of_a_right_answer():
    assert values(ASKED, record("It costs 300,000 VND [1].")) == {
        "answer_accuracy": 1.0,
        "answer_f1": pytest.approx(8 / 10),
        "false_refusal": 0.0,
        "hit_at_5": 1.0,
        "mrr": 1.0,
        "ndcg_at_5": 1.0,
        "context_precision": 1.0,
        "context_recall": 1.0,
        "citation_precision": 1.0,
        "citation_recall": 1.0,
        "queue_s": 0.0,
        "retrieval_s": 0.1,
        "first_token_s": 0.5,
        "token_s": 0.1,
        "latency_total_s": 1.5,
        "prompt_tokens": 100.0,
        "completion_tokens": 11.0,
        "cost": 0.25,
    }


def test_a_refusal_is_read_from_the_text_not_from_the_outcome():
    kept = record("I don't know.")
    assert values(UNANSWERABLE, kept)["refusal_recall"] == 1.0
    assert values(ASKED, kept)["false_refusal"] == 1.0
    assert values(ASKED, kept)["answer_accuracy"] == 0.0


def test_a_broken_turn_is_a_system_error_where_a_metric_applies():
    scores = score_record(ASKED, record("It co", "failed", error="gone"), KINDS["answers"])
    assert scores["answer_accuracy"].status == "system_error"
    assert scores["answer_accuracy"].reason == "gone"
    assert scores["refusal_recall"].status == "not_applicable"
    assert scores["first_token_s"].status == "system_error"


def test_what_was_reused_has_no_times_and_costs_nothing_new():
    scores = score_record(ASKED, record("x", reused=["generation"]), KINDS["answers"])
    for name in ("first_token_s", "latency_total_s", "cost"):
        assert scores[name].status == "not_applicable", name
    assert scores["prompt_tokens"].value == 100


def test_an_unknown_price_is_no_cost_rather_than_zero():
    kept = record("x", cost={"amount": None, "currency": "USD", "priced": False})
    assert score_record(ASKED, kept, ["cost"])["cost"].status == "not_applicable"


def test_tool_calls_are_compared_where_some_are_expected():
    wanted = Question(
        id="t", user_input="?", reference_tool_calls=[{"name": "room", "args": {"number": 201}}]
    )
    made = record("x", tool_calls=[{"name": "room", "arguments": {"number": "201"}}])
    assert values(wanted, made)["tool_argument_accuracy"] == 1.0
    assert values(wanted, record("x"))["tool_name_accuracy"] == 0.0
    assert "tool_name_accuracy" not in values(ASKED, made)
