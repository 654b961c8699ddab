"""Typing questions."""

from scripted import ScriptedBackend


async def test_enter_sends_and_other_keys_make_new_lines(open_chat, folder):
    async with open_chat(ScriptedBackend(folder)) as chat:
        await chat.pilot.press("a", "ctrl+j", "b", "shift+enter", "c")
        assert chat.editor.text == "a\nb\nc"
        assert chat.editor.region.height == 5
        await chat.pilot.press("enter")
        await chat.until(lambda: chat.backend.asked == ["a\nb\nc"])
        assert chat.editor.text == ""
        await chat.until(lambda: chat.editor.region.height == 3)


async def test_an_empty_question_is_not_sent(open_chat, folder):
    async with open_chat(ScriptedBackend(folder)) as chat:
        await chat.pilot.press("space", "enter")
        assert chat.records == []


async def test_up_and_down_go_through_the_questions_asked(open_chat, folder):
    async with open_chat(ScriptedBackend(folder)) as chat:
        for question in ("one", "two", "two", "three"):
            await chat.answered(question)
        chat.editor.replace_text("unsent")
        seen = []
        for key in ["up"] * 4 + ["down"] * 4:
            await chat.pilot.press(key)
            seen.append(chat.editor.text)
        assert seen == ["three", "two", "one", "one", "two", "three", "unsent", "unsent"]


async def test_up_moves_within_a_question_of_several_lines(open_chat, folder):
    async with open_chat(ScriptedBackend(folder)) as chat:
        await chat.answered("one")
        chat.editor.replace_text("first\nsecond")
        await chat.pilot.press("up")
        assert chat.editor.text == "first\nsecond"
        assert chat.editor.cursor_location[0] == 0
        await chat.pilot.press("up")
        assert chat.editor.text == "one"


async def test_a_long_question_does_not_take_the_whole_screen(open_chat, folder):
    async with open_chat(ScriptedBackend(folder), (80, 24)) as chat:
        chat.editor.replace_text("\n".join("abcdefghijklmnop"))
        await chat.until(lambda: chat.editor.region.height == 8)
        assert chat.conversation.region.height >= 10
