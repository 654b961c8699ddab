"""An agent up to its calls, over real tables and its own router; the model is scripted."""

import json

import pytest

from evals.tools.calling import Caller
from evals.tools.hotel import judge
from workbench.assistants import get_assistant
from workbench.config import EndpointSettings, load_settings
from workbench.errors import UsageError
from workbench.evaluation.questions import Question
from workbench.store.assistant_tables import schema_of
from workbench.store.operators import Operators

pytestmark = pytest.mark.database


@pytest.fixture
async def caller(database_settings, scripted_model, database):
    Operators(database).add("Mai", "receptionist")
    endpoint = EndpointSettings(base_url=scripted_model.url, model="m")
    changes = {"endpoints": {"far": endpoint}, "model": "far", "operator": "Mai"}
    settings = database_settings.model_copy(update=changes)
    assistant = get_assistant("hotel", load_settings().workspace)
    caller = await Caller.open(settings, assistant, lambda _: None)
    yield caller
    await caller.close()


def question(text, *calls, **more):
    wanted = [{"name": name, "args": arguments} for name, arguments in calls]
    return Question(id="q", lang="en", user_input=text, reference_tool_calls=wanted, **more)


def judged(asked, called):
    return judge(asked, called, get_assistant("hotel", load_settings().workspace))


async def test_what_rules_find_is_called_without_the_model(caller, scripted_model):
    asked = question(
        "Guest in 807 would like to leave at 14:30, what do we charge?",
        ("get_checkout_policy", {"room_number": "807", "leaves_at": "14:30"}),
    )
    called = await caller.call(asked)
    assert judged(asked, called)["cause"] is None
    assert (called.model_calls, scripted_model.asked) == (0, [])


async def test_a_call_that_would_change_something_counts_and_changes_nothing(
    caller, scripted_model, database
):
    filled = {
        "room_number": "903",
        "category": "maintenance",
        "description": "the kettle whistles all night",
        "priority": "high",
    }
    scripted_model.reply = lambda _: json.dumps(filled)
    asked = question(
        "Room 903: the kettle whistles all night, note a repair with high priority.",
        ("create_service_request", filled),
    )
    before = count(database)
    called = await caller.call(asked)
    assert judged(asked, called)["cause"] is None
    assert count(database) == before


def count(database):
    """Return how many such requests the tables hold; 0 before they are made."""
    table = f"{schema_of('hotel')}.service_requests"
    with database.transaction() as connection:
        [made] = connection.execute("SELECT to_regclass(%s)", (table,)).fetchone()
        if made is None:
            return 0
        query = f"SELECT count(*) FROM {table} WHERE description LIKE '%%kettle whistles%%'"
        return connection.execute(query, ()).fetchone()[0]


async def test_a_request_that_follows_others_is_refused(caller):
    with pytest.raises(UsageError, match="follows other questions"):
        await caller.call(question("And 202?", history=["Is 201 clean?"]))
