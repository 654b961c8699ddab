"""The measurement of throughput: its figures, its cells, and that all contestants ask the same."""

import argparse
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.chat_server import chat_server as chat_server

from evals.throughput.common import Asked, Prompt, read_prompts, report, write_prompts
from evals.throughput.compare import Place, command, places, read_state, write_state
from evals.throughput.figures import (
    pooled_deviation,
    setting_figures,
    spread,
    summarise,
    table,
    verdict,
)
from evals.throughput.prepare import prompt_of
from evals.throughput.server import counted, read_counts
from workbench.evaluation.questions import Question
from workbench.evaluation.suites.kinds import ALWAYS_FRESH, KINDS
from workbench.evaluation.suites.loading import load_suite
from workbench.services.endpoints import Endpoint

ROOT = Path(__file__).parents[2]
INSPECT = os.environ.get("WORKBENCH_INSPECT_PYTHON", "")
LIMIT_S = 300


def prompts(count=3):
    def chat(number):
        return [
            {"role": "system", "content": "Answer from the passages.\nNo more."},
            {"role": "user", "content": "An example?"},
            {"role": "assistant", "content": "So: “được”."},
            {"role": "user", "content": f"[1] Room {number}\n\nWhich room is {number}?"},
        ]

    return [
        Prompt(id=f"q{n}", messages=chat(n), reference="seven", max_tokens=160, temperature=0.0)
        for n in range(count)
    ]


def cell(contestant, rate, setting="equal", number=1, **more):
    return {
        "contestant": contestant,
        "setting": setting,
        "round": number,
        "items_per_minute": rate,
        "whole_items_per_minute": rate / 2,
        "peak_mib": 100.0 * number,
        "failures": 0,
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "version": "x 1",
        "note": "",
        **more,
    }


def test_the_share_of_the_ceiling_is_of_the_same_setting():
    cells = [cell("ours", 18.0), cell("ceiling", 20.0), cell("ours", 18.0, "default"),
             cell("ceiling", 24.0, "default")]  # fmt: skip
    found = summarise(cells)
    assert found["equal"]["ours"]["share_of_ceiling"] == pytest.approx(0.9)
    assert found["default"]["ours"]["share_of_ceiling"] == pytest.approx(0.75)
    assert found["equal"]["ceiling"]["share_of_ceiling"] == 1.0


def test_without_the_ceiling_there_is_no_share():
    assert "share_of_ceiling" not in setting_figures([cell("ours", 18.0)])["ours"]


def test_the_spread_names_mean_least_and_most_of_the_rounds():
    assert spread([19.0, 21.0]) == {"rounds": [19.0, 21.0], "mean": 20.0, "min": 19.0, "max": 21.0}


def test_memory_is_the_most_of_all_rounds():
    found = setting_figures([cell("ours", 18.0), cell("ours", 19.0, number=2)])
    assert found["ours"]["peak_mib"] == 200.0


def test_the_noise_is_pooled_over_contestants():
    deviation, freedom = pooled_deviation([[1.0, math.e], [5.0, 5.0]])
    assert (deviation, freedom) == (pytest.approx(0.5), 2)


def test_a_difference_within_the_noise_is_called_equal():
    groups = [[20.0, 21.0], [19.5, 20.5], [20.2, 20.9]]
    deviation, freedom = pooled_deviation(groups)
    assert verdict(groups[0], groups[1], deviation, freedom) == "equal within noise"


def test_a_difference_beyond_the_noise_says_who_leads():
    groups = [[20.0, 20.1], [15.0, 15.1], [10.0, 10.1]]
    deviation, freedom = pooled_deviation(groups)
    assert verdict(groups[1], groups[2], deviation, freedom) == "ahead"
    assert verdict(groups[1], groups[0], deviation, freedom) == "behind"


def test_one_round_tells_nothing_of_noise():
    found = setting_figures([cell("ours", 18.0), cell("inspect", 12.0)])
    assert found["inspect"]["ours_against_it"]["items_per_minute"] == "noise unknown: one round"


def test_the_table_has_a_row_for_each_contestant_of_each_setting():
    text = table(
        summarise([cell("ours", 18.0), cell("ceiling", 20.0), cell("ours", 9.0, "default")])
    )
    rows = text.splitlines()[2:]
    assert [row.split(" | ")[:2] for row in rows] == [
        ["| equal", "ours"], ["| equal", "ceiling"], ["| default", "ours"],
    ]  # fmt: skip
    assert "90%" in rows[0]


def test_the_order_rotates_and_every_cell_is_there_once():
    found = list(places(["a", "b", "c"], ["equal", "default"], 2))
    assert [place.contestant for place in found[:3]] == ["a", "b", "c"]
    assert [place.contestant for place in found[6:9]] == ["b", "c", "a"]
    assert len(set(found)) == len(found) == 12


def test_a_report_counts_items_a_minute_of_asking_and_of_the_whole_process():
    asked = Asked(asking_s=30.0, items=10, failures=1, prompt_tokens=1, completion_tokens=1,
                  version="x", wall_s=60.0, peak_mib=5.0)  # fmt: skip
    found = report(asked)
    assert (found["items_per_minute"], found["whole_items_per_minute"]) == (20.0, 10.0)


def test_prompts_are_read_as_they_were_written(tmp_path):
    write_prompts(tmp_path / "m.jsonl", prompts())
    assert read_prompts(tmp_path / "m.jsonl") == prompts()
    assert read_prompts(tmp_path / "m.jsonl", 2) == prompts(2)


def test_cells_of_another_measurement_are_refused(tmp_path):
    state = read_state(tmp_path / "t.json", {"n": 100})
    state["cells"].append(cell("ours", 18.0))
    write_state(tmp_path / "t.json", state)
    again = read_state(tmp_path / "t.json", {"n": 100})
    assert again["cells"] == state["cells"]
    assert again["settings"]["equal"]["ours"]["items_per_minute"]["mean"] == 18.0
    with pytest.raises(SystemExit, match="another n"):
        read_state(tmp_path / "t.json", {"n": 50})


def test_the_server_is_asked_for_its_own_counts():
    page = "\n".join(
        [
            "# HELP vllm:request_success_total Count.",
            'vllm:request_success_total{finished_reason="stop"} 90.0',
            'vllm:request_success_total{finished_reason="length"} 11.0',
            'vllm:prompt_tokens_total{engine="0"} 500.0',
        ]
    )
    after = read_counts(page)
    assert after == {"requests": 101.0, "prompt_tokens": 500.0}
    assert counted({"requests": 1.0}, after) == {"requests": 100.0, "prompt_tokens": 500.0}
    assert read_counts("nothing") is None


def test_our_suite_measures_what_answers_does_and_reuses_nothing():
    suite = load_suite(ROOT / "evals/throughput/suite.yaml")
    assert suite.measured() == KINDS["answers"]
    assert suite.kind in ALWAYS_FRESH


class ScriptedEngine:
    """An engine whose session asks the model for one fixed chat."""

    def __init__(self, calls=1):
        self.calls = calls

    def converse(self, assistant, recorder, session_id, *, memo):
        self.memo = memo
        return self

    async def ask(self, text):
        chat = {"messages": [["system", "Be brief."], ["user", text]]}
        for _ in range(self.calls):
            asked = {**chat, "temperature": 0.0, "max_tokens": 160}
            assert [delta async for delta in self.memo.reply(asked, lambda: None)]
        yield argparse.Namespace(turn=argparse.Namespace(error="", outcome="refused"))


def question(**more):
    return Question(id="q1", user_input="Who?", reference="I", **more)


async def test_a_prompt_is_what_the_engine_asks_of_the_model():
    found = await prompt_of(ScriptedEngine(), None, question())
    assert found == Prompt(
        id="q1",
        messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who?"}],
        reference="I",
        max_tokens=160,
        temperature=0.0,
    )


async def test_a_question_that_does_not_reach_the_model_is_refused():
    with pytest.raises(SystemExit, match="q1 does not reach the model"):
        await prompt_of(ScriptedEngine(calls=0), None, question())


async def test_a_question_with_a_history_is_refused():
    with pytest.raises(SystemExit, match="q1 has a history"):
        await prompt_of(ScriptedEngine(), None, question(history=["Before?"]))


def run_contestant(contestant, chat_server, tmp_path, setting, python=sys.executable):
    write_prompts(tmp_path / "messages.jsonl", prompts())
    endpoint = Endpoint("s", chat_server.url, "secret", "scripted", "", "", 4096, None, False)
    options = argparse.Namespace(
        concurrency=2, inspect_python=python, messages=tmp_path / "messages.jsonl", limit=None
    )
    line = command(Place(contestant, setting, 1), endpoint, options, tmp_path / "report.json")
    done = subprocess.run(
        line,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "THROUGHPUT_API_KEY": "secret"},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads((tmp_path / "report.json").read_text())


def assert_asked_the_same(found, chat_server):
    assert chat_server.chats() == sorted(json.dumps(prompt.messages) for prompt in prompts())
    assert chat_server.keys == {"Bearer secret"}
    for body in chat_server.asked:
        assert body["temperature"] == 0
        assert (body.get("max_tokens") or body.get("max_completion_tokens")) == 160
    assert (found["items"], found["failures"]) == (3, 0)
    assert (found["prompt_tokens"], found["completion_tokens"]) == (300, 12)
    assert 0 < found["asking_s"] < found["wall_s"]
    assert found["peak_mib"] > 1


def test_ragas_asks_what_was_prepared(chat_server, tmp_path):
    found = run_contestant("ragas_llamaindex", chat_server, tmp_path, "equal")
    assert_asked_the_same(found, chat_server)


@pytest.mark.skipif(not INSPECT, reason="WORKBENCH_INSPECT_PYTHON names no Python with Inspect")
@pytest.mark.parametrize("setting", ["equal", "default"])
def test_inspect_asks_what_was_prepared(chat_server, tmp_path, setting):
    found = run_contestant("inspect", chat_server, tmp_path, setting, INSPECT)
    assert_asked_the_same(found, chat_server)
