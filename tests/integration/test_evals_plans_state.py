"""What the scorer of task plans reads of the hotel's tables, on a real database."""

from pathlib import Path

import pytest

from evals.plans.items import read_items
from evals.plans.state import Email, make_state, read_effects
from workbench.assistants import get_assistant

pytestmark = pytest.mark.database

DEV = Path(__file__).parents[2] / "datasets" / "hotel" / "plans_dev.jsonl"
ITEMS = {item.id: item for item in read_items(DEV)}
DIRTY, ARRIVES = ITEMS["hotel-plans-dev-004"], ITEMS["hotel-plans-dev-002"]


@pytest.fixture(scope="module")
def hotel(tmp_path_factory):
    return get_assistant("hotel", tmp_path_factory.mktemp("hotel"))


def change(database, statement, *values):
    with database.transaction() as connection:
        connection.execute("SET LOCAL search_path TO assistant_hotel")
        connection.execute(statement, values)


def test_the_state_of_an_item_stands_in_fresh_tables(database, hotel):
    make_state(database, hotel, ARRIVES)
    change(database, "UPDATE room_status SET cleaning = 'dirty' WHERE room = '410'")
    before = make_state(database, hotel, DIRTY)
    assert not before.ready["403"]
    assert before.ready["410"]
    assert make_state(database, hotel, ARRIVES).ready["201"]


def test_a_state_of_a_row_that_is_not_there_is_refused(database, hotel):
    wrong = [DIRTY.state[0].model_copy(update={"room_number": "1313"})]
    with pytest.raises(ValueError, match="1313"):
        make_state(database, hotel, DIRTY.model_copy(update={"state": wrong}))


def test_what_a_run_left_is_read_from_the_rows_themselves(database, hotel):
    before = make_state(database, hotel, DIRTY)
    add = """
    INSERT INTO outbox (key, booking, recipient, subject, body, created_at, created_by)
    SELECT %s, b.id, coalesce(%s, g.email), 's', 'b', now(), 'x'
    FROM bookings b JOIN guests g ON g.id = b.guest WHERE b.id = %s
    """
    change(database, add, "1", None, "BOOK273")
    change(database, add, "2", "other@example.com", "BOOK345")
    note = """
    INSERT INTO service_requests
        (room, category, description, priority, status, created_at, due_at, created_by)
    VALUES ('403', 'housekeeping', 'clean', 'medium', 'open', now(), now(), 'x')
    """
    change(database, note)
    left = read_effects(database, hotel, DIRTY, before)
    assert left.emails == (
        Email("BOOK273", to_guest=True, ready=False),
        Email("BOOK345", to_guest=False, ready=True),
    )
    assert left.requests == ({"room_number": "403", "category": "housekeeping"},)
    assert left.ready == {"403": False}
    assert left.bookings == {"CONF-2025-373": "BOOK273"}
