"""A tool that changes something is shown, and done after a yes only."""

import asyncio

import pytest
from scripted import ScriptedBackend, make_turn

from workbench.engine.events import AnswerFinished, ConfirmationRequested
from workbench.tui.confirming import ConfirmScreen


@pytest.fixture
def waiting():
    """A turn that waits for the answer to a confirmation."""
    backends = []

    async def play(question):
        yield ConfirmationRequested(
            confirmation_id="call-1",
            name="create_service_request",
            arguments={"room_number": "410", "description": "two [b]pillows[/b]\x1b[31m"},
        )
        await backends[0].answered_confirmation.wait()
        yield AnswerFinished(turn=make_turn(question, "Done."))

    play.backends = backends
    return play


@pytest.mark.parametrize(("key", "yes"), [("y", True), ("n", False), ("escape", False)])
async def test_the_call_is_shown_and_the_key_is_the_answer(open_chat, folder, waiting, key, yes):
    async with open_chat(ScriptedBackend(folder, waiting)) as client:
        waiting.backends.append(client.backend)
        record = await client.ask("Send two pillows to room 410")
        await client.until_shown("Do this? create_service_request")
        assert "room_number: 410" in client.shown
        assert "two [b]pillows[/b]" in client.shown
        assert "waiting for your yes or no" in record.note
        await client.pilot.press(key)
        await client.until(lambda: record.state == "finished", "the end")
        assert client.backend.confirmed == [("call-1", yes)]
        assert not isinstance(client.app.screen, ConfirmScreen)


async def test_leaving_while_a_question_waits_does_nothing(open_chat, folder, waiting):
    async with open_chat(ScriptedBackend(folder, waiting)) as client:
        waiting.backends.append(client.backend)
        await client.ask("Send two pillows to room 410")
        await client.until_shown("Do this?")
        await asyncio.wait_for(client.screen.end(), 20)
        assert True not in [yes for _, yes in client.backend.confirmed]
