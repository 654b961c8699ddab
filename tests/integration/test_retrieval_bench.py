"""The retrieval bench on a small set with the real encoder."""

import json

import pytest
import typer
from fixtures.schemas import read_document
from typer.testing import CliRunner

from workbench.cli import bench as bench_command
from workbench.engine.embeddings import load_embedder
from workbench.evaluation.retrieval_bench import run_bench
from workbench.evaluation.retrieval_sets import VARIABLE, RetrievalQuestion, RetrievalSet

pytestmark = pytest.mark.database

TEXTS = {
    "pool": "The swimming pool on floor five is open from six to nine in the evening.",
    "pets": "Animals are not accepted in the hotel, except guide dogs.",
    "taxi": "A car to the airport is ordered at the concierge desk the day before.",
}
QUESTIONS = {
    "1": ("When is the swimming pool open?", "pool"),
    "2": ("Tôi có được mang thú cưng không?", "pets"),
}


@pytest.fixture
def small(tmp_path):
    corpus = tmp_path / "small.jsonl"
    corpus.write_text("".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in TEXTS.items()))
    questions = tuple(
        RetrievalQuestion(number, text, frozenset({(gold, None)}))
        for number, (text, gold) in QUESTIONS.items()
    )
    return RetrievalSet("small", corpus, questions)


async def test_each_way_is_scored_and_paired(database, database_settings, small):
    messages = []
    embedder = load_embedder(database_settings)
    result = await run_bench(database, embedder, database_settings, small, "all", messages.append)
    assert (result["n"], result["documents"], result["passages"]) == (2, 3, 3)
    assert result["modes"]["dense"]["hit_at_1"]["mean"] == 1.0
    assert result["modes"]["text"]["hit_at_5"]["mean"] == 0.5
    assert result["modes"]["text"]["mrr"] == 0.5
    assert result["fused_against"]["text"] == {"gained": 1, "lost": 0, "p": 1.0}
    assert result["modes"]["fused"]["p50_ms"] > 0
    assert messages and json.dumps(result)


@pytest.fixture
def command(database_settings, monkeypatch):
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(database_settings.workspace))
    app = typer.Typer()
    bench_command.register(app)
    return lambda *arguments: CliRunner().invoke(app, ["bench", "retrieval", *arguments])


def test_the_command_prints_a_table_or_json(command, tmp_path, monkeypatch):
    folder = tmp_path / "tau2"
    folder.mkdir()
    document = {"id": "d", "title": "Cards", "content": "A lost card is blocked at once."}
    task = {
        "id": "t",
        "user_scenario": {"instructions": "You lost your card."},
        "required_documents": ["d"],
    }
    (folder / "banking_documents.jsonl").write_text(json.dumps(document) + "\n")
    (folder / "banking_tasks.json").write_text(json.dumps([task]))
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setenv("WORKBENCH_CACHE_DIR", str(tmp_path / "cache"))
    chosen = ("--set", "tau2_banking", "--split", "all")
    shown = command(*chosen)
    assert shown.exit_code == 0, shown.stderr
    assert "tau2_banking, all: 1 questions" in shown.stdout
    assert "fused against dense, hit@5: 0 gained, 0 lost, p = 1" in shown.stdout
    printed = read_document("bench retrieval", command(*chosen, "--json").stdout)
    assert printed["modes"]["fused"]["mrr"] == 1.0
    assert command("--set", "tau2_banking", "--split", "half").exit_code == 2
    monkeypatch.delenv(VARIABLE)
    refused = command(*chosen)
    assert refused.exit_code == 2 and VARIABLE in refused.stderr
