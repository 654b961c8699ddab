"""One assistant that cannot be used leaves the others as they are."""

import json

import pytest
import typer
from fixtures.schemas import read_document
from typer.testing import CliRunner

from workbench.assistants import read_assistants
from workbench.assistants.scaffold import scaffold_example
from workbench.cli import ask, assistants, operators
from workbench.config import load_settings

BREAKS = {
    "tools.py": [
        "def broken(:\n",
        "import nothing_of_that_name\n",
        "from workbench.engine.tools import nothing_of_that_name\n",
        "raise SystemExit(0)\n",
        "1 / 0\n",
        "TOOLS = [1]\n",
    ],
    "assistant.yaml": ["title: [\n", "- 1\n", "title: x\n", b"title: \xff\xfe\n"],
    "prompts/answer.yaml": ["version: 1\nsystem: 5\nuser: x\n", "version: 1\n"],
    "glossary.yaml": [b"\xff"],
}
CASES = [(file, content) for file, contents in BREAKS.items() for content in contents]


@pytest.fixture
def run(tmp_path, monkeypatch):
    (tmp_path / "workbench.toml").touch()
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(tmp_path))
    app = typer.Typer(pretty_exceptions_enable=False)
    for part in (assistants, operators, ask):
        part.register(app)
    return lambda *words: CliRunner().invoke(app, list(words))


@pytest.fixture
def break_one(tmp_path):
    """Two assistants, of which one is broken."""
    folder = scaffold_example(tmp_path, "broken", "Broken papers", None)
    scaffold_example(tmp_path, "sound", "Sound papers", None)

    def break_one(file, content):
        content = content if isinstance(content, bytes) else content.encode()
        (folder / file).write_bytes(content)

    return break_one


@pytest.mark.parametrize(("file", "content"), CASES)
def test_the_list_goes_on_and_says_in_one_line_what_is_wrong(run, break_one, file, content):
    break_one(file, content)
    done = run("assistants", "list")
    assert (done.exit_code, done.stderr) == (0, "")
    lines = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert list(lines) == ["broken", "hotel", "sound"]
    assert "Sound papers" in lines["sound"] and "Hotel Paradise" in lines["hotel"]
    assert lines["broken"].startswith("broken       cannot be used: ")
    listed = read_document("assistants list", run("assistants", "list", "--json").stdout)
    assert [one["name"] for one in listed if "problem" in one] == ["broken"]
    assert [one["title"] for one in listed] == ["broken", "Hotel Paradise", "Sound papers"]


@pytest.mark.parametrize(("file", "content"), CASES)
def test_to_show_or_ask_it_is_one_clear_error(run, break_one, tmp_path, file, content):
    break_one(file, content)
    for words in (("assistants", "show", "broken"), ("ask", "broken", "Why?")):
        done = run(*words)
        assert (done.exit_code, done.stdout) == (2, "")
        [line] = done.stderr.splitlines()
        assert line.startswith("workbench: ")
        assert str(tmp_path) in line or "'broken'" in line
    shown = run("assistants", "show", "sound", "--json")
    assert json.loads(shown.stdout)["tools"] == ["get_weekday: Which day of the week a date is."]


def test_the_roles_of_the_others_are_known_beside_a_broken_one(run, break_one, tmp_path):
    break_one("tools.py", "def broken(:\n")
    assert "receptionist" in operators._roles(load_settings(tmp_path))


def test_what_was_mended_can_be_used(break_one, tmp_path):
    sound = (tmp_path / "assistants" / "sound" / "tools.py").read_text()
    break_one("tools.py", "import nothing_of_that_name\n")
    assert list(read_assistants(tmp_path)[1]) == ["broken"]
    break_one("tools.py", sound)
    found, faults = read_assistants(tmp_path)
    assert faults == {}
    assert [list(one.tools) for one in found if one.name == "broken"] == [["get_weekday"]]
