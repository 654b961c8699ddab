"""`monitoring.yaml`: read, checked, and what the hotel declares in it."""

import ast
from pathlib import Path

import pytest

import workbench
from workbench.assistants.registry import SHIPPED
from workbench.engine.monitoring import load_monitoring
from workbench.engine.monitoring.definition import Cause, Fault
from workbench.engine.monitoring.issues import order_causes
from workbench.errors import ConfigError, UsageError

HOTEL = load_monitoring(SHIPPED / "hotel", "hotel")
ROOT = Path(workbench.__file__).parent
FILES = [
    *sorted((ROOT / "engine" / "monitoring").glob("*.py")),
    ROOT / "cli" / "monitor.py",
    ROOT / "store" / "incidents.py",
]
RUNS_COMMANDS = {"subprocess", "os", "pty", "shlex", "multiprocessing", "runpy", "ctypes"}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_command_is_ever_run(path):
    names = set(imported(path))
    assert not names & RUNS_COMMANDS
    assert not names & {"exec", "eval", "compile", "__import__"}
    assert "create_subprocess" not in path.read_text("utf-8")


@pytest.mark.parametrize("service", ["cv", "ml", "llm", "prefect"])
def test_every_service_has_causes_actions_and_an_impact_for_every_kind_of_issue(service):
    faults = HOTEL.services[service].faults
    for kind in ("error_spike", "template_burst", "new_template", "silence"):
        fault = next(one for one in faults if one.fits(kind, "something else"))
        assert fault.causes and fault.actions
        assert fault.impact.affected_users and fault.impact.business_impact


def test_commands_hold_no_place_for_anything_from_a_log():
    for service in HOTEL.services.values():
        for fault in service.faults:
            for action in fault.actions:
                assert not set("{}$`<>|;&%") & set(action.command)


def test_the_cause_of_which_most_lines_speak_comes_first():
    fault = Fault(
        causes=(
            Cause(cause="a"),
            Cause(cause="b", words=("Memory",)),
            Cause(cause="c", words=("x",)),
        )
    )
    assert order_causes(fault, {"out of memory": 2, "x memory": 1}) == ("b", "c", "a")
    assert order_causes(fault, {}) == ("a", "b", "c")


def write(folder, text):
    (folder / "monitoring.yaml").write_text(text)
    return folder


def test_an_assistant_without_it_is_told_so(tmp_path):
    with pytest.raises(UsageError, match="assistant 'shop' watches no services"):
        load_monitoring(tmp_path, "shop")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services: [", "is not valid YAML"),
        ("{}", "key 'services': it is missing"),
        ("services: {}", "key 'services'"),
        ("windows: 5\nservices: {a: {}}", "unknown key 'windows': the nearest is 'window_minutes'"),
        ("window_minutes: 0\nservices: {a: {}}", "key 'window_minutes'"),
        ("false_alarms: 0\nservices: {a: {}}", "key 'false_alarms'"),
        ("services: {a: {faults: [{actions: [{action: b, priority: soon}]}]}}", "priority"),
        ("services: {a: {tilte: b}}", "services.a.tilte"),
        ("- 1", "monitoring.yaml"),
    ],
)
def test_faults_of_it_are_one_line(tmp_path, text, said):
    with pytest.raises(ConfigError) as caught:
        load_monitoring(write(tmp_path, text), "shop")
    assert said in caught.value.one_line()


def test_the_least_that_it_must_say(tmp_path):
    found = load_monitoring(write(tmp_path, "services: {a: {}}"), "shop")
    assert found.window_minutes == 5
    assert list(found.services) == ["a"]
