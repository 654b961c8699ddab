"""Instructions that no recipe fits, carried out on the hotel's tables without a model."""

import json

import pytest
import typer
from fixtures.one_router import train_once
from typer.testing import CliRunner

from workbench.assistants import get_assistant
from workbench.cli import run_task
from workbench.engine.assisting import remake_tables
from workbench.store.operators import Operators

pytestmark = pytest.mark.database

BRANCH = (
    "{room}: if it is not clean, have housekeeping clean it; if it is, mail {booking} the "
    "check-in details."
)
READY, OF_READY, DIRTY, OF_DIRTY = "410", "BOOK345", "204", "BOOK036"


@pytest.fixture
def run(database, database_settings, scripted_model, monkeypatch):
    """Carry out an instruction as a duty manager; the model must not be asked."""
    remake_tables(database, get_assistant("hotel", database_settings.workspace))
    with database.transaction() as connection:
        connection.execute("TRUNCATE workbench.tasks CASCADE")
    Operators(database).add("Mai", "duty_manager")
    environment = {
        "WORKBENCH_WORKSPACE": str(database_settings.workspace),
        "WORKBENCH_OPERATOR": "Mai",
        "WORKBENCH_MODEL": "far",
        "WORKBENCH_ENDPOINTS__far__base_url": scripted_model.url,
        "WORKBENCH_ENDPOINTS__far__model": "m",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    scripted_model.reply = lambda _: pytest.fail("the model was asked")
    train_once(monkeypatch)
    app = typer.Typer()
    app.callback()(lambda: None)
    run_task.register(app)

    def run(instruction, *words):
        return CliRunner().invoke(app, ["run-task", "hotel", instruction, "--yes", *words])

    return run


def report_of(done):
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def rows(database, query):
    with database.transaction() as connection:
        return connection.execute(query).fetchall()


def outbox(database):
    return rows(database, "SELECT booking, subject, body FROM assistant_hotel.outbox")


def test_a_dirty_room_is_cleaned_and_its_guest_gets_no_email(run, database):
    report = report_of(run(BRANCH.format(room=DIRTY, booking=OF_DIRTY), "--json"))
    assert (report["status"], report["planned_by"]) == ("completed", "rules")
    assert outbox(database) == []
    asked = "SELECT count(*) FROM assistant_hotel.service_requests WHERE room = %s AND created_by"
    assert rows(database, f"{asked} = 'Mai'".replace("%s", f"'{DIRTY}'")) == [(1,)]
    assert "the room is not clean" in report["summary"]


def test_the_guest_of_a_ready_room_gets_one_and_nobody_cleans_it(run, database):
    report = report_of(run(BRANCH.format(room=READY, booking=OF_READY), "--json"))
    assert report["status"] == "completed" and "the room is clean" in report["summary"]
    assert [booking for booking, *_ in outbox(database)] == [OF_READY]
    noted = rows(
        database, "SELECT 1 FROM assistant_hotel.service_requests WHERE created_by = 'Mai'"
    )
    assert noted == []


def test_a_guest_is_told_what_was_noted_in_the_tables_words(run, database):
    instruction = "Log a dripping tap in room 207 with maintenance, then e-mail the guest about it"
    report = report_of(run(instruction, "--json"))
    assert report["status"] == "completed", report["summary"]
    [(booking, subject, body)] = outbox(database)
    number = report["results"]["request_id"]
    assert booking == "BOOK066" and number in subject
    assert "Phòng: 207" in body and '"dripping tap"' in body and "Bộ phận Bảo trì" in body


def test_an_email_about_a_request_is_no_way_to_say_that_a_room_is_ready(run, database):
    instruction = (
        f'Log "your room is ready, come up" for 806 with the front desk, then e-mail {"BOOK780"} '
        "about it"
    )
    report_of(run(instruction, "--json"))
    assert outbox(database) == []


def test_an_email_about_a_request_of_another_room_is_not_written(run, database):
    done = run("Log a dripping tap in 207 with maintenance, then e-mail BOOK345 about it", "--json")
    assert "no such request of the booking's room" in report_of(done)["summary"]
    assert outbox(database) == []


def test_a_booking_of_another_day_gets_no_check_in_email(run, database):
    with database.transaction() as connection:
        connection.execute(
            "UPDATE assistant_hotel.bookings SET check_in = check_in + 1, check_out = check_out + 1"
            " WHERE id = %s",
            (OF_READY,),
        )
    done = run(f"Look at {READY} and mail {OF_READY} the check-in details if it is ready", "--json")
    assert "the guest does not arrive today" in report_of(done)["summary"]
    assert outbox(database) == []


def test_a_price_is_asked_for_a_type_by_the_name_that_the_booking_gives_it(run):
    report = report_of(
        run("tra booking BOOK345 roi cho biet gia dem 30/4 cua hang phong do", "--json")
    )
    assert report["steps"][1]["arguments"] == {"room_type": "superior_garden", "day": "2025-04-30"}


def test_what_no_tool_does_is_said_before_and_after(run):
    instruction = "Move BOOK345 to a suite and send the guest the booking confirmation"
    assert (
        'not part of the task: "Move BOOK345 to a suite"' in run(instruction, "--plan-only").stdout
    )
    assert '"Move BOOK345 to a suite"' in report_of(run(instruction, "--json"))["summary"]
