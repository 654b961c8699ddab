"""How long a turn's tools were at work, and where that is kept."""

from types import SimpleNamespace

import pytest

from workbench.engine.events import (
    AnswerFinished,
    ToolCalled,
    ToolReturned,
    TurnStarted,
)
from workbench.engine.turn import ModelInfo, Timings, Turn
from workbench.evaluation.questions import Question
from workbench.evaluation.running.runner import Job
from workbench.evaluation.tasks.answers import AnswerTask
from workbench.evaluation.tasks.tool_clock import ToolClock


def called(number):
    return ToolCalled(call_id=f"call-{number}", name="t", arguments={})


def returned(number):
    return ToolReturned(call_id=f"call-{number}", name="t", result="", ok=True)


START = TurnStarted(turn_id="t", session="", question="?")


@pytest.mark.parametrize(
    ("events", "seconds"),
    [
        ([(0, START)], None),
        ([(0, START), (1, called(1)), (3, returned(1))], 2.0),
        ([(0, START), (1, called(1)), (2, called(2)), (5, returned(1)), (6, returned(2))], 5.0),
        ([(0, START), (1, called(1)), (2, returned(1)), (7, called(2)), (8, returned(2))], 2.0),
        ([(0, START), (1, called(1)), (3, returned(1)), (4, START)], None),
        ([(0, START), (4, returned(9))], None),
    ],
    ids=["none", "one", "at once", "two rounds", "an earlier turn", "declined"],
)
def test_only_the_time_with_an_open_call_counts(events, seconds):
    moment = [0.0]
    clock = ToolClock(lambda: moment[0])
    for moment[0], event in events:
        clock.see(event)
    assert clock.seconds == seconds


@pytest.mark.parametrize(("calls", "kept"), [(True, True), (False, False)])
async def test_an_items_record_keeps_it_beside_the_turns_times(calls, kept):
    turn = Turn(id="t", session="", assistant="a", lang="en", question="?", outcome="answered",
                timings=Timings(total=3.0), model=ModelInfo(name="m"), prompt="p@1")  # fmt: skip

    class Session:
        async def ask(self, text):
            yield START
            if calls:
                yield called(1)
                yield returned(1)
            yield AnswerFinished(turn=turn)

    memo = SimpleNamespace(made={"retrieval": 0, "generation": 0}, reused=set())
    engine = SimpleNamespace(converse=lambda *_, **__: Session())
    task = AnswerTask(engine=engine, assistant=None, metrics=("latency_total_s",),
                      questions={"1": Question(id="1", user_input="?")},
                      memo=lambda _: memo)  # fmt: skip
    tried = await task(Job("1"))
    assert ("tools" in tried.record["timings"]) is kept
    assert tried.record["timings"]["total"] == 3.0
    if kept:
        assert tried.record["timings"]["tools"] >= 0
