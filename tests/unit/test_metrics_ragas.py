"""The wrapped metrics of ragas against a scripted judge: what is scored."""

import json

import pytest
from fixtures.ragas_items import (
    QUESTION,
    RECORD,
    TWO,
    asked_statements,
    by_statement,
    contained,
    scored,
    verdicts,
)
from fixtures.scripted_judge import Reply

from workbench.evaluation.metrics.catalogue import METRICS
from workbench.evaluation.metrics.ragas import RAGAS_METRICS, JudgeLimits, RagasTools
from workbench.evaluation.questions import Question


def test_every_ragas_metric_of_the_catalogue_is_there():
    assert set(RAGAS_METRICS) == {name for name in METRICS if name.startswith("ragas_")}


async def test_faithfulness_is_the_share_of_statements_that_follow(judge, tools):
    judge.replies = {"StatementGeneratorOutput": TWO, "NLIStatementOutput": verdicts(1, 0)}
    score = await scored(tools, "ragas_faithfulness")
    assert (score.status, score.value) == ("scored", 0.5)
    assert "[1]" not in judge.requests[0]["messages"][0]["content"]


@pytest.mark.parametrize("given", [(1,), (1, 1, 1), ()])
async def test_more_or_fewer_verdicts_than_statements_are_no_score(judge, tools, given):
    judge.replies = {
        "StatementGeneratorOutput": TWO,
        "NLIStatementOutput": verdicts(*given),
        "StatementFaithfulnessOutput": verdicts(*given),
        "ClaimDecompositionOutput": {"claims": TWO["statements"]},
    }
    for name in ("ragas_faithfulness", "ragas_factual_correctness", "ragas_noise_sensitivity"):
        score = await scored(tools, name)
        assert (score.status, score.value) == ("judge_parse", None)
        assert f"{len(given)} verdicts on 2 statements" in score.reason


async def test_no_claim_is_not_applicable_rather_than_nothing_right(judge, tools):
    judge.replies = {
        "StatementGeneratorOutput": {"statements": []},
        "ClaimDecompositionOutput": {"claims": []},
    }
    for name in ("ragas_faithfulness", "ragas_factual_correctness", "ragas_noise_sensitivity"):
        score = await scored(tools, name)
        assert (score.status, score.value) == ("not_applicable", None)


async def test_a_reference_without_classified_statement_is_an_unusable_reply(judge, tools):
    judge.replies = {"ContextRecallOutput": {"classifications": []}}
    assert (await scored(tools, "ragas_context_recall")).status == "judge_parse"


async def test_factual_correctness_keeps_both_directions_apart_and_rounds_nothing(judge, tools):
    claims = {"Breakfast starts": ["6:30", "11:00", "7:00"], "Breakfast is": ["6:30", "10:00"]}

    def decompose(prompt):
        text = asked_statements(prompt)["response"]
        return {"claims": next(found for start, found in claims.items() if text.startswith(start))}

    judge.replies = {
        "ClaimDecompositionOutput": decompose,
        "NLIStatementOutput": by_statement(contained),
    }
    score = await scored(tools, "ragas_factual_correctness")
    precision, recall = 1 / 3, 1 / 2
    assert score.value == pytest.approx(2 * precision * recall / (precision + recall), abs=1e-12)


async def test_answer_accuracy_averages_two_ratings(judge, tools):
    def rate(prompt):
        return {"rating": 4 if prompt.startswith("You are") else 2}

    judge.replies = {"AnswerAccuracyOutput": rate}
    assert (await scored(tools, "ragas_answer_accuracy")).value == 0.75


async def test_answer_accuracy_needs_both_judges_and_asks_each_once(judge, tools):
    def rate(prompt):
        return {"rating": 4} if prompt.startswith("You are") else Reply("no JSON")

    judge.replies = {"AnswerAccuracyOutput": rate}
    assert (await scored(tools, "ragas_answer_accuracy")).status == "judge_parse"
    assert len(judge.requests) == 2


@pytest.mark.parametrize("rating", [3, 5, -1, "4 of 4"])
async def test_a_rating_that_is_none_is_unusable(judge, tools, rating):
    judge.replies = {"AnswerAccuracyOutput": {"rating": rating}}
    assert (await scored(tools, "ragas_answer_accuracy")).status == "judge_parse"


async def test_verdicts_other_than_0_and_1_are_unusable(judge, tools):
    judge.replies = {"StatementGeneratorOutput": TWO, "NLIStatementOutput": verdicts(1, 2)}
    assert (await scored(tools, "ragas_faithfulness")).status == "judge_parse"


async def test_relevancy_compares_the_question_that_an_answer_replies_to(judge, tools):
    judge.replies = {"AnswerRelevanceOutput": {"question": "When is breakfast?", "noncommittal": 0}}
    assert (await scored(tools, "ragas_response_relevancy")).value == pytest.approx(1.0)
    judge.replies = {"AnswerRelevanceOutput": {"question": "When is breakfast?", "noncommittal": 1}}
    assert (await scored(tools, "ragas_response_relevancy")).value == 0.0
    judge.replies = {"AnswerRelevanceOutput": {"question": " ", "noncommittal": 0}}
    assert (await scored(tools, "ragas_response_relevancy")).status == "judge_parse"


async def test_context_precision_rewards_useful_contexts_that_come_first(judge, tools):
    def useful_from(time):
        return lambda prompt: {
            "reason": "r",
            "verdict": int(time in asked_statements(prompt)["context"]),
        }

    judge.replies = {"ContextPrecisionOutput": useful_from("6:30")}
    assert (await scored(tools, "ragas_context_precision")).value == pytest.approx(1.0)
    judge.replies = {"ContextPrecisionOutput": useful_from("pool")}
    assert (await scored(tools, "ragas_context_precision")).value == pytest.approx(0.5)


async def test_the_contexts_of_an_item_are_judged_at_once(judge, tools):
    slow = Reply(json.dumps({"reason": "r", "verdict": 1}), delay_s=0.2)
    judge.replies = {"ContextPrecisionOutput": slow}
    await scored(tools, "ragas_context_precision")
    assert judge.most_at_once == 2


async def test_no_more_calls_than_allowed_are_under_way(judge):
    tools = RagasTools(judge.endpoint, None, JudgeLimits(concurrency=1))
    slow = Reply(json.dumps({"reason": "r", "verdict": 1}), delay_s=0.05)
    judge.replies = {"ContextPrecisionOutput": slow}
    await scored(tools, "ragas_context_precision")
    assert (len(judge.requests), judge.most_at_once) == (2, 1)
    await tools.close()


async def test_context_recall_is_the_share_of_statements_borne_out(judge, tools):
    found = [{"statement": "s", "reason": "r", "attributed": value} for value in (1, 0, 1, 1)]
    judge.replies = {"ContextRecallOutput": {"classifications": found}}
    assert (await scored(tools, "ragas_context_recall")).value == 0.75


async def test_noise_sensitivity_counts_wrong_statements_from_useful_contexts(judge, tools):
    def statements(prompt):
        wanted = asked_statements(prompt)["answer"] == QUESTION.reference
        return {"statements": [QUESTION.reference]} if wanted else TWO

    judge.replies = {
        "StatementGeneratorOutput": statements,
        "StatementFaithfulnessOutput": by_statement(contained),
    }
    record = {
        **RECORD,
        "retrieved": [{"document": "a", "text": "From 6:30 to 10:00; pool until 11:00."}],
    }
    one_wrong = await scored(tools, "ragas_noise_sensitivity", record=record)
    assert one_wrong.value == 0.5
    harmless = await scored(tools, "ragas_noise_sensitivity")
    assert harmless.value == 0.0


async def test_the_free_metrics_ask_no_judge(judge, tools):
    same = {**RECORD, "answer": QUESTION.reference}
    for name in ("ragas_rouge", "ragas_semantic_similarity"):
        assert (await scored(tools, name, record=same)).value == pytest.approx(1.0)
        assert (await scored(tools, name)).value < 0.99
    assert judge.requests == []


async def test_rouge_does_not_cut_vietnamese_words_into_pieces(tools):
    question = Question(id="1", user_input="?", reference="phòng ở tầng chín")
    record = {**RECORD, "answer": "phở ớt thắng lợi"}
    assert (await scored(tools, "ragas_rouge", question, record)).value == 0.0
    right = {**RECORD, "answer": "phòng ở tầng chín"}
    assert (await scored(tools, "ragas_rouge", question, right)).value == 1.0
    other = Question(id="1", user_input="?", reference="九階")
    assert (await scored(tools, "ragas_rouge", other, right)).status == "not_applicable"
