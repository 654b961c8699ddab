"""What stored answers used and cost: for the status, and as Prometheus reads it."""

from datetime import UTC, datetime, timedelta

import pytest
import typer
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from workbench.cli import metrics
from workbench.store.usage import cost_today

pytestmark = pytest.mark.database

NOW = datetime(2025, 4, 17, 15, 0, tzinfo=UTC)
_ADD = """
INSERT INTO workbench.messages (conversation_id, role, status, outcome, created_at, prompt_tokens,
    completion_tokens, cached_tokens, total_s, cost_amount, cost_currency)
SELECT id, 'assistant', %(status)s, %(outcome)s, %(at)s, %(prompt)s, %(completion)s, 5, %(took)s,
       %(cost)s, %(currency)s
FROM workbench.conversations WHERE assistant = %(assistant)s
"""


def answer(**changes):
    values = {
        "status": "finished", "outcome": "answered", "at": NOW, "prompt": 100, "completion": 20,
        "took": 0.8, "cost": 0.5, "currency": "USD", "assistant": "hotel",
    }  # fmt: skip
    assert changes.keys() <= values.keys()
    return values | changes


@pytest.fixture
def stored(database):
    with database.transaction() as connection:
        connection.execute("TRUNCATE workbench.conversations CASCADE")
        for assistant in ("hotel", 'pla"nt'):
            connection.execute(
                "INSERT INTO workbench.conversations (assistant, owner) VALUES (%s, 'a')",
                (assistant,),
            )
        for one in (
            answer(),
            answer(took=0.5, cost=0.25),
            answer(took=4.0, cost=12_000, currency="VND", outcome="refused"),
            answer(took=60.0, cost=None, assistant='pla"nt'),
            answer(took=0.01, prompt=0, completion=0, cost=None),
            answer(status="running", outcome=None, took=None),
            answer(at=NOW - timedelta(days=1)),
        ):
            connection.execute(_ADD, one)
    yield database
    with database.transaction() as connection:
        connection.execute("TRUNCATE workbench.conversations CASCADE")


@pytest.fixture
def run(database_settings, stored, monkeypatch):
    app = typer.Typer()
    app.callback()(lambda: None)
    metrics.register(app)
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(database_settings.workspace))
    return lambda *words: CliRunner().invoke(app, ["metrics", *words])


def samples(text):
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_todays_cost_is_by_currency_and_unknown_prices_are_told(stored):
    today = cost_today(stored, NOW)
    assert today.costs == {"USD": 0.75, "VND": 12_000}
    assert today.requests == 5
    assert today.tokens == 4 * 120
    assert today.unpriced == 1


def test_a_day_begins_at_its_own_midnight(stored):
    yesterday = cost_today(stored, NOW - timedelta(days=1))
    assert yesterday.requests == 6
    assert cost_today(stored, NOW + timedelta(days=1)).requests == 0
    assert cost_today(stored, NOW + timedelta(days=1)).costs == {}


def test_the_metrics_are_those_of_the_stored_answers(run):
    found = samples(run().stdout)
    assert found["llm_requests_total", (("assistant", "hotel"), ("outcome", "answered"))] == 4
    assert found["llm_requests_total", (("assistant", "hotel"), ("outcome", "refused"))] == 1
    assert found["llm_requests_total", (("assistant", 'pla"nt'), ("outcome", "answered"))] == 1
    assert found["llm_tokens_used_total", (("type", "prompt"),)] == 500
    assert found["llm_tokens_used_total", (("type", "completion"),)] == 100
    assert found["llm_cost_total", (("currency", "USD"),)] == 1.25
    assert found["llm_cost_total", (("currency", "VND"),)] == 12_000
    assert found["llm_unpriced_requests_total", ()] == 1


def test_durations_are_counted_up_to_and_including_each_bound(run):
    found = samples(run().stdout)
    name = "llm_response_duration_seconds"
    counts = {
        dict(labels)["le"]: value
        for (sample, labels), value in found.items()
        if sample == f"{name}_bucket"
    }
    assert counts == {
        "0.5": 2, "1.0": 4, "2.0": 4, "3.0": 4, "5.0": 5, "10.0": 5, "+Inf": 6,
    }  # fmt: skip
    assert found[f"{name}_count", ()] == 6
    assert found[f"{name}_sum", ()] == pytest.approx(0.8 + 0.5 + 4 + 60 + 0.01 + 0.8)


def test_a_file_is_replaced_whole_and_leaves_nothing_beside_it(run, tmp_path):
    path = tmp_path / "workbench.prom"
    path.write_text("old")
    assert run("--output", str(path)).exit_code == 0
    assert samples(path.read_text()) == samples(run().stdout)
    assert [one.name for one in tmp_path.iterdir()] == ["workbench.prom"]


def test_a_file_that_cannot_be_written_is_one_line(run, tmp_path):
    for bad in (tmp_path, tmp_path / "missing" / "x.prom"):
        result = run("--output", str(bad))
        assert result.exit_code == 2
        assert "cannot be written" in result.stderr and len(result.stderr.splitlines()) == 1
