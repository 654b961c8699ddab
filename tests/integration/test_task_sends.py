"""The same e-mail is sent once, whoever sends it and by which command, unless wished again."""

import json

import pytest
import typer
from typer.testing import CliRunner

from workbench.assistants import get_assistant
from workbench.cli import generate, run_task
from workbench.engine.assisting import remake_tables
from workbench.store.operators import Operators
from workbench.store.tasks import Tasks

pytestmark = pytest.mark.database

CHECK_IN = "Check if room 413 is clean and ready, then send the check-in e-mail to the guest"
CONFIRM = "Send the booking confirmation for BOOK374"
GENERATE = ("generate", "hotel", "booking_confirmation", "--booking", "BOOK374", "--send", "--yes")
SENTENCES = json.dumps(
    {"opening": "Thank you for choosing us.", "closing": "We look forward to welcoming you."}
)


@pytest.fixture
def run(database, database_settings, scripted_model, monkeypatch):
    """Run a command as an operator; the hotel's tables are as they are at first."""
    remake_tables(database, get_assistant("hotel", database_settings.workspace))
    with database.transaction() as connection:
        connection.execute("TRUNCATE workbench.tasks CASCADE")
    for name in ("Mai", "Lan"):
        Operators(database).add(name, "duty_manager")
    environment = {
        "WORKBENCH_WORKSPACE": str(database_settings.workspace),
        "WORKBENCH_MODEL": "far",
        "WORKBENCH_ENDPOINTS__far__base_url": scripted_model.url,
        "WORKBENCH_ENDPOINTS__far__model": "m",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    scripted_model.reply = lambda _: SENTENCES
    app = typer.Typer()
    run_task.register(app)
    generate.register(app)

    def run(operator, *words):
        monkeypatch.setenv("WORKBENCH_OPERATOR", operator)
        return CliRunner().invoke(app, words)

    return run


def task(run, operator, instruction, *words):
    done = run(operator, "run-task", "hotel", instruction, "--yes", "--json", *words)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def sent(database):
    with database.transaction() as connection:
        rows = connection.execute("SELECT created_by FROM assistant_hotel.outbox ORDER BY number")
        return [name for [name] in rows.fetchall()]


@pytest.mark.parametrize("instruction", [CHECK_IN, CONFIRM])
def test_a_second_operator_is_told_who_sent_it_and_when(run, database, instruction):
    first = task(run, "Mai", instruction)
    second = task(run, "Lan", instruction)
    assert sent(database) == ["Mai"]
    assert (
        "was already sent by Mai at 10:00 on 17 April 2025; it is not sent again"
        in second["summary"]
    )
    assert first["results"]["email_id"] == second["results"]["email_id"]
    assert second["results"]["new"] is False


def test_the_same_facts_in_the_models_sentences_are_sent_once(run, database):
    assert run("Mai", *GENERATE).exit_code == 0
    report = task(run, "Lan", CONFIRM)
    assert "already sent by Mai" in report["summary"] and sent(database) == ["Mai"]


def test_what_a_task_sent_is_not_generated_and_sent_again(run, database):
    task(run, "Mai", CONFIRM)
    done = run("Lan", *GENERATE)
    assert done.exit_code == 0
    assert "was already sent by Mai at 2025-04-17 10:00; not sent again" in done.stderr
    assert sent(database) == ["Mai"]


def test_a_fact_that_changed_makes_another_email(run, database):
    task(run, "Mai", CHECK_IN)
    with database.transaction() as connection:
        connection.execute("UPDATE assistant_hotel.bookings SET check_out = check_out + 1")
    task(run, "Lan", CHECK_IN)
    assert sent(database) == ["Mai", "Lan"]


def test_it_is_sent_once_more_where_that_is_wished(run, database):
    task(run, "Mai", CONFIRM)
    report = task(run, "Lan", CONFIRM, "--again")
    assert sent(database) == ["Mai", "Lan"] and report["results"]["new"] is True
    assert run("Mai", *GENERATE, "--again").exit_code == 0
    assert sent(database) == ["Mai", "Lan", "Mai"]
    task(run, "Mai", CONFIRM, "--again")
    assert len(sent(database)) == 4


def test_a_kill_while_it_is_sent_once_more_does_not_send_it_twice_more(run, database, monkeypatch):
    task(run, "Mai", CONFIRM)
    keep = Tasks.save_step

    async def killed(self, stored, at, tool, status, record):
        if (tool, status) == ("send_email", "completed"):
            raise RuntimeError
        await keep(self, stored, at, tool, status, record)

    monkeypatch.setattr(Tasks, "save_step", killed)
    broken = run("Mai", "run-task", "hotel", CONFIRM, "--yes", "--again")
    assert isinstance(broken.exception, RuntimeError)
    monkeypatch.setattr(Tasks, "save_step", keep)
    assert task(run, "Mai", CONFIRM, "--again")["resumed"]
    assert len(sent(database)) == 2


def test_again_belongs_to_sending(run):
    done = run("Mai", "generate", "hotel", "booking_confirmation", "--again", "--plain")
    assert done.exit_code == 2 and "add --send" in done.stderr


def test_a_room_that_is_not_ready_gets_none_however_often_it_is_wished(run, database):
    instruction = CHECK_IN.replace("413", "806")
    for operator in ("Mai", "Lan"):
        assert task(run, operator, instruction, "--again")["status"] == "stopped"
    assert sent(database) == []
    guarded = run("Mai", "generate", "hotel", "checkin_confirmation", "--booking", "BOOK780")
    assert guarded.exit_code == 2 and "no kind of message" in guarded.stderr
