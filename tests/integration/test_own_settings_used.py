"""What an assistant ships is used by `eval run`, by `ask` and by chat alike."""

import json

import pytest

from workbench.assistants import get_assistant
from workbench.assistants.scaffold import scaffold_assistant
from workbench.config import load_settings
from workbench.engine.embeddings import load_embedder
from workbench.engine.ingestion import index_corpus
from workbench.store.database import open_database
from workbench.tui.backend import EngineBackend

pytestmark = pytest.mark.database


@pytest.fixture
def ship(folder):
    path = folder / "assistants" / "papers" / "assistant.yaml"
    if not path.exists():
        scaffold_assistant(path.parent, "Papers", "corpus.jsonl")
    bare = path.read_text()

    def ship(text):
        path.write_text(bare + text)
        return get_assistant("papers", folder)

    yield ship
    path.write_text(bare)


def evaluated(folder, run, *more):
    words = ("--dataset", folder / "questions.jsonl", "--assistant", "papers", "--json", *more)
    code, stdout, stderr = run("run", "answers", *words)
    assert code == 0, stderr
    return json.loads(stdout)


def test_a_run_uses_what_is_shipped_says_so_and_is_not_continued_on_anything_else(
    folder, run, ship, scripted_model
):
    ship("retrieval: {top_k: 1}\nsampling: {max_tokens: 77, temperature: 0.3, seed: 5}\n")
    first = evaluated(folder, run)
    known = first["fingerprint"]
    assert (known["retrieval"]["top_k"], known["answer"]["max_tokens"]) == (1, 77)
    asked = scripted_model.requests[-1]
    assert (asked["max_tokens"], asked["temperature"], asked["seed"]) == (77, 0.3, 5)
    before = len(scripted_model.requests)
    ship("retrieval: {top_k: 1}\nsampling: {max_tokens: 77, temperature: 0.3, seed: 6}\n")
    resume = ("--dataset", folder / "questions.jsonl", "--assistant", "papers")
    code, _, stderr = run("run", "answers", *resume, "--resume", first["run"])
    assert (code, "was made with another answer ({'seed': 5} there" in stderr) == (2, True)
    second = evaluated(folder, run)
    assert second["fingerprint"]["answer"] != known["answer"]
    assert len(scripted_model.requests) == before + 3, "another seed is another answer"
    won = evaluated(folder, run, "--set", "retrieval.top_k=2")["fingerprint"]
    assert (won["retrieval"]["top_k"], won["answer"]["seed"]) == (2, 6)


def test_a_retrieval_run_searches_with_what_is_shipped(folder, run, ship):
    ship("retrieval: {top_k: 1, text_weight: 0}\n")
    words = ("--dataset", folder / "questions.jsonl", "--assistant", "papers", "--json")
    code, stdout, stderr = run("run", "retrieval", *words)
    assert code == 0, stderr
    known = json.loads(stdout)["fingerprint"]["retrieval"]
    assert (known["top_k"], known["text_weight"], known["candidates"]) == (1, 0, 30)


async def turns(folder, assistant, *questions):
    """Ask in one conversation of the chat client's back end."""
    backend = EngineBackend(load_settings(folder), assistant)
    found = []
    try:
        await backend.open(lambda *_: None)
        for question in questions:
            async for event in backend.ask(question):
                turn = getattr(event, "turn", None)
            found.append(turn)
    finally:
        await backend.close()
    return found


async def test_chat_searches_remembers_and_writes_as_shipped(folder, begin, ship, scripted_model):
    asked = ("On which floor is the pool?", "and until when?")
    plain = await turns(folder, ship(""), *asked)
    assert [len(turn.retrieved) for turn in plain] == [2, 2]
    assert plain[1].search_query != asked[1]
    assert "Earlier question" in scripted_model.asked[-1]
    assert "seed" not in scripted_model.requests[-1]
    shipped = ship(
        "retrieval: {top_k: 1}\nmemory: {history_turns: 0}\nsampling: {max_tokens: 55, seed: 9}\n"
    )
    own = await turns(folder, shipped, *asked)
    assert [len(turn.retrieved) for turn in own] == [1, 1]
    assert own[1].search_query == asked[1]
    assert "Earlier question" not in scripted_model.asked[-1]
    request = scripted_model.requests[-1]
    assert (request["max_tokens"], request["seed"]) == (55, 9)


def test_ask_writes_as_shipped(folder, begin, start, ship, scripted_model):
    ship("sampling: {max_tokens: 44}\n")
    words = ("ask", "papers", "On which floor is the pool?", "--json")
    process = start("-m", "workbench", *words, WORKBENCH_WORKSPACE=str(folder))
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    assert len(json.loads(stdout)["retrieved"]) == 2
    assert scripted_model.requests[-1]["max_tokens"] == 44


def test_search_finds_as_shipped_unless_told_otherwise(folder, begin, start, ship):
    papers, settings = ship("retrieval: {top_k: 1}\n"), load_settings(folder)
    index_corpus(open_database(settings), load_embedder(settings), papers.corpus, "papers")
    for more, count in ((), 1), (("--top-k", "2"), 2):
        words = ("search", "pool", "--assistant", "papers", "--json", *more)
        process = start("-m", "workbench", *words, WORKBENCH_WORKSPACE=str(folder))
        stdout, stderr = process.communicate(timeout=120)
        assert process.returncode == 0, stderr
        assert len(json.loads(stdout)["passages"]) == count
