"""Opening and leaving."""

import asyncio
import subprocess
import sys

from scripted import ScriptedBackend, make_turn

from workbench.errors import DatabaseError
from workbench.tui.source_pane import SourcePane

FIRST_PAINT = """
import asyncio, sys, types
from pathlib import Path
from workbench.tui.app import ChatApp
from workbench.tui.backend import EngineBackend

folder = Path(sys.argv[1])
settings = types.SimpleNamespace(model="auto", workspace=folder)
assistant = types.SimpleNamespace(
    title="A", description="", examples=(), prompt=lambda name: types.SimpleNamespace(label="p@1")
)

class Waiting(EngineBackend):
    async def open(self, progress):
        await asyncio.Event().wait()

async def main():
    app = ChatApp(Waiting(settings, assistant))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.screen.focused.id == "question"

asyncio.run(main())
heavy = "torch llama_index psycopg httpx openai sqlalchemy transformers vllm aiohttp numpy".split()
print([name for name in heavy if name in sys.modules])
"""


def test_the_first_paint_needs_nothing_heavy(tmp_path):
    command = [sys.executable, "-c", FIRST_PAINT, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


async def test_it_opens_before_the_services_and_asks_when_they_are_ready(open_chat, folder):
    ready = asyncio.Event()

    async def opening(progress):
        await asyncio.to_thread(progress, "model", "loading [weights]")
        progress("documents", "12 of 34")
        await ready.wait()
        progress("documents", "")

    backend = ScriptedBackend(folder, opening=opening, examples=["Is there a pool?"])
    async with open_chat(backend) as chat:
        await chat.until_shown("model: loading [weights] · documents: 12 of 34")
        for text in ("Hotel Paradise", "Is there a pool?", "enter sends", "starting"):
            assert text in chat.shown
        assert chat.screen.focused is chat.editor
        record = await chat.ask("How much?")
        await chat.until_shown("waiting for the services")
        assert backend.asked == []
        ready.set()
        await chat.until(lambda: record.state == "finished")
        assert "model: loading" not in chat.shown


async def test_a_question_that_waits_can_be_dropped(open_chat, folder):
    async def opening(progress):
        await asyncio.Event().wait()

    async with open_chat(ScriptedBackend(folder, opening=opening)) as chat:
        record = await chat.ask("How much?")
        await chat.pilot.press("escape")
        await chat.until(lambda: record.state == "stopped")
        await chat.until_shown("stopped")


async def test_services_that_did_not_start_are_told_and_tried_again(open_chat, folder):
    faults = [DatabaseError("no database", "start it"), ValueError("odd")]

    async def opening(progress):
        if faults:
            raise faults.pop(0)

    async with open_chat(ScriptedBackend(folder, opening=opening)) as chat:
        await chat.until_shown("no database")
        assert "start it · ctrl+r tries again" in chat.shown
        assert "failed" in chat.shown
        record = await chat.ask("How much?")
        await chat.pilot.press("ctrl+r")
        await chat.until_shown("unexpected fault: odd")
        await chat.pilot.press("ctrl+r")
        await chat.until(lambda: record.state == "finished")
        assert "odd" not in chat.shown


async def test_earlier_turns_of_a_continued_conversation_are_shown(open_chat, folder):
    async def opening(progress):
        return [make_turn("An old question?"), make_turn("Another?", "Half", "cancelled")]

    async with open_chat(ScriptedBackend(folder, opening=opening)) as chat:
        await chat.until_shown("An old question?")
        await chat.until_shown("stopped · the answer so far is kept")
        await chat.until(lambda: chat.editor.openable)
        await chat.pilot.press("1")
        await chat.until(lambda: chat.screen.query_one(SourcePane).number == 1)


async def test_an_example_is_put_into_the_editor(open_chat, folder):
    async with open_chat(ScriptedBackend(folder, examples=["Is there a pool?"])) as chat:
        await chat.pilot.click("Example")
        assert chat.editor.text == "Is there a pool?"
        assert chat.screen.focused is chat.editor


async def test_quitting_while_an_answer_is_written_stops_and_closes(open_chat, folder):
    backend = ScriptedBackend(folder)
    backend.add(backend.until_cancelled("Half an answer"))
    async with open_chat(backend) as chat:
        record = await chat.ask("What?")
        await chat.until_shown("Half an answer")
        await chat.pilot.press("ctrl+q")
        await chat.until(lambda: backend.closed)
    assert chat.app.return_code == 0
    assert record.state == "stopped"
    assert record.turn is not None


async def test_control_c_stops_first_and_quits_when_pressed_twice(open_chat, folder):
    backend = ScriptedBackend(folder)
    backend.add(backend.until_cancelled("Half"))
    async with open_chat(backend) as chat:
        record = await chat.ask("What?")
        await chat.until_shown("Half")
        await chat.pilot.press("ctrl+c")
        await chat.until(lambda: record.state == "stopped")
        assert not backend.closed
        await chat.pilot.press("ctrl+c")
        await chat.until_shown("press ctrl+c again to quit")
        await chat.pilot.press("ctrl+c")
        await chat.until(lambda: backend.closed)
    assert chat.app.return_code == 0
