"""Blaming wrong answers: who gets blame, who gets it later, and when it stops."""

from types import SimpleNamespace

import pytest
from fixtures.memory_runs import MemoryRuns, stored_item, stored_score

from workbench.errors import ModelServerError
from workbench.evaluation.questions import Question
from workbench.evaluation.running.blaming import blame_items
from workbench.evaluation.running.budget import Account, Budget

BLAME = "blame_generation"


def turn(answer, outcome="answered"):
    record = {"answer": answer, "outcome": outcome, "sources": [], "retrieved": [], "usage": {}}
    return SimpleNamespace(
        answer=answer,
        outcome=outcome,
        error="",
        to_dict=lambda: {**dict.fromkeys(OF_TURN), **record},
    )


OF_TURN = (
    "search_query", "answer", "outcome", "sources", "retrieved", "tool_calls", "route",
    "confidence", "timings", "usage", "cost", "model", "prompt",
)  # fmt: skip


class Task:
    """Asks questions whose answer with the gold passages is scripted; each costs 1."""

    def __init__(self, answers):
        self.questions = {
            name: Question(
                id=name, user_input=f"{name}?", reference_facts=[["seven"]],
                reference_contexts=["It is seven."],
            )
            for name in answers
        }  # fmt: skip
        self.assistant = SimpleNamespace(collection="c")
        self.engine = SimpleNamespace(retriever=None)
        self.answers, self.asked = answers, []

    def memo(self, _):
        return SimpleNamespace(made={"generation": 0})

    async def ask(self, question, memo, failed):
        self.asked.append(question.id)
        answer = self.answers[question.id]
        if isinstance(answer, Exception):
            raise answer
        return answer, 1.0


async def blame(runs, task, budget=None):
    return await blame_items(runs, "r", task, lambda _: None, Account(budget or Budget()))


def wrong(*names):
    return tuple(stored_score(name, "answer_accuracy", 0.0) for name in names)


async def test_a_failed_item_gets_its_blame_once_it_has_an_answer():
    runs = MemoryRuns(stored_item("a", "failed"), stored_item("b"))
    task = Task({"a": turn("seven"), "b": turn("seven")})
    await blame(runs, task)
    assert runs.statuses(BLAME) == {"b": "not_applicable"}
    runs.rows["a", 0] = stored_item("a")
    runs.add_scores("r", wrong("a"))
    await blame(runs, task)
    assert task.asked == ["a"]
    assert runs.kept["a", 0, BLAME].value == 0.0
    assert runs.kept["a", 0, "blame_retrieval"].value == 1.0


@pytest.mark.parametrize("broken", [ModelServerError("gone"), turn("", "failed")])
async def test_a_blame_that_could_not_be_found_out_is_tried_again(broken):
    runs = MemoryRuns(stored_item("a"), scores=wrong("a"))
    await blame(runs, Task({"a": broken}))
    assert runs.statuses(BLAME) == {"a": "system_error"}
    for _ in range(2):
        task = Task({"a": turn("It is nine.")})
        await blame(runs, task)
    assert task.asked == []
    assert runs.kept["a", 0, BLAME].value == 1.0


async def test_blame_is_paid_for_and_stops_where_the_budget_ends(monkeypatch):
    monkeypatch.setattr("workbench.evaluation.running.blaming._AT_ONCE", 1)
    names = ("a", "b", "c")
    runs = MemoryRuns(*map(stored_item, names), scores=wrong(*names))
    task, budget = Task(dict.fromkeys(names, turn("seven"))), Budget(amount=2.0)
    assert await blame(runs, task, budget) == "the money of the budget is spent"
    assert (task.asked, budget.spent) == (["a", "b"], 2.0)
    assert runs.statuses(BLAME).keys() == {"a", "b"}
    assert await blame(runs, task) == ""
    assert task.asked == ["a", "b", "c"]
