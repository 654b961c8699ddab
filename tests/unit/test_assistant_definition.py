"""What an assistant's folder may declare, and how its faults are told."""

import sys
from importlib.metadata import EntryPoint

import pytest

from workbench.assistants import assistant_folders, get_assistant, registry
from workbench.assistants.scaffold import check_name, scaffold_example
from workbench.engine.agent.choosing import DOCUMENTS, NOT_IN_TABLES
from workbench.engine.routing.examples import load_examples
from workbench.errors import ConfigError, UsageError


@pytest.fixture
def folder(tmp_path):
    return scaffold_example(tmp_path, "own", "Own papers", None)


def definition(folder, text):
    path = folder / "assistant.yaml"
    path.write_text(path.read_text() + text)


def test_a_scaffold_has_a_tool_routes_and_a_document(folder, tmp_path):
    own = get_assistant("own", tmp_path)
    assert list(own.tools) == ["get_weekday"]
    labels = {label for each in load_examples(own.routes) for label in each.labels}
    assert labels == {"get_weekday", "documents"}
    assert (own.corpus / "welcome.md").is_file()
    with pytest.raises(UsageError, match="is already there"):
        scaffold_example(tmp_path, "own", "Own papers", None)
    with pytest.raises(UsageError, match="there is nothing at"):
        scaffold_example(tmp_path, "other", "Other", "nowhere")
    assert not (tmp_path / "assistants" / "other").exists()
    for name in ("Own", "a b", "../x", "1st", ""):
        with pytest.raises(UsageError, match="is no name for an assistant"):
            check_name(name)


def test_the_routes_of_the_hotel_name_its_tools_and_all_of_them(tmp_path):
    hotel = get_assistant("hotel", tmp_path)
    labels = {label for each in load_examples(hotel.routes) for label in each.labels}
    assert labels == {*hotel.tools, DOCUMENTS, NOT_IN_TABLES}


def test_every_permission_of_a_tool_is_given_to_some_role(tmp_path):
    hotel = get_assistant("hotel", tmp_path)
    given = frozenset().union(*hotel.roles.permissions.values())
    assert {tool.permission for tool in hotel.tools.values()} <= given
    assert given - {tool.permission for tool in hotel.tools.values()} == {
        "bookings.contact",
        "guests.incognito",
        "services.monitor",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rolls: {}\n", "unknown key 'rolls': the nearest is 'roles'"),
        ("roles: [a]\n", "key 'roles': "),
        ("tables: {seed: x}\n", "key 'tables.seed': "),
        ("tables: {sead: 1}\n", "unknown key 'tables.sead'"),
    ],
)
def test_a_wrong_key_is_told_in_one_line(folder, tmp_path, text, said):
    definition(folder, text)
    with pytest.raises(ConfigError) as told:
        get_assistant("own", tmp_path)
    assert said in told.value.one_line() and "\n" not in told.value.one_line()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def broken(:\n", "tools.py cannot be loaded (SyntaxError"),
        ("import nothing_of_that_name\n", "tools.py cannot be loaded (ModuleNotFoundError"),
        ("TOOL = ()\n", "have no list TOOLS of tools"),
        ("TOOLS = [1]\n", "have no list TOOLS of tools"),
    ],
)
def test_code_that_cannot_be_used_is_told_in_one_line(folder, tmp_path, code, said):
    (folder / "tools.py").write_text(code)
    with pytest.raises(ConfigError) as told:
        get_assistant("own", tmp_path)
    assert said in told.value.one_line()


def test_two_workspaces_may_have_different_tools_of_the_same_assistant(folder, tmp_path):
    other = scaffold_example(tmp_path / "second", "own", "Own papers", None)
    text = (other / "tools.py").read_text().replace("get_weekday", "get_day")
    (other / "tools.py").write_text(text)
    assert list(get_assistant("own", tmp_path).tools) == ["get_weekday"]
    assert list(get_assistant("own", tmp_path / "second").tools) == ["get_day"]
    assert list(get_assistant("own", tmp_path).tools) == ["get_weekday"]


def test_tables_need_a_function_that_makes_their_rows(folder, tmp_path):
    (folder / "schema.sql").write_text("CREATE TABLE t (x integer);")
    tables = get_assistant("own", tmp_path).tables
    assert tables.make(1, None) == ()
    (folder / "seed.py").write_text("x = 1\n")
    with pytest.raises(ConfigError, match="has no function make_tables"):
        get_assistant("own", tmp_path)
    (folder / "seed.py").write_text("def make_tables(seed, today):\n    return [('t', [])]\n")
    sys.modules.pop("_assistant_own.seed", None)
    again = get_assistant("own", tmp_path).tables
    assert again.make(1, None) == [("t", [])]
    assert again.made_of != tables.made_of


def test_a_package_brings_an_assistant_by_an_entry_point(tmp_path, monkeypatch):
    package = scaffold_example(tmp_path / "elsewhere", "brought", "Brought", None)
    package = package.rename(tmp_path / "brought_package")
    (package / "__init__.py").write_text("raise RuntimeError('not run to find it')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    points = [
        EntryPoint("brought", "brought_package", registry.GROUP),
        EntryPoint("gone", "no_such_package", registry.GROUP),
    ]
    monkeypatch.setattr(registry, "entry_points", lambda group: points)
    workspace = tmp_path / "workspace"
    assert assistant_folders(workspace)["brought"] == package
    assert "gone" not in assistant_folders(workspace)
    brought = get_assistant("brought", workspace)
    assert brought.name == "brought" and "get_weekday" in brought.tools
