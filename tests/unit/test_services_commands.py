"""`workbench up`, `down` and `status`, with stand-ins for vLLM and Postgres."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from fixtures.schemas import read_document
from typer.testing import CliRunner

from workbench.cli import services
from workbench.services import endpoints, postgres, weights
from workbench.services.postgres import DatabaseStatus
from workbench.services.vllm import control, launch
from workbench.store import database, usage
from workbench.store.usage import UsedAndSpent

FAKE = Path(__file__).parents[1] / "fixtures" / "fake_server.py"
SMALLEST = "smollm2-135m-instruct"


TODAY = UsedAndSpent(
    requests=3, prompt_tokens=900, completion_tokens=150, cached_tokens=0,
    costs={"USD": 0.0125}, unpriced=1,
)  # fmt: skip


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in a workspace whose servers are stand-ins."""
    folder = tmp_path / "weights"
    folder.mkdir()
    running = {"database": False, "mode": "serve"}

    def open_database(settings, progress=None):
        running["database"] = True
        return SimpleNamespace(kind="embedded")

    def stop_embedded(settings):
        ran, running["database"] = running["database"], False
        return ran

    def command(model, port):
        return [sys.executable, str(FAKE), running["mode"], "--port", str(port)]

    monkeypatch.setattr(weights, "local_path", lambda model, settings: folder)
    monkeypatch.setattr(weights, "verify", lambda *_: None)
    monkeypatch.setattr(endpoints, "has_cuda", lambda: False)
    monkeypatch.setattr(control, "available_memory", lambda: 64 * launch.GIB)
    monkeypatch.setattr(launch, "command", command)
    monkeypatch.setattr(database, "open_database", open_database)
    monkeypatch.setattr(usage, "cost_today", lambda _: TODAY)
    monkeypatch.setattr(postgres, "stop_embedded", stop_embedded)
    monkeypatch.setattr(
        postgres,
        "database_status",
        lambda _: DatabaseStatus(kind="embedded", running=running["database"], version="18.4"),
    )
    monkeypatch.setenv("WORKBENCH_STATE_DIR", str(tmp_path / "state"))
    app = typer.Typer()
    services.register(app)

    def invoke(*words, workspace="one", more=""):
        here = tmp_path / workspace
        here.mkdir(exist_ok=True)
        (here / "workbench.toml").write_text(f'model = "{SMALLEST}"\n{more}')
        monkeypatch.setenv("WORKBENCH_WORKSPACE", str(here))
        return CliRunner().invoke(app, list(words))

    invoke.running = running
    yield invoke
    control.stop_all(tmp_path / "state")


def test_up_status_and_down(run):
    up = run("up")
    assert up.exit_code == 0
    assert up.stdout == ""
    assert f"model: {SMALLEST} at http://127.0.0.1:" in up.stderr
    assert "database: embedded, ready" in up.stderr

    human = run("status")
    assert "database      embedded: running (PostgreSQL 18.4)" in human.stdout
    assert f"model server  {SMALLEST}: ready, http://127.0.0.1:" in human.stdout

    document = read_document("status", run("status", "--json").stdout)
    assert document["database"]["running"] is True
    (server,) = document["servers"]
    assert (server["model"], server["phase"]) == (SMALLEST, "ready")
    assert Path(server["users"][0]).name == "one"
    assert document["endpoints"] == []

    down = run("down")
    assert down.exit_code == 0
    assert f"model server of {SMALLEST}: stopped" in down.stderr
    assert "database: stopped" in down.stderr
    assert "model server  none" in run("status").stdout
    assert "nothing was running" in run("down").stderr


def test_down_leaves_what_another_workspace_uses(run):
    run("up", workspace="one")
    run("up", workspace="two")
    left = run("down", workspace="one")
    assert "left running, another workspace uses it" in left.stderr
    assert f"{SMALLEST}: ready" in run("status", workspace="two").stdout
    assert f"model server of {SMALLEST}: stopped" in run("down", "--all", workspace="one").stderr
    assert "model server  none" in run("status", workspace="two").stdout


def test_status_tells_what_today_cost_where_the_database_runs(run):
    assert "today" not in run("status").stdout
    assert read_document("status", run("status", "--json").stdout)["today"] is None
    run.running["database"] = True
    line = "today         3 answers, 1,050 tokens, 0.0125 USD, 1 at a price that is not known"
    assert line in run("status").stdout
    assert read_document("status", run("status", "--json").stdout)["today"]["requests"] == 3


def test_a_failed_server_is_one_line_and_shows_in_status(run):
    run.running["mode"] = "corrupt"
    up = run("up")
    assert up.exit_code == 2
    assert "Traceback" not in up.stderr
    assert f"the weights of {SMALLEST} are damaged" in up.stderr.splitlines()[-1]
    assert f"model server  {SMALLEST}: failed, the weights" in run("status").stdout
    (server,) = read_document("status", run("status", "--json").stdout)["servers"]
    assert (server["phase"], server["pid"]) == ("failed", 0)
    run("down")
    assert "model server  none" in run("status").stdout


def test_an_unknown_model_starts_nothing(run):
    up = run("up", "--model", "smollm2")
    assert up.exit_code == 2
    assert f"did you mean {SMALLEST}" in up.stderr
    assert run.running["database"] is False


def test_an_interrupted_up_says_what_goes_on(run, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(endpoints, "ensure_endpoint", interrupted)
    up = run("up")
    assert up.exit_code == 130
    assert "goes on in the background" in up.stderr


def test_an_endpoint_that_cannot_be_reached_shows_in_status(run):
    port = control.choose_port(0)
    more = f'[endpoints.away]\nbase_url = "http://127.0.0.1:{port}/v1"\nmodel = "big"\n'
    status = run("status", more=more)
    assert status.exit_code == 0
    assert f"endpoint      away: endpoint 'away': http://127.0.0.1:{port}/v1" in status.stdout
    document = read_document("status", run("status", "--json", more=more).stdout)
    assert document["endpoints"][0]["problem"]
