"""Operators: kept in the store, chosen for a workspace."""

import pytest
from typer.testing import CliRunner

from workbench.cli.app import app
from workbench.engine.recorder import operator_name
from workbench.errors import UnknownNameError, UsageError
from workbench.store.operators import Operators, chosen_operator

pytestmark = pytest.mark.database


@pytest.fixture
def operators(database):
    operators = Operators(database)
    for profile in operators.list():
        operators.remove(profile.name)
    return operators


@pytest.fixture
def run(database_settings, monkeypatch, operators):
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(database_settings.workspace))
    monkeypatch.delenv("WORKBENCH_OPERATOR", raising=False)

    def run(*words):
        return CliRunner().invoke(app, ["operators", *words])

    yield run
    (database_settings.workspace / ".workbench" / "operator").unlink(missing_ok=True)


async def test_a_role_is_kept_and_replaced(operators):
    operators.add(" Mai ", "receptionist")
    assert await operators.role_of("Mai") == "receptionist"
    operators.add("Mai", "duty_manager")
    assert await operators.role_of("Mai") == "duty_manager"
    assert await operators.role_of("mai") is None
    operators.remove("Mai")
    assert await operators.role_of("Mai") is None


def test_names_and_roles_are_not_empty(operators):
    for name, role in (("", "a"), ("a", " "), ("\0", "a")):
        with pytest.raises(UsageError, match="has a name and a role"):
            operators.add(name, role)
    with pytest.raises(UnknownNameError, match="there is no operator 'x'"):
        operators.remove("x")


def test_the_chosen_operator_asks_unless_a_setting_names_another(run, database_settings):
    assert run("add", "Mai", "--role", "receptionist").exit_code == 0
    assert run("use", "Mai").exit_code == 0
    assert chosen_operator(database_settings.workspace) == "Mai"
    assert operator_name(database_settings) == "Mai"
    other = database_settings.model_copy(update={"operator": "Bao"})
    assert operator_name(other) == "Bao"
    listed = run("list")
    assert listed.stdout == "* Mai                  receptionist\n"


def test_faults_are_one_line(run):
    done = run("use", "nobody")
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1].startswith("workbench: there is no operator 'nobody'")
    done = run("add", "Mai", "--role", "director")
    assert done.exit_code == 0
    assert "no assistant here knows the role 'director'" in done.stderr
    done = run("list", "--json")
    assert '"asks": false' in done.stdout
