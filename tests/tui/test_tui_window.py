"""Long conversations: only a window of turns is mounted."""

from scripted import ScriptedBackend, make_turn

from workbench.tui.conversation import MOUNTED_LIMIT
from workbench.tui.record import TurnRecord
from workbench.tui.turn_view import TurnView

LONG = "\n\n".join(f"Paragraph {number}" for number in range(40))


def mounted(chat) -> int:
    return sum(1 for _ in chat.conversation.walk_children())


def views(chat) -> list[TurnRecord]:
    return [view.record for view in chat.conversation.query(TurnView)]


def old_turns(count: int) -> list:
    return [make_turn(f"Question {number}?", LONG) for number in range(count)]


async def test_a_long_conversation_mounts_only_its_end(open_chat, folder):
    async def opening(progress):
        return old_turns(60)

    async with open_chat(ScriptedBackend(folder, opening=opening)) as chat:
        await chat.until_shown("ready")
        await chat.until(lambda: views(chat))
        for number in range(8):
            await chat.answered(f"New {number}?")
        assert mounted(chat) <= MOUNTED_LIMIT
        assert len(chat.records) == 68
        assert views(chat)[-1] is chat.records[-1]
        assert not chat.screen.query_one("#welcome").display


async def test_earlier_and_later_turns_can_be_loaded(open_chat, folder):
    async def opening(progress):
        return old_turns(30)

    async with open_chat(ScriptedBackend(folder, opening=opening)) as chat:
        await chat.until(lambda: views(chat))
        for _ in range(60):
            await chat.pilot.press("ctrl+home")
            if views(chat)[0] is chat.records[0]:
                break
        assert views(chat)[0] is chat.records[0]
        assert mounted(chat) <= MOUNTED_LIMIT
        assert chat.screen.query_one("#later").display
        first = views(chat)[-1]
        await chat.pilot.press("ctrl+end", "ctrl+end")
        await chat.until(lambda: views(chat)[-1] is not first)
        await chat.answered("A new one?")
        assert views(chat)[-5:] == chat.records[-5:]
        assert not chat.screen.query_one("#later").display
        await chat.until_shown("A new one?")


async def test_a_click_on_the_line_loads_earlier_turns(open_chat, folder):
    async def opening(progress):
        return old_turns(8)

    async with open_chat(ScriptedBackend(folder, opening=opening)) as chat:
        await chat.until(lambda: views(chat))
        before = views(chat)
        chat.conversation.scroll_home(animate=False)
        await chat.until_shown("3 earlier turns")
        await chat.pilot.click("#earlier")
        await chat.until(lambda: views(chat)[0] is chat.records[0])
        assert views(chat)[3] is before[0]


async def test_the_end_stays_in_view_unless_the_reader_scrolled(open_chat, folder):
    backend = ScriptedBackend(folder)
    pieces = [f"Paragraph {number}\n\n" for number in range(60)]
    backend.add(backend.until_cancelled(*pieces))
    async with open_chat(backend, (80, 24)) as chat:
        await chat.ask("What?")
        await chat.until_shown("Paragraph 59")
        await chat.pilot.press("pageup")
        await chat.until(lambda: "Paragraph 59" not in chat.shown)
        offset = chat.conversation.scroll_offset
        chat.records[-1].answer += "Paragraph 60\n\n"
        await chat.until(lambda: "Paragraph 60" in chat.screen.query_one("AnswerText").source)
        assert chat.conversation.scroll_offset == offset
        await chat.pilot.press("ctrl+end")
        await chat.until_shown("Paragraph 60")


async def test_a_resize_keeps_everything_readable(open_chat, folder):
    async with open_chat(ScriptedBackend(folder), (130, 40)) as chat:
        await chat.answered()
        for size in ((80, 24), (40, 12), (20, 6), (110, 32)):
            await chat.pilot.resize_terminal(*size)
            await chat.pilot.pause()
        await chat.until_shown("50% of the room rate")
        assert "Ask Hotel Paradise a question" in chat.shown
