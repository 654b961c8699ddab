"""One question to one answer on real parts: Postgres, vLLM with the smallest model, the engine.

The smallest model answers badly; what is tested is that the parts work together.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from fixtures.schemas import read_document

from workbench.assistants import get_assistant
from workbench.assistants.scaffold import scaffold_assistant
from workbench.engine.embeddings import load_embedder
from workbench.engine.engine import Engine
from workbench.engine.ingestion import index_corpus
from workbench.services.postgres import stop_embedded
from workbench.services.vllm.registry import ServerFolder
from workbench.store.database import open_database
from workbench.store.messages import Messages

pytestmark = [pytest.mark.served, pytest.mark.database]

FEES = """# Late check-out

## Fees

Late check-out until 15:00 costs 500,000 VND for a Standard room. The Shift Leader approves it.

## Pool

The pool on floor 5 is open from 06:00 to 21:00.
"""


@pytest.fixture(scope="module")
def workspace(served_model):
    settings = served_model.settings
    folder = settings.workspace
    (folder / "papers").mkdir(exist_ok=True)
    (folder / "papers" / "late.md").write_text(FEES)
    scaffold_assistant(folder / "assistants" / "papers", "Papers", "papers")
    database = open_database(settings)
    index_corpus(database, load_embedder(settings), folder / "papers", "papers")
    yield settings
    stop_embedded(settings)


@pytest.fixture
async def engine(workspace):
    engine = await Engine.open(workspace)
    yield engine
    await engine.close()


def run_command(settings, *arguments, **options):
    environment = {
        **os.environ,
        "WORKBENCH_STATE_DIR": str(settings.state_dir),
        "WORKBENCH_WORKSPACE": str(settings.workspace),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "workbench", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        **options,
    )


async def collect(session, question, stop_at=None):
    events = []
    async for event in session.ask(question):
        events.append(event)
        if event.type == stop_at:
            session.cancel()
    return events


async def test_an_answer_comes_from_the_documents_and_is_stored(engine, workspace):
    papers = get_assistant("papers", workspace.workspace)
    session = await engine.session(papers)
    events = await collect(session, "What does late check-out until 15:00 cost?")
    turn = events[-1].turn
    assert turn.outcome in ("answered", "refused")
    assert turn.retrieved[0].document == "late.md"
    assert turn.usage.prompt > 50
    assert turn.model.name == workspace.model
    stored = await Messages(engine.database, _owner(workspace), session.id).list()
    assert [message.role for message in stored] == ["user", "assistant"]
    assert stored[1].content == turn.answer
    assert stored[1].turn["id"] == turn.id


async def test_a_follow_up_searches_with_the_question_before_it(engine, workspace):
    session = await engine.session(get_assistant("papers", workspace.workspace))
    first = "What does late check-out until 15:00 cost?"
    before = (await collect(session, first))[-1].turn
    turn = (await collect(session, "and who approves that?"))[-1].turn
    if before.outcome in ("answered", "refused"):
        assert turn.search_query.startswith(first)
    again = await engine.session(
        get_assistant("papers", workspace.workspace), session_id=session.id
    )
    assert again.id == session.id


async def test_the_llamaindex_query_engine_answers_too(engine, workspace, served_model):
    from workbench.engine.query_engine import GroundedQueryEngine

    papers = get_assistant("papers", workspace.workspace)
    query_engine = GroundedQueryEngine(
        engine.retriever, papers, served_model.endpoint, papers.prompt(), workspace
    )
    response = await query_engine.aquery("What does late check-out until 15:00 cost?")
    text = "".join([piece async for piece in response.response_gen])
    assert text.strip()
    assert response.source_nodes[0].node.metadata["document"] == "late.md"


async def test_cancel_stops_the_model_server_too(engine, workspace, served_model):
    session = await engine.session(get_assistant("papers", workspace.workspace))
    events = await collect(session, "Tell me all about late check-out.", stop_at="token")
    assert events[-1].type in ("turn_cancelled", "answer_finished")
    await _until_idle(served_model.endpoint)


async def _until_idle(endpoint):
    url = endpoint.base_url.removesuffix("/v1") + "/metrics"
    headers = {"Authorization": f"Bearer {endpoint.api_key}"}
    async with httpx.AsyncClient() as client:
        for _ in range(100):
            text = (await client.get(url, headers=headers)).text
            running = [
                float(line.rsplit(" ", 1)[1])
                for line in text.splitlines()
                if line.startswith("vllm:num_requests_running")
            ]
            if running and sum(running) == 0:
                return
            await asyncio.sleep(0.1)
    pytest.fail("the server goes on generating after the cancel")


def test_the_command_prints_one_turn_as_json(workspace):
    asked = run_command(
        workspace, "ask", "papers", "What does late check-out until 15:00 cost?", "--json"
    )
    out, err = asked.communicate(timeout=120)
    assert asked.returncode == 0, err
    turn = read_document("ask", out)
    assert turn["assistant"] == "papers"
    assert turn["timings"]["total"] > 0
    assert "Traceback" not in err


def test_several_commands_at_once_share_one_server(workspace):
    question = "When is the pool open?"
    asked = [run_command(workspace, "ask", "papers", question, "--json") for _ in range(4)]
    turns = [json.loads(one.communicate(timeout=200)[0]) for one in asked]
    assert [one.returncode for one in asked] == [0] * 4
    assert len({turn["id"] for turn in turns}) == 4
    assert len({turn["model"]["endpoint"] for turn in turns}) == 1


async def test_a_killed_server_fails_the_turn_and_the_next_question_works(engine, workspace):
    session = await engine.session(get_assistant("papers", workspace.workspace))
    events = []
    async for event in session.ask("Tell me a long story about the pool."):
        events.append(event)
        if event.type == "retrieval_finished":
            _kill_server(Path(workspace.state_dir))
    assert events[-1].type == "turn_failed"
    assert events[-1].retryable
    again = (await collect(session, "When is the pool open?"))[-1]
    assert again.type == "answer_finished"


def _kill_server(state: Path) -> None:
    """End the model server, but not its supervisor, with SIGKILL."""
    for folder in (state / "servers").iterdir():
        server = ServerFolder(folder).read_state().server
        assert server is not None
        os.kill(server.pid, signal.SIGKILL)


def _owner(settings):
    from workbench.engine.recorder import operator_name

    return operator_name(settings)
