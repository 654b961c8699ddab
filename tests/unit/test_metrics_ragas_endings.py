"""The wrapped metrics of ragas against a scripted judge: how everything but a score ends."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.ragas_items import (
    FORMS,
    JUDGED,
    OF_ANSWERS,
    QUESTION,
    RECORD,
    TWO,
    Letters,
    asked_statements,
    by_statement,
    contained,
    scored,
    verdicts,
)
from fixtures.scripted_judge import Reply, ScriptedJudge

from workbench.evaluation.metrics.ragas import RAGAS_METRICS, JudgeLimits, RagasTools
from workbench.evaluation.questions import Question


@pytest.mark.parametrize("name", JUDGED)
@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (Reply('{"statements": ["Breakf', finish_reason="length"), "judge_truncated"),
        (Reply("<think>hm</think> {}"), "judge_parse"),
        (Reply("```json\n{}\n```"), "judge_parse"),
        (Reply("{}"), "judge_parse"),
        (Reply(""), "judge_parse"),
        (Reply(status=500), "system_error"),
        (Reply(status=400), "system_error"),
    ],
)
async def test_a_failed_judgement_ends_with_its_status(judge, tools, name, reply, status):
    judge.replies = dict.fromkeys(FORMS, reply)
    score = await scored(tools, name)
    assert (score.status, score.value) == (status, None)
    assert score.reason


@pytest.mark.parametrize("name", JUDGED)
async def test_a_judge_that_does_not_reply_in_time_is_a_timeout(judge, name):
    tools = RagasTools(judge.endpoint, Letters(), JudgeLimits(timeout_s=0.1))
    judge.replies = dict.fromkeys(FORMS, Reply("{}", delay_s=0.5))
    assert (await scored(tools, name)).status == "judge_timeout"
    await tools.close()


async def test_an_unreachable_judge_is_a_system_error(judge):
    gone = judge.endpoint
    with ScriptedJudge().running() as other:
        gone = other.endpoint
    tools = RagasTools(gone, Letters())
    score = await scored(tools, "ragas_faithfulness")
    assert (score.status, score.value) == ("system_error", None)
    await tools.close()


async def test_each_reply_is_asked_for_once(judge, tools):
    judge.replies = {"ContextRecallOutput": Reply("no JSON")}
    await scored(tools, "ragas_context_recall")
    judge.replies = {"ContextRecallOutput": Reply(status=500)}
    await scored(tools, "ragas_context_recall")
    assert len(judge.requests) == 2


@pytest.mark.parametrize("name", OF_ANSWERS)
async def test_a_refusal_says_nothing_that_could_be_judged(judge, tools, name):
    for changes in (
        {"answer": "I could not find this in the documents."},
        {"answer": ""},
        {"answer": "Which day do you mean?", "outcome": "asked_back"},
    ):
        score = await scored(tools, name, record={**RECORD, **changes})
        assert (score.status, score.value) == ("not_applicable", None)
    assert judge.requests == []


@pytest.mark.parametrize("name", ["ragas_context_precision", "ragas_context_recall"])
async def test_contexts_are_judged_even_where_the_answer_is_a_refusal(judge, tools, name):
    found = [{"statement": "s", "reason": "r", "attributed": 1}]
    judge.replies = {
        "ContextPrecisionOutput": {"reason": "r", "verdict": 1},
        "ContextRecallOutput": {"classifications": found},
    }
    refusal = {**RECORD, "answer": "I could not find this in the documents."}
    assert (await scored(tools, name, record=refusal)).value == pytest.approx(1.0)


async def test_a_missing_reference_or_context_is_not_applicable(judge, tools):
    bare = Question(id="1", user_input="When is breakfast?")
    without = {**RECORD, "retrieved": [{"document": "a.md", "page": None}]}
    for name in RAGAS_METRICS:
        both = await scored(tools, name, bare, without)
        needs_neither = name == "ragas_response_relevancy"
        assert both.status == ("system_error" if needs_neither else "not_applicable")
    for name in ("ragas_faithfulness", "ragas_context_precision", "ragas_noise_sensitivity"):
        assert (await scored(tools, name, record=without)).status == "not_applicable"


async def test_cited_sources_stand_for_passages_that_were_not_kept(judge, tools):
    judge.replies = {"ContextPrecisionOutput": {"reason": "r", "verdict": 1}}
    sources = [{"document": "a.md", "page": None, "text": "Breakfast: 6:30."}]
    record = {**RECORD, "retrieved": [{"document": "a.md", "page": None}], "sources": sources}
    assert (await scored(tools, "ragas_context_precision", record=record)).status == "scored"
    assert "Breakfast: 6:30." in judge.requests[0]["messages"][0]["content"]


@pytest.mark.parametrize("name", RAGAS_METRICS)
async def test_a_turn_that_broke_is_a_system_error(judge, tools, name):
    broken = {**RECORD, "outcome": "failed", "error": "the server went away"}
    score = await scored(tools, name, record=broken)
    assert (score.status, score.reason) == ("system_error", "the server went away")
    assert judge.requests == []


async def test_tools_without_a_judge_or_encoder_end_as_system_errors():
    tools = RagasTools(None, None)
    for name in RAGAS_METRICS:
        expected = "scored" if name == "ragas_rouge" else "system_error"
        assert (await scored(tools, name)).status == expected


async def test_a_number_that_is_none_never_gets_out(tools, judge):
    class Broken(Letters):
        def embed_query(self, text):
            return [math.nan] * 26

    broken = RagasTools(judge.endpoint, Broken())
    score = await scored(broken, "ragas_semantic_similarity")
    assert (score.status, score.value) == ("judge_parse", None)


async def test_the_calls_of_a_judge_are_counted(judge, tools):
    judge.replies = {"StatementGeneratorOutput": TWO, "NLIStatementOutput": verdicts(1, 0)}
    await scored(tools, "ragas_faithfulness")
    judge.replies = {"StatementGeneratorOutput": Reply("{", finish_reason="length")}
    await scored(tools, "ragas_faithfulness")
    used = tools.usage
    assert (used.calls, used.replies) == (3, 3)
    assert (used.prompt, used.completion, used.cached) == (300, 30, 180)


async def test_the_server_is_held_to_the_schema_and_the_sampling_is_ours(judge):
    tools = RagasTools(judge.endpoint, None, JudgeLimits(max_tokens=77, seed=5))
    judge.replies = {"StatementGeneratorOutput": TWO, "NLIStatementOutput": verdicts(1, 0)}
    await scored(tools, "ragas_faithfulness")
    request = judge.requests[-1]
    assert request["response_format"]["type"] == "json_schema"
    one = request["response_format"]["json_schema"]["schema"]["$defs"]
    [verdict] = [form["properties"]["verdict"] for form in one.values()]
    assert verdict["enum"] == [0, 1]
    [order] = [list(form["properties"]) for form in one.values()]
    assert order == ["statement", "reason", "verdict"]
    assert {key: request[key] for key in ("temperature", "max_tokens", "seed", "model")} == {
        "temperature": 0.0,
        "max_tokens": 77,
        "seed": 5,
        "model": "scripted",
    }
    await tools.close()


async def test_sound_replies_score_as_ragas_itself_scores_them(judge, tools):
    from ragas.metrics.collections import (
        AnswerAccuracy,
        ContextPrecision,
        ContextRecall,
        Faithfulness,
        NoiseSensitivity,
    )

    found = [{"statement": "s", "reason": "r", "attributed": value} for value in (1, 0, 1)]
    three = {"statements": [*TWO["statements"], "Lunch is at 12:00."]}
    judge.replies = {
        "StatementGeneratorOutput": three,
        "NLIStatementOutput": by_statement(contained),
        "StatementFaithfulnessOutput": by_statement(contained),
        "AnswerAccuracyOutput": lambda prompt: {"rating": 4 if "world class" in prompt else 2},
        "ContextPrecisionOutput": lambda prompt: {
            "reason": "r",
            "verdict": int("pool" in asked_statements(prompt)["context"]),
        },
        "ContextRecallOutput": {"classifications": found},
    }
    contexts = ["Breakfast: 6:30 to 10:00.", "Breakfast until 10:00, the pool 6:30 to 11:00."]
    record = {**RECORD, "retrieved": [{"document": "a", "text": text} for text in contexts]}
    question = {"user_input": QUESTION.user_input}
    answer = {"response": "Breakfast starts at 6:30. It ends at 11:00."}
    reference = {"reference": QUESTION.reference}
    read = {"retrieved_contexts": contexts}
    for name, metric, given in (
        ("ragas_faithfulness", Faithfulness, question | answer | read),
        ("ragas_answer_accuracy", AnswerAccuracy, question | answer | reference),
        ("ragas_context_precision", ContextPrecision, question | reference | read),
        ("ragas_context_recall", ContextRecall, question | reference | read),
        ("ragas_noise_sensitivity", NoiseSensitivity, question | answer | reference | read),
    ):
        theirs = await metric(llm=tools.llm).ascore(**given)
        ours = await scored(tools, name, record=record)
        assert ours.value == pytest.approx(theirs.value)
        assert 0 < ours.value < 1


def test_the_identity_names_all_that_decides_a_score(judge):
    base = RagasTools(judge.endpoint, Letters()).identity("ragas_faithfulness")
    assert json.loads(json.dumps(base)) == base
    others = [
        RagasTools(judge.endpoint, Letters(), limits).identity("ragas_faithfulness")
        for limits in (
            JudgeLimits(max_tokens=2),
            JudgeLimits(temperature=0.5),
            JudgeLimits(seed=8),
        )
    ]
    others.append(RagasTools(judge.endpoint, Letters()).identity("ragas_context_recall"))
    assert all(other != base for other in others)
    assert (
        RagasTools(judge.endpoint, None, JudgeLimits(timeout_s=1)).identity("ragas_faithfulness")
        == base
    )
    free = RagasTools(judge.endpoint, Letters()).identity("ragas_semantic_similarity")
    assert (free["judge"], free["embedder"]) == (None, "letters")


def test_nothing_is_reported_and_no_file_is_left_behind(tmp_path):
    code = """
import asyncio, sys
sys.path.insert(0, "tests")
from fixtures.scripted_judge import ScriptedJudge
from workbench.evaluation.metrics.ragas import RAGAS_METRICS, RagasTools
from workbench.evaluation.questions import Question

import workbench.evaluation.metrics.ragas.adapter as adapter
assert "ragas" not in sys.modules and "openai" not in sys.modules
adapter.prepare_ragas()
from ragas import _analytics
assert _analytics.do_not_track()

async def main(judge):
    judge.replies = {"AnswerAccuracyOutput": {"rating": 4}}
    tools = RagasTools(judge.endpoint)
    record = {"answer": "a", "outcome": "answered"}
    question = Question(id="1", user_input="q", reference="a")
    score = await RAGAS_METRICS["ragas_answer_accuracy"](tools, question, record)
    assert score.value == 1.0, score

with ScriptedJudge().running() as judge:
    asyncio.run(main(judge))
"""
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert not list(tmp_path.rglob("uuid.json"))
