"""A judge's calls: every one ends with a score or a reason, whatever the server does."""

import json
import threading
import time

import pytest
from fixtures.judge_server import JudgeServer, Reply, last_message, says

from workbench.evaluation.judges import client
from workbench.evaluation.judges.client import Judge
from workbench.evaluation.judges.kinds import KINDS
from workbench.evaluation.judges.prompt import chosen_prompts, load_prompt, variants
from workbench.evaluation.judges.verdicts import VerdictFile

VALUES = {"question": "q", "references": "r", "answer": "a"}


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(client, "_PAUSE_S", 0.0)
    with JudgeServer().running() as running:
        yield running


@pytest.fixture
async def judge(server):
    opened = Judge(server.endpoint, {"model": "scripted"}, timeout_s=5.0)
    yield opened
    await opened.close()


@pytest.mark.parametrize(("verdict", "value"), [("right", 1.0), ("wrong", 0.0)])
async def test_a_verdict_is_a_score(server, judge, verdict, value):
    server.answer = lambda _: says(verdict)
    score = await judge.ask("correctness", VALUES)
    assert (score.status, score.value) == ("scored", value)
    assert (judge.usage.calls, judge.usage.replies) == (1, 1)


async def test_the_server_is_held_to_the_schema_and_samples_nothing(server, judge):
    server.answer = lambda _: says("right")
    await judge.ask("correctness", VALUES)
    (request,) = server.asked
    assert request["temperature"] == 0
    form = request["response_format"]
    assert form["type"] == "json_schema"
    assert form["json_schema"]["schema"]["properties"]["verdict"]["enum"] == ["right", "wrong"]


@pytest.mark.parametrize(
    "text", ["", "right", '```json\n{"verdict": "right"}\n```', "[1]", '{"verdict": "maybe"}',
             '{"verdict": ["right"]}', '{"verdict": null}', "<think>hm</think>"]
)  # fmt: skip
async def test_a_reply_without_a_verdict_is_a_parse_failure(server, judge, text):
    server.answer = lambda _: Reply(text)
    score = await judge.ask("correctness", VALUES)
    assert (score.status, score.value) == ("judge_parse", None)
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"choices": []}', b'{"choices": [{}]}'])
async def test_what_is_no_chat_completion_is_a_parse_failure(server, judge, body):
    server.answer = lambda _: Reply(body=body)
    assert (await judge.ask("correctness", VALUES)).status == "judge_parse"


async def test_a_reply_that_was_cut_off_is_truncated_even_where_it_could_be_read(server, judge):
    server.answer = lambda _: Reply('{"verdict": "right"}', finish="length")
    score = await judge.ask("correctness", VALUES)
    assert (score.status, score.value) == ("judge_truncated", None)


async def test_no_reply_in_time_is_a_timeout_and_is_not_asked_again(server):
    done = threading.Event()
    server.answer = lambda _: done.wait(5) and says("right")
    judge = Judge(server.endpoint, {}, timeout_s=0.2)
    score = await judge.ask("correctness", VALUES)
    done.set()
    await judge.close()
    assert (score.status, len(server.asked)) == ("judge_timeout", 1)


@pytest.mark.parametrize(("status", "calls"), [(500, 2), (503, 2), (429, 2), (400, 1), (401, 1)])
async def test_a_server_that_refuses_is_a_system_error(server, judge, status, calls):
    server.answer = lambda _: Reply(status=status, body=b'{"error": {"message": "no"}}')
    score = await judge.ask("correctness", VALUES)
    assert (score.status, len(server.asked)) == ("system_error", calls)
    assert str(status) in score.reason


async def test_a_server_that_recovers_gives_its_verdict(server, judge):
    replies = iter([Reply(status=500, body=b"{}"), says("right")])
    server.answer = lambda _: next(replies)
    assert (await judge.ask("correctness", VALUES)).value == 1.0


async def test_a_server_that_is_gone_is_a_system_error(judge, monkeypatch):
    monkeypatch.setattr(client, "_PAUSE_S", 0.0)
    with JudgeServer().running() as gone:
        endpoint = gone.endpoint
    gone_judge = Judge(endpoint, {})
    assert (await gone_judge.ask("correctness", VALUES)).status == "system_error"
    await gone_judge.close()


async def test_calls_under_way_are_limited(server):
    under_way, most, lock = 0, 0, threading.Lock()

    def answer(_):
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.02)
        with lock:
            under_way -= 1
        return says("right")

    server.answer = answer
    judge = Judge(server.endpoint, {}, concurrency=3)
    import asyncio

    await asyncio.gather(
        *(judge.ask("correctness", {**VALUES, "answer": str(n)}) for n in range(12))
    )
    await judge.close()
    assert 1 < most <= 3


async def test_a_kept_verdict_makes_no_call_and_a_failed_call_is_not_kept(server, tmp_path):
    memo = VerdictFile(tmp_path / "verdicts" / "j.jsonl")
    judge = Judge(server.endpoint, {"model": "scripted"}, memo)
    server.answer = lambda _: Reply(status=400, body=b"{}")
    assert (await judge.ask("correctness", VALUES)).status == "system_error"
    server.answer = lambda _: says("wrong")
    first = await judge.ask("correctness", VALUES)
    again = Judge(
        server.endpoint, {"model": "scripted"}, VerdictFile(tmp_path / "verdicts" / "j.jsonl")
    )
    assert await again.ask("correctness", VALUES) == first
    assert len(server.asked) == 2
    await judge.close()


async def test_everything_that_decides_a_verdict_is_part_of_its_key(server):
    keys = []

    class Keys:
        async def get(self, kind, key):
            keys.append(json.dumps([kind, key], sort_keys=True))
            return {"status": "scored", "value": 1.0, "reason": ""}

        async def put(self, kind, key, value):
            raise AssertionError("nothing was asked")

    plain = load_prompt("correctness_plain")
    for served, prompts, values in (
        ({"model": "m", "server": "vllm 1"}, None, VALUES),
        ({"model": "other", "server": "vllm 1"}, None, VALUES),
        ({"model": "m", "server": "vllm 2"}, None, VALUES),
        ({"model": "m", "server": "vllm 1"}, {**chosen_prompts(), "correctness": plain}, VALUES),
        ({"model": "m", "server": "vllm 1"}, None, {**VALUES, "answer": "b"}),
        ({"model": "m", "server": "vllm 1"}, None, {**VALUES, "references": "s"}),
    ):
        await Judge(server.endpoint, served, Keys(), prompts=prompts).ask("correctness", values)
    assert len(set(keys)) == len(keys) == 6
    assert not server.asked


async def test_a_verdict_file_that_was_cut_off_goes_on(tmp_path):
    path = tmp_path / "kept" / "j.jsonl"
    await VerdictFile(path).put("judging", {"n": 1}, {"status": "scored"})
    with path.open("a") as file:
        file.write('{"key": "half')
    file = VerdictFile(path)
    await file.put("judging", {"n": 2}, {"status": "scored"})
    again = VerdictFile(path)
    assert len(again) == 2
    assert await again.get("judging", {"n": 1}) == {"status": "scored"}
    assert await again.get("other", {"n": 1}) is None


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_judged_stands_last_in_every_prompt(kind):
    last = {"correctness": "answer", "faithfulness": "claim", "preference": "second"}[kind]
    values = {
        name: f"<{name}>"
        for name in ("question", "references", "answer", "context", "claim", "reference", "first",
                     "second")
    }  # fmt: skip
    for prompt in variants(kind):
        one, other = (prompt.messages({**values, last: text}) for text in ("ONE", "TWO"))
        assert one[0] == other[0]
        shared, _, rest = one[1]["content"].partition("ONE")
        assert other[1]["content"].startswith(shared)
        assert all(mark not in rest for mark in values.values())
        assert prompt.version >= 1
        assert prompt.positive != prompt.negative


async def test_a_judge_with_another_prompt_is_another_judge(server, judge):
    other = judge.with_prompt("correctness", load_prompt("correctness_plain"))
    assert other.identity["prompts"]["correctness"] != judge.identity["prompts"]["correctness"]
    assert other.identity["prompts"]["faithfulness"] == judge.identity["prompts"]["faithfulness"]
    server.answer = lambda _: says("right")
    await other.ask("correctness", VALUES)
    assert server.asked[0]["messages"][0]["content"] == load_prompt("correctness_plain").system
    assert "<" not in last_message(server.asked[0])
    await other.close()
