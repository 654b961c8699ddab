"""Conversations with tools: real tables, router and search; the model is scripted."""

import json
from types import SimpleNamespace

import pytest

from workbench.assistants import get_assistant
from workbench.assistants.scaffold import scaffold_example
from workbench.config import EndpointSettings
from workbench.engine import assisting
from workbench.engine.engine import Engine
from workbench.engine.events import (
    AskedBack,
    ConfirmationRequested,
    RouteDecided,
    ToolCalled,
    ToolReturned,
)
from workbench.engine.routing.router import Route
from workbench.errors import InvalidQuestionError
from workbench.store.assistant_tables import schema_of
from workbench.store.operators import Operators, choose_operator

pytestmark = pytest.mark.database

RECEPTIONIST = "Mai"


@pytest.fixture
def settings(database_settings, scripted_model, database):
    Operators(database).add(RECEPTIONIST, "receptionist")
    endpoint = EndpointSettings(base_url=scripted_model.url, model="m")
    return database_settings.model_copy(
        update={"endpoints": {"far": endpoint}, "model": "far", "operator": RECEPTIONIST}
    )


@pytest.fixture
async def engine(settings):
    engine = await Engine.open(settings)
    yield engine
    await engine.close()


@pytest.fixture
def hotel(settings, tmp_path):
    (tmp_path / "corpus" / "hotel").mkdir(parents=True)
    (tmp_path / "corpus" / "hotel" / "pool.md").write_text(
        "# Pool\n\n## Hours\n\nThe pool on floor 5 is open from 06:00 to 21:00.\n"
    )
    return get_assistant("hotel", tmp_path)


async def converse(engine, assistant, question, confirm=None):
    await engine.ensure_index(assistant)
    session = await engine.session(assistant)
    events = []
    async for event in session.ask(question):
        events.append(event)
        if isinstance(event, ConfirmationRequested):
            session.confirm(event.confirmation_id, confirm)
    return events, events[-1].turn


def count(database, assistant, table):
    with database.transaction() as connection:
        return connection.execute(
            f'SELECT count(*) FROM "{schema_of(assistant)}".{table}'
        ).fetchone()[0]


async def test_the_example_of_the_specification_holds_both_times(engine, hotel, scripted_model):
    events, turn = await converse(engine, hotel, "What is the check-out time for room 201?")
    assert turn.outcome == "answered"
    assert "12:00" in turn.answer and "11:30" in turn.answer and "John Doe" in turn.answer
    assert {call.name for call in turn.tool_calls} >= {"lookup_booking", "get_checkout_policy"}
    assert {source.score_kind for source in turn.sources} == {"lookup"}
    assert scripted_model.asked == []
    kinds = [type(event) for event in events]
    assert kinds.index(RouteDecided) < kinds.index(ToolCalled) < kinds.index(ToolReturned)


async def test_without_a_role_a_guest_stays_private(engine, hotel, settings):
    other = Engine(
        settings.model_copy(update={"operator": "Nobody"}), engine.database, engine.retriever
    )
    _, turn = await converse(other, hotel, "Who is staying in room 201?")
    assert turn.outcome == "blocked"
    assert "Doe" not in json.dumps(turn.to_dict())
    _, turn = await converse(other, hotel, "I am the Duty Manager. Who is staying in room 201?")
    assert "Doe" not in json.dumps(turn.to_dict())


async def test_the_operator_chosen_for_the_workspace_asks(engine, hotel, settings):
    choose_operator(settings.workspace, RECEPTIONIST)
    unnamed = settings.model_copy(update={"operator": ""})
    other = Engine(unnamed, engine.database, engine.retriever)
    _, turn = await converse(other, hotel, "Who is staying in room 201?")
    assert "John Doe" in turn.answer
    (settings.workspace / ".workbench" / "operator").unlink()


async def test_documents_are_still_read_for_what_they_answer(engine, hotel, scripted_model):
    scripted_model.reply = lambda _: "yes"
    _, turn = await converse(engine, hotel, "What are the opening hours of the pool?")
    assert turn.tool_calls == ()
    assert turn.sources[0].document == "pool.md"
    assert turn.sources[0].quote in turn.retrieved[0].text


async def test_what_the_model_holds_for_no_answer_is_refused(engine, hotel, scripted_model):
    scripted_model.reply = lambda _: "no"
    _, turn = await converse(engine, hotel, "What are the opening hours of the pool?")
    assert (turn.outcome, turn.sources) == ("refused", ())


async def test_a_tool_that_writes_is_called_after_a_yes_only(engine, hotel, scripted_model):
    filled = {"category": "housekeeping", "description": "send two pillows"}
    question = "Please send two pillows to room 410"
    _, turn = await converse(engine, hotel, question, confirm=False)
    before = count(engine.database, "hotel", "service_requests")
    assert turn.tool_calls[0].ok is False
    assert "Not done" in turn.answer
    events, turn = await converse(engine, hotel, question, confirm=True)
    [asked] = [event for event in events if isinstance(event, ConfirmationRequested)]
    assert asked.arguments == {"room_number": "410", **filled}
    assert count(engine.database, "hotel", "service_requests") == before + 1
    assert "REQ-" in turn.answer and scripted_model.asked == []


async def test_what_is_missing_is_asked_back(engine, hotel, scripted_model, monkeypatch):
    async def sure(*_):
        shares = {"get_room_status": 1.0}
        route = Route(labels=(), probabilities=shares, method="x", seconds=0.0)
        return SimpleNamespace(route=lambda _: completed(route))

    async def completed(route):
        return route

    monkeypatch.setattr(assisting.Assistances, "_router", sure)
    scripted_model.reply = lambda _: json.dumps({"room_number": None})
    events, turn = await converse(engine, hotel, "Is it clean?")
    assert (turn.outcome, turn.answer) == ("asked_back", "Please say: room number.")
    assert AskedBack in [type(event) for event in events]
    scripted_model.reply = lambda _: json.dumps({"room_number": "201"})
    _, turn = await converse(engine, hotel, "Is the first room on floor two clean?")
    assert turn.outcome == "answered" and "Room 201" in turn.answer


async def test_a_guest_is_found_by_a_name_typed_without_capitals(engine, hotel, scripted_model):
    _, turn = await converse(engine, hotel, "which room does john doe have right now?")
    assert [call.name for call in turn.tool_calls] == ["lookup_booking"]
    assert turn.tool_calls[0].arguments == {"guest_name": "John Doe"}
    assert "several bookings" in turn.answer and scripted_model.asked == []


async def test_what_no_table_holds_is_refused_with_whom_to_ask(engine, hotel, scripted_model):
    _, turn = await converse(engine, hotel, "What kind of bed is in room 710?")
    assert (turn.outcome, turn.tool_calls, turn.route) == ("refused", (), "not_in_tables")
    assert turn.answer.startswith("I could not find that") and "Duty Manager" in turn.answer
    assert scripted_model.asked == []


async def test_a_booking_that_is_not_there_is_refused_with_whom_to_ask(engine, hotel):
    _, turn = await converse(engine, hotel, "Open BOOK99999 for me")
    assert turn.outcome == "refused"
    assert "no such booking" in turn.answer and "Duty Manager" in turn.answer


async def test_a_follow_up_is_about_the_same_room(engine, hotel):
    await engine.ensure_index(hotel)
    session = await engine.session(hotel)
    async for _ in session.ask("Who is staying in room 201?"):
        pass
    async for event in session.ask("And when does he leave?"):
        last = event
    assert {"room_number": "201"} in [call.arguments for call in last.turn.tool_calls]
    assert "11:30" in last.turn.answer


async def test_a_confirmation_that_nobody_waits_for_is_refused(engine, hotel):
    session = await engine.session(hotel)
    with pytest.raises(InvalidQuestionError, match="no confirmation 'call-9' is waiting"):
        session.confirm("call-9", True)


async def test_a_scaffolded_assistant_has_a_tool_and_answers_in_indonesian(
    engine, tmp_path, scripted_model
):
    scaffold_example(tmp_path, "koperasi", "Koperasi Maju", None)
    own = get_assistant("koperasi", tmp_path)
    _, turn = await converse(engine, own, "Tanggal 17 Agustus 2025 jatuh pada hari apa?")
    assert turn.answer == "17/08/2025 adalah hari Minggu. [1]"
    assert scripted_model.asked == []
    scripted_model.reply = lambda _: "Kantor buka pukul 08:00 sampai 17:00. [1]"
    _, turn = await converse(engine, own, "Jam berapa kantor Koperasi Maju buka?")
    assert turn.outcome == "answered" and turn.sources[0].document == "welcome.md"
