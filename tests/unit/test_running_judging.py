"""Judging the items of a run: what is asked again, and when it stops."""

from types import SimpleNamespace

import pytest
from fixtures.memory_runs import MemoryRuns, stored_item

from workbench.evaluation.judges.client import Judge
from workbench.evaluation.metrics.score import Score, scored
from workbench.evaluation.questions import Question
from workbench.evaluation.running.budget import Account, Budget
from workbench.evaluation.running.judging import JudgeTools, judge_items
from workbench.services.endpoints import Price

NAMES = ("a", "b", "c")
QUESTIONS = {
    name: Question(id=name, user_input=f"{name}?", reference_facts=[["x"]]) for name in NAMES
}


class Kept(dict):
    """Calls in memory."""

    async def get(self, kind, key):
        return dict.get(self, key)

    async def put(self, kind, key, value):
        self[key] = value


class CountingJudge(Judge):
    """Gives verdicts from a script, each for 100 and 10 tokens."""

    def __init__(self, verdicts, price=None):
        endpoint = SimpleNamespace(price=price, base_url="u", model="j")
        super().__init__(endpoint, {"model": "j"})
        self.verdicts, self.asked = verdicts, []
        self.usage = SimpleNamespace(prompt=0, completion=0)

    async def ask(self, kind, values):
        self.asked.append(values["answer"].removeprefix("answer "))
        self.usage.prompt += 100
        self.usage.completion += 10
        return self.verdicts.get(self.asked[-1], scored(1.0))


async def judge(runs, judge, budget=None):
    usage = SimpleNamespace(prompt=0, completion=0)
    tools = JudgeTools(
        judge=judge, ragas=SimpleNamespace(usage=usage), served={}, calls=Kept(), reuse=False
    )
    account = Account(budget or Budget())
    metrics = ("judged_correctness",)
    return await judge_items(runs, "r", QUESTIONS, metrics, tools, lambda _: None, account)


@pytest.mark.parametrize("status", ["judge_timeout", "system_error"])
async def test_a_verdict_that_failed_for_now_is_asked_again_and_no_other(status):
    runs = MemoryRuns(*map(stored_item, NAMES))
    first = CountingJudge({"a": Score(status), "b": Score("judge_parse")})
    assert await judge(runs, first) == ""
    expected = {"a": status, "b": "judge_parse", "c": "scored"}
    assert runs.statuses("judged_correctness") == expected
    second = CountingJudge({})
    await judge(runs, second)
    assert second.asked == ["a"]
    assert runs.statuses("judged_correctness") == {**expected, "a": "scored"}


async def test_judging_is_paid_for_and_stops_where_the_budget_ends(monkeypatch):
    monkeypatch.setattr("workbench.evaluation.running.judging._AT_ONCE", 1)
    runs = MemoryRuns(*map(stored_item, NAMES))
    price = Price(prompt_per_million=10_000.0, completion_per_million=100_000.0, currency="USD")
    first, budget = CountingJudge({}, price), Budget(amount=3.0)
    assert await judge(runs, first, budget) == "the money of the budget is spent"
    assert (len(first.asked), budget.spent) == (2, 4.0)
    second = CountingJudge({}, price)
    assert await judge(runs, second, Budget(minutes=0.0)) == "the minutes of the budget are over"
    assert second.asked == []
    assert await judge(runs, second) == ""
    assert second.asked == ["c"]
