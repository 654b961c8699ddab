"""The task of answers: what an item cost, and how a broken turn of its history ends it."""

from types import SimpleNamespace

import pytest

from workbench.engine.events import AnswerFinished, TurnFailed
from workbench.engine.turn import Cost, ModelInfo, Turn, Usage
from workbench.evaluation.questions import Question
from workbench.evaluation.running.runner import Job
from workbench.evaluation.tasks.answers import AnswerTask


def turn(text, outcome="answered", error=""):
    return Turn(
        id="t", session="", assistant="a", lang="en", question=text, answer=text, outcome=outcome,
        usage=Usage(prompt=10, completion=2), cost=Cost(amount=0.5, priced=True), error=error,
        model=ModelInfo(name="m"), prompt="p@1",
    )  # fmt: skip


class Session:
    """Answers with the question; each reply is made now unless it was kept."""

    def __init__(self, memo, kept, broken):
        self._memo, self._kept, self._broken = memo, kept, broken

    async def ask(self, text):
        if text in self._kept:
            self._memo.reused.add("generation")
        else:
            self._memo.made["generation"] += 1
        if text in self._broken:
            failed = turn(text, "failed", "busy")
            yield TurnFailed(turn=failed, message="busy", hint="", retryable=True)
            return
        yield AnswerFinished(turn=turn(text))


async def ask(history=(), kept=(), broken=(), reused=()):
    memo = SimpleNamespace(made={"retrieval": 0, "generation": 0}, reused=set(reused))
    engine = SimpleNamespace(converse=lambda *_, **__: Session(memo, kept, broken))
    question = Question(id="1", user_input="last", history=list(history))
    task = AnswerTask(
        engine=engine, assistant=None, questions={"1": question}, metrics=("cost",),
        memo=lambda _: memo,
    )  # fmt: skip
    return await task(Job("1"))


@pytest.mark.parametrize(
    ("given", "cost"),
    [
        ({}, 0.5),
        ({"reused": ["retrieval"]}, 0.5),
        ({"kept": ["last"]}, None),
        ({"history": ["a", "b"]}, 1.5),
        ({"history": ["a", "b"], "kept": ["a"]}, 1.0),
    ],
)
async def test_an_item_costs_what_the_model_wrote_now(given, cost):
    assert (await ask(**given)).cost == cost


async def test_a_question_is_not_asked_after_a_broken_turn_of_its_history():
    tried = await ask(history=["a"], broken=["a"])
    assert (tried.outcome, tried.retryable, tried.record["error"]) == ("failed", True, "busy")
    assert tried.record["answer"] == "a"
