"""How a measurement drives a conversation."""

from types import SimpleNamespace

from workbench.engine.events import AnswerFinished, ConfirmationRequested
from workbench.evaluation.tasks.answers import last_turn


class Asking:
    """A conversation in which a tool wants to change something before the answer comes."""

    def __init__(self):
        self.confirmed = []

    async def ask(self, text):
        yield ConfirmationRequested(confirmation_id="call-1", name="send_email", arguments={})
        yield AnswerFinished(turn=SimpleNamespace(answer=f"to {text}: {self.confirmed}"))

    def confirm(self, confirmation_id, yes):
        self.confirmed.append((confirmation_id, yes))


async def test_a_measurement_says_no_to_every_tool_that_changes_something():
    turn = await last_turn(Asking(), "Send it.")
    assert turn.answer == "to Send it.: [('call-1', False)]"
