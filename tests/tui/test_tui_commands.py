"""Keys, palette, help, copying, log, and plain terminals."""

import stat

from scripted import ScriptedBackend, make_turn
from textual.command import CommandPalette

from workbench.tui.commands import COMMANDS
from workbench.tui.copying import COPY_NAME, answer_as_text
from workbench.tui.glyphs import plain_terminal
from workbench.tui.panels import Panel
from workbench.tui.record import TurnRecord
from workbench.tui.theme import initial_theme


async def test_a_copy_goes_to_the_clipboard_and_to_a_private_file(open_chat, folder):
    async with open_chat(ScriptedBackend(folder)) as chat:
        await chat.pilot.press("ctrl+y")
        await chat.until_shown("there is no answer to copy yet")
        record = await chat.answered()
        await chat.pilot.press("ctrl+y")
        await chat.until_shown("also in")
        path = folder / COPY_NAME
        assert path.read_text() == answer_as_text(record) == chat.app.clipboard
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "**50% of the room rate** [1]" in path.read_text()
        assert "[2] sops/checkout_procedures.pdf, page 3" in path.read_text()


async def test_a_copy_that_cannot_be_saved_says_so(open_chat, folder):
    async with open_chat(ScriptedBackend(folder)) as chat:
        await chat.answered()
        (folder / COPY_NAME).mkdir()
        await chat.pilot.press("ctrl+y")
        await chat.until_shown("Is a directory")
        assert chat.app.clipboard


async def test_control_c_copies_what_is_selected(open_chat, folder):
    async with open_chat(ScriptedBackend(folder)) as chat:
        chat.editor.replace_text("some words")
        chat.editor.select_all()
        await chat.pilot.press("ctrl+c")
        assert chat.app.clipboard == "some words"
        assert not chat.backend.closed


async def test_help_lists_every_command_and_closes(open_chat, folder):
    async with open_chat(ScriptedBackend(folder), (110, 50)) as chat:
        await chat.pilot.press("f1")
        await chat.until(lambda: isinstance(chat.app.screen, Panel))
        for command in COMMANDS:
            assert command.help in chat.shown
        await chat.pilot.press("escape")
        await chat.until(lambda: chat.app.screen is chat.screen)


async def test_commands_run_from_the_palette(open_chat, folder):
    async with open_chat(ScriptedBackend(folder)) as chat:
        await chat.pilot.press("ctrl+p")
        await chat.until(lambda: isinstance(chat.app.screen, CommandPalette))
        await chat.pilot.press(*"begin", "space", *"new")
        await chat.until_shown("Begin a new conversation")
        await chat.pilot.press("down", "enter")
        await chat.until(lambda: chat.backend.conversations == 2)


async def test_a_modal_keeps_the_chats_keys_away(open_chat, folder):
    async with open_chat(ScriptedBackend(folder)) as chat:
        await chat.pilot.press("f1")
        await chat.until(lambda: isinstance(chat.app.screen, Panel))
        await chat.pilot.press("ctrl+n", "ctrl+r")
        assert chat.backend.conversations == 1


async def test_an_ascii_terminal_gets_ascii(open_chat, folder, monkeypatch):
    monkeypatch.setenv("WORKBENCH_ASCII", "1")
    async with open_chat(ScriptedBackend(folder)) as chat:
        await chat.answered()
        assert chat.app.animation_level == "none"
        assert "* ready | scripted-model" in chat.shown
        await chat.pilot.press("1")
        await chat.until_shown("Source [1] | 1 of 2")
        await chat.pilot.press("f1")
        await chat.until(lambda: isinstance(chat.app.screen, Panel))
        assert chat.shown.isascii()


def test_plain_terminals_are_recognised():
    assert plain_terminal({"TERM": "dumb"})
    assert plain_terminal({"TERM": "linux"})
    assert plain_terminal({"TERM": "xterm-256color", "WORKBENCH_ASCII": "1"})
    assert not plain_terminal({"TERM": "linux", "WORKBENCH_ASCII": "0"})
    assert not plain_terminal({"TERM": "xterm-256color"})


def test_the_theme_follows_the_terminals_background():
    assert initial_theme({}) == "workbench-dark"
    assert initial_theme({"COLORFGBG": "15;0"}) == "workbench-dark"
    assert initial_theme({"COLORFGBG": "0;default;15"}) == "workbench-light"
    assert initial_theme({"COLORFGBG": "0;15", "TEXTUAL_THEME": "nord"}) == "nord"


def test_a_copied_answer_without_sources_is_the_answer():
    record = TurnRecord.of(make_turn("?", "Plain.", "refused"))
    assert answer_as_text(record) == "Plain.\n"
