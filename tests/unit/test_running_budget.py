"""A budget of money: what counts, and when it cannot be kept."""

import pytest

from workbench.config import load_settings
from workbench.errors import ModelServerError, UsageError
from workbench.evaluation.running import budget as budgets
from workbench.evaluation.running.budget import Account, Budget
from workbench.evaluation.running.limiter import Limiter
from workbench.evaluation.running.prices import require_prices
from workbench.evaluation.running.runner import RETRIES, Job, Tried, fault, run_jobs
from workbench.evaluation.suites.suite import Suite

ENDPOINT = '[endpoints.{name}]\nbase_url = "http://localhost:1/v1"\nmodel = "m"\n'
PRICE = 'price = {{prompt_per_million = 1.0, completion_per_million = 2.0, currency = "{}"}}\n'


def settings_of(folder, *endpoints, more=""):
    parts = ['model = "first"\n', more]
    for name, currency in endpoints:
        parts += [ENDPOINT.format(name=name), PRICE.format(currency) if currency else ""]
    (folder / "workbench.toml").write_text("".join(parts))
    return load_settings(folder)


def suite(kind="answers", **more):
    return Suite.model_validate({"name": kind, "kind": kind, **more})


def judged(judge):
    return suite(metrics=["judged_correctness"], judge=judge)


def test_money_cannot_be_held_to_a_budget_where_no_price_is_known(tmp_path):
    settings = settings_of(tmp_path, ("first", None), ("second", "USD"))
    money = Budget(amount=1.0)
    with pytest.raises(UsageError, match="the price of first is not known"):
        require_prices(settings, suite(), money)
    require_prices(settings, suite(), Budget(minutes=1.0))
    require_prices(settings, suite("retrieval"), money)
    require_prices(settings.model_copy(update={"model": "second"}), suite(), money)


def test_the_price_of_the_judge_must_be_known_too_and_in_the_same_currency(tmp_path):
    settings = settings_of(tmp_path, ("first", "USD"), ("free", None), ("euro", "EUR"))
    money = Budget(amount=1.0)
    require_prices(settings, judged(None), money)
    require_prices(settings, suite(judge="free"), money)
    with pytest.raises(UsageError, match="the price of free is not known"):
        require_prices(settings, judged("free"), money)
    with pytest.raises(UsageError, match="prices are in USD and EUR"):
        require_prices(settings, judged("euro"), money)


def test_hours_of_this_machine_are_a_price_of_its_models(tmp_path):
    local = {"model": "smollm2-135m-instruct"}
    unknown = settings_of(tmp_path).model_copy(update=local)
    with pytest.raises(UsageError, match="the price of smollm2-135m-instruct"):
        require_prices(unknown, suite(), Budget(amount=1.0))
    hours = settings_of(tmp_path, more="[server]\nhardware_price_per_hour = 2.0\n")
    require_prices(hours.model_copy(update=local), suite(), Budget(amount=1.0))


async def test_every_try_of_an_item_counts_and_none_is_begun_without_budget():
    async def failing(job):
        tries.append(job)
        broken = fault(job, ModelServerError("busy", retryable=True), {})
        return Tried(job=job, outcome="failed", record=broken.record, retryable=True, cost=1.0)

    for amount, expected in ((10.0, RETRIES + 1), (2.0, 2)):
        tries, budget = [], Budget(amount=amount)
        await run_jobs(
            [Job("1")], failing, lambda _: None, Limiter(1), budget, lambda _: None, back_off_s=0.0
        )
        assert (len(tries), budget.spent) == (expected, expected)


def test_a_stage_adds_its_calls_or_its_time(monkeypatch):
    clock = iter([0.0, 0.0, 36.0])
    monkeypatch.setattr(budgets.time, "monotonic", lambda: next(clock, 36.0))
    budget = Budget(amount=10.0)
    calls, hours = Account(budget), Account(budget, per_hour=100.0)
    calls.spend(2.0)
    calls.spend(None)
    calls.reach(1.0)
    calls.reach(1.5)
    assert budget.spent == 3.5
    hours.spend(5.0)
    assert budget.spent == 4.5
    budget.spend(5.5)
    assert calls.exhausted == hours.exhausted == "the money of the budget is spent"
