import hashlib
import json

import pytest
import typer
import yaml
from fixtures.schemas import read_document
from fixtures.wheelhouse import parted_model
from typer.testing import CliRunner

from workbench.cli import models
from workbench.config import load_settings
from workbench.services.catalogue import load_catalogue
from workbench.services.weights import fetching

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CONTENT = b"GGUF and so on"


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "workbench.toml").write_text('assistant = "hotel"\n')
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(folder))
    monkeypatch.setenv("WORKBENCH_CACHE_DIR", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def workbench():
    app = typer.Typer()
    models.register(app)
    runner = CliRunner()
    return lambda *words: runner.invoke(app, ["models", *words])


def test_the_list_is_one_json_document(workspace, workbench):
    run = workbench("list", "--json")
    listed = {m["name"]: m for m in read_document("models list", run.stdout)["models"]}
    assert run.exit_code == 0
    assert listed["smollm2-135m-instruct"]["state"] == "not fetched"
    assert listed["qwen2.5-coder-1.5b-instruct-8bit"]["default_for"] == ["cpu"]
    assert listed["qwen2.5-coder-1.5b-instruct-4bit"]["measured"][0].keys() == {
        "what",
        "value",
        "where",
    }


def test_the_list_shows_speed_and_quality_beside_the_4_bit_variant(workspace, workbench):
    lines = workbench("list").stdout.splitlines()
    row = next(i for i, line in enumerate(lines) if "instruct-4bit" in line)
    assert "tokens a second" in lines[row + 1]


def test_fetch_prints_the_folder(workspace, workbench, tmp_path, monkeypatch):
    file = tmp_path / "toy.gguf"
    file.write_bytes(CONTENT)
    model = parted_model(CONTENT, sources=[{"kind": "file", "path": str(file)}])
    own = f"models: [{model.model_dump_json(exclude_defaults=True)}]\n"
    (workspace / "models.yaml").write_text(own)
    monkeypatch.setattr(fetching, "run_child", lambda *_: None)
    run = workbench("fetch", "toy")
    assert (run.exit_code, run.stdout.strip()) == (0, str(tmp_path / "cache" / "models" / "toy"))
    assert "toy   " in workbench("list").stdout
    listed = read_document("models list", workbench("list", "--json").stdout)["models"]
    assert [m["state"] for m in listed if m["name"] == "toy"] == ["fetched"]
    (tmp_path / "cache" / "models" / "toy" / "config.json").write_text("{}")
    manifest = tmp_path / "cache" / "models" / "toy" / "manifest.json"
    record = json.loads(manifest.read_text())
    record["files"]["config.json"] = {"size": 9, "sha256": hashlib.sha256(b"").hexdigest()}
    manifest.write_text(json.dumps(record))
    listed = read_document("models list", workbench("list", "--json").stdout)["models"]
    assert [m["state"] for m in listed if m["name"] == "toy"] == ["damaged"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fetch", "smollm"), "did you mean smollm2-135m-instruct"),
        (("fetch", "qwen2.5-72b-instruct-fp8"), "no pinned revision"),
        (("fetch", "qwen2.5-7b-instruct", "--revision", "main"), "'main' is not a commit"),
        (("add", "x"), "give --base-url or --hub"),
        (("add", "x", "--hub", "a/b", "--base-url", "http://h/v1"), "give --base-url or --hub"),
        (("add", "x", "--base-url", "http://h/v1"), "give --model"),
        (("add", "x", "--base-url", "h:1/v1", "--model", "m"), "is not an address"),
        (("add", "x", "--hub", "a/b", "--revision", "abc"), "is not a commit"),
        (("add", "UP PER", "--hub", "a/b"), "name: String should match"),
        (("add", "smollm2-135m-instruct", "--hub", "a/b"), "there is already a model"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(workspace, workbench, words, said):
    run = workbench(*words)
    assert run.exit_code == 2
    assert said in run.stderr
    assert run.stderr.count("\n") == 1
    assert run.stdout == ""


def test_a_server_is_added_to_the_settings(workspace, workbench):
    run = workbench(
        *("add", "hosted-4.1", "--base-url", "https://h/v1", "--model", 'big "one"'),
        *("--api-key-env", "KEY", "--context-window", "8000", "--price", "0.5", "1.5"),
    )
    assert run.exit_code == 0
    endpoint = load_settings(workspace).endpoints["hosted-4.1"]
    assert (endpoint.base_url, endpoint.model) == ("https://h/v1", 'big "one"')
    assert (endpoint.api_key_env, endpoint.context_window) == ("KEY", 8000)
    assert endpoint.price.completion_per_million == 1.5
    assert load_settings(workspace).assistant == "hotel"
    assert "hosted-4.1" in workbench("list").stdout
    listed = read_document("models list", workbench("list", "--json").stdout)
    assert [server["name"] for server in listed["endpoints"]] == ["hosted-4.1"]
    again = workbench("add", "hosted-4.1", "--base-url", "https://h/v1", "--model", "m")
    assert "there is already a model 'hosted-4.1'" in again.stderr


def test_a_server_without_a_price_has_none(workspace, workbench):
    workbench("add", "near", "--base-url", "http://127.0.0.1:11434/v1", "--model", "m")
    assert load_settings(workspace).endpoints["near"].price is None


def test_repositories_are_added_to_the_workspace_s_models(workspace, workbench):
    for name in ("one", "two"):
        run = workbench(
            *("add", name, "--hub", "nobody/toy", "--revision", COMMIT, "--memory-gib", "8"),
            *("--tool-parser", "hermes"),
        )
        assert run.exit_code == 0, run.stderr
    catalogue = load_catalogue(workspace)
    assert catalogue.get("two").sources[0].revision == COMMIT
    assert catalogue.get("one").serving.tool_parser == "hermes"
    assert len(yaml.safe_load((workspace / "models.yaml").read_text())["models"]) == 2
