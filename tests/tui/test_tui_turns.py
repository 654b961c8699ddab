"""Asking, streaming, stopping, failing and asking again."""

import asyncio

from scripted import ANSWER, ScriptedBackend, make_turn, play_answer
from textual.widgets import Markdown

from workbench.engine.events import (
    AnswerFinished,
    PlanStep,
    Reasoning,
    Token,
    TurnFailed,
    TurnStarted,
    Waiting,
)
from workbench.errors import ModelServerError
from workbench.tui.turn_view import AnswerText


async def test_an_answer_is_shown_while_it_is_written(open_chat, folder):
    go_on = asyncio.Event()

    async def play(question):
        yield Token(text="The first half, ")
        await go_on.wait()
        yield Token(text="the second half.")
        yield AnswerFinished(turn=make_turn(question, "The first half, the second half."))

    async with open_chat(ScriptedBackend(folder, play)) as chat:
        record = await chat.ask("What?")
        await chat.until_shown("The first half,")
        assert record.running
        assert "answering" in chat.shown
        go_on.set()
        await chat.until_shown("the second half.")
        await chat.until_shown("ready")
        assert "Sources" in chat.shown


async def test_what_is_streamed_is_what_is_rendered_at_once(open_chat, folder):
    table = "| Until | Price |\n|---|---|\n| 13:00 | free |\n"
    answer = f"{ANSWER}\n\n- one\n- two\n\n{table}\n```\ncode\n```\n"
    pieces = [answer[start : start + 3] for start in range(0, len(answer), 3)]

    async def play(question):
        for number, piece in enumerate(pieces):
            yield Token(text=piece)
            if number % 20 == 0:
                await asyncio.sleep(0.1)
        yield AnswerFinished(turn=make_turn(question, answer))

    def blocks(widget: Markdown) -> list[str]:
        return [type(block).__name__ for block in widget.walk_children()]

    async with open_chat(ScriptedBackend(folder, play)) as chat:
        await chat.answered()
        streamed = chat.screen.query_one(AnswerText)
        whole = AnswerText(answer)
        await chat.conversation.mount(whole)
        await chat.until(lambda: len(blocks(whole)) > 1)
        assert blocks(streamed) == blocks(whole)
        assert streamed.source == answer


async def test_steps_before_the_first_word_are_told(open_chat, folder):
    go_on = asyncio.Event()

    async def play(question):
        yield TurnStarted(turn_id="1", session="1", question=question)
        yield Waiting(message="starting the model: loading weights")
        await go_on.wait()
        yield PlanStep(number=1, action="of a later version", status="running")
        yield Reasoning(text="hm")
        await asyncio.Event().wait()

    async with open_chat(ScriptedBackend(folder, play)) as chat:
        await chat.ask("What?")
        await chat.until_shown("starting the model: loading weights")
        go_on.set()
        await chat.until_shown("thinking")


async def test_escape_stops_the_backend_and_keeps_the_partial_answer(open_chat, folder):
    backend = ScriptedBackend(folder)
    backend.add(backend.until_cancelled("The deposit is "))
    async with open_chat(backend) as chat:
        record = await chat.ask("What?")
        await chat.until_shown("The deposit is")
        await chat.pilot.press("escape")
        await chat.until_shown("stopped · the answer so far is kept")
        assert backend.cancelled.is_set()
        assert record.answer == "The deposit is "
        assert "The deposit is" in chat.shown


async def test_stopping_before_the_first_word_does_no_harm(open_chat, folder):
    backend = ScriptedBackend(folder)
    backend.add(backend.until_cancelled(), play_answer)
    async with open_chat(backend) as chat:
        await chat.ask("What?")
        await chat.until(lambda: backend.asked)
        await chat.pilot.press("escape")
        await chat.until_shown("stopped · nothing had arrived")
        await chat.answered("And now?")
        assert "50% of the room rate" in chat.shown


async def test_a_second_escape_leaves_a_backend_that_does_not_stop(open_chat, folder):
    async def deaf(question):
        yield Token(text="On and on")
        await asyncio.Event().wait()

    async with open_chat(ScriptedBackend(folder, deaf, play_answer)) as chat:
        record = await chat.ask("What?")
        await chat.until_shown("On and on")
        await chat.pilot.press("escape")
        assert record.running
        await chat.pilot.press("escape")
        await chat.until_shown("stopped")
        await chat.answered("And now?")
        assert "50% of the room rate" in chat.shown


async def failing(question):
    yield Token(text="Half an ans")
    turn = make_turn(question, "Half an ans", "failed", error="the model server went away")
    yield TurnFailed(
        turn=turn, message="the model server went away", hint="it is restarted", retryable=True
    )


async def test_a_failure_is_told_in_place_and_can_be_retried(open_chat, folder):
    async with open_chat(ScriptedBackend(folder, failing, play_answer)) as chat:
        await chat.answered("How much?")
        for text in ("Half an ans", "the model server went away", "it is restarted", "ctrl+r"):
            assert text in chat.shown
        await chat.pilot.press("ctrl+r")
        await chat.until_shown("50% of the room rate")
        assert chat.backend.asked == ["How much?", "How much?"]


async def test_errors_of_the_backend_are_told_and_the_client_stays(open_chat, folder):
    async def refusing(question):
        raise ModelServerError("the server refused", "look at its log")
        yield

    async def broken(question):
        raise ValueError("odd [bold]text[/nothing]")
        yield

    async def silent(question):
        yield Token(text="...")

    backend = ScriptedBackend(folder, refusing, broken, silent, play_answer)
    async with open_chat(backend) as chat:
        await chat.answered("1")
        assert "the server refused" in chat.shown
        assert "look at its log" in chat.shown
        await chat.answered("2")
        assert "unexpected fault: odd [bold]text[/nothing]" in chat.shown
        await chat.answered("3")
        assert "broke off without a result" in chat.shown
        await chat.answered("4")
        assert "50% of the room rate" in chat.shown


async def test_a_refusal_is_named_and_has_no_sources(open_chat, folder):
    def refusing(question):
        return play_answer(question, "I could not find that.", outcome="refused")

    async with open_chat(ScriptedBackend(folder, refusing)) as chat:
        await chat.answered("Do you have a helipad?")
        assert "not in the documents" in chat.shown
        assert "Sources" not in chat.shown


async def test_questions_asked_meanwhile_wait_for_their_turn(open_chat, folder):
    backend = ScriptedBackend(folder)
    backend.add(backend.until_cancelled("First"), play_answer)
    async with open_chat(backend) as chat:
        await chat.ask("One?")
        await chat.until_shown("First")
        second = await chat.ask("Two?")
        await chat.until_shown("waiting for the answers before it")
        await chat.pilot.press("escape")
        await chat.until(lambda: second.state == "finished")
        assert backend.asked == ["One?", "Two?"]


async def test_retry_while_an_answer_is_written_asks_nothing(open_chat, folder):
    backend = ScriptedBackend(folder)
    backend.add(backend.until_cancelled("First"))
    async with open_chat(backend) as chat:
        await chat.ask("One?")
        await chat.until_shown("First")
        await chat.pilot.press("ctrl+r")
        await chat.until_shown("esc stops it")
        assert len(chat.records) == 1


async def test_a_new_conversation_is_empty(open_chat, folder):
    backend = ScriptedBackend(folder)
    backend.add(backend.until_cancelled("Old answer"), play_answer)
    async with open_chat(backend) as chat:
        await chat.ask("Old question?")
        await chat.until_shown("Old answer")
        await chat.pilot.press("ctrl+n")
        await chat.until(lambda: backend.conversations == 2)
        await chat.until(lambda: "Old" not in chat.shown)
        assert chat.records == []
        assert backend.cancelled.is_set()
        await chat.answered()
        assert "50% of the room rate" in chat.shown
