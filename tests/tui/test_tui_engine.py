"""The client over the real engine and a real database; the model alone is scripted."""

import subprocess
import sys

import pytest

from workbench.assistants import get_assistant
from workbench.assistants.scaffold import scaffold_assistant
from workbench.config import EndpointSettings
from workbench.errors import UnknownNameError, WorkbenchError
from workbench.services.postgres import stop_embedded
from workbench.tui.backend import EngineBackend
from workbench.tui.screenshot import CONVERTER, picture, save_png

pytestmark = pytest.mark.database

FEES = """# Late check-out

## Fees

Late check-out until 15:00 costs 500,000 VND for a Standard room. The Shift Leader approves it.
"""
QUESTION = "What does late check-out until 15:00 cost?"
ANSWER = "Late check-out until 15:00 costs 500,000 VND for a Standard room."


@pytest.fixture
def workspace(make_settings, scripted_model):
    """A workspace with one document, and an assistant for it."""
    scripted_model.reply = lambda _: ANSWER
    endpoint = EndpointSettings(base_url=scripted_model.url, model="scripted")
    settings = make_settings(endpoints={"scripted": endpoint}, model="scripted")
    folder = settings.workspace
    (folder / "papers").mkdir()
    (folder / "papers" / "late.md").write_text(FEES)
    scaffold_assistant(folder / "assistants" / "papers", "Papers", "papers")
    return settings


def backend_of(settings, **options) -> EngineBackend:
    return EngineBackend(settings, get_assistant("papers", settings.workspace), **options)


async def test_it_indexes_answers_and_comes_back_to_a_conversation(workspace, open_chat):
    backend = backend_of(workspace)
    async with open_chat(backend) as chat:
        record = await chat.answered(QUESTION)
        assert record.problem == ""
        assert "500,000 VND" in chat.shown
        assert "[1] late.md · " in chat.shown
        assert "scripted · answer@1" in chat.shown
        await chat.pilot.press("1")
        await chat.until_shown("Source [1] · 1 of 1")
        await chat.pilot.press("escape", "ctrl+n")
        await chat.until(lambda: chat.records == [])
        other = await chat.answered(QUESTION)
        assert other.turn.session != record.turn.session
        await chat.pilot.press("ctrl+q")

    (workspace.workspace / "papers" / "pool.md").write_text("# Pool\n\nThe pool is on floor 5.\n")
    continued = backend_of(workspace, session_id=record.turn.session)
    async with open_chat(continued) as chat:
        await chat.until_shown(QUESTION)
        assert len(chat.records) == 1
        assert chat.records[0].sources == record.sources
        again = await chat.answered("Where is the pool on floor 5?")
        assert again.turn.session == record.turn.session
        assert "pool.md" in [source.document for source in again.turn.retrieved]


async def test_what_does_not_start_can_be_mended_and_tried_again(workspace, open_chat):
    papers = workspace.workspace / "papers"
    papers.rename(workspace.workspace / "elsewhere")
    async with open_chat(backend_of(workspace)) as chat:
        await chat.until_shown("ctrl+r tries again")
        assert "papers" in chat.shown
        (workspace.workspace / "elsewhere").rename(papers)
        await chat.pilot.press("ctrl+r")
        await chat.answered(QUESTION)
        assert "500,000 VND" in chat.shown


async def test_a_database_that_went_away_is_started_again(workspace, open_chat):
    async with open_chat(backend_of(workspace)) as chat:
        await chat.answered(QUESTION)
        stop_embedded(workspace)
        record = await chat.answered("And who approves it?")
        assert record.state == "failed"
        assert "database" in record.problem
        assert "ctrl+r" in chat.shown
        await chat.pilot.press("ctrl+r")
        await chat.until(lambda: chat.records[-1].state == "finished")
        assert chat.records[-1].question == "And who approves it?"


async def test_an_unknown_conversation_is_told(workspace):
    backend = backend_of(workspace, session_id="00000000-0000-0000-0000-000000000000")
    with pytest.raises(UnknownNameError):
        await backend.open(lambda step, message: None)
    await backend.close()


async def test_before_it_is_open_it_says_so(make_settings, tmp_path):
    settings = make_settings()
    scaffold_assistant(settings.workspace / "assistants" / "papers", "Papers", "papers")
    backend = backend_of(settings)
    backend.cancel()
    await backend.new_conversation()
    await backend.close()
    with pytest.raises(WorkbenchError, match="not ready"):
        backend.ask("?")


async def test_a_picture_shows_the_answer_and_its_source(workspace):
    svg = await picture(backend_of(workspace), QUESTION, limit_s=120)
    assert svg.startswith("<svg")
    assert "url(http" not in svg
    text = svg.replace("&#160;", " ")
    assert "Source [1]" in text
    assert "500,000" in text


async def test_a_picture_without_sources_is_refused(workspace, scripted_model):
    scripted_model.reply = lambda _: "NOT IN THE DOCUMENTS"
    with pytest.raises(WorkbenchError, match="no sources"):
        await picture(backend_of(workspace), QUESTION, limit_s=120)


def test_a_picture_is_converted_where_a_converter_is(tmp_path, monkeypatch):
    svg = tmp_path / "a.svg"
    svg.write_text("<svg/>")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WorkbenchError, match="is missing"):
        save_png(svg)
    converter = tmp_path / CONVERTER
    converter.write_text('#!/bin/sh\n/bin/cp "$3" "$2"\n')
    converter.chmod(0o755)
    assert save_png(svg).read_text() == "<svg/>"
    converter.write_text("#!/bin/sh\necho no such thing >&2; exit 1\n")
    with pytest.raises(WorkbenchError, match="failed"):
        save_png(svg)


def test_the_program_for_pictures_tells_faults_in_one_line(tmp_path):
    command = [sys.executable, "-m", "workbench.tui.screenshot", "out.svg"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "workbench init" in done.stderr
