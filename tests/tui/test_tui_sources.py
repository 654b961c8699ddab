"""Opening sources by key and by click, beside the chat and over it."""

import pytest
from scripted import QUOTE, SOURCES, ScriptedBackend, make_source, play_answer
from textual.widgets import Static

from workbench.tui.record import TurnRecord
from workbench.tui.source_list import SourceLine, place
from workbench.tui.source_pane import PassageView, find_quote

SIZES = [(80, 24), (130, 40)]


def highlighted(chat) -> str:
    """The text of the passage that is marked."""
    content = chat.pane.query_one(".passage", Static).visual
    return " ".join(content.plain[span.start : span.end] for span in content.spans)


@pytest.mark.parametrize("size", SIZES)
async def test_a_digit_opens_a_source_and_escape_closes_it(open_chat, folder, size):
    async with open_chat(ScriptedBackend(folder), size) as chat:
        await chat.answered()
        await chat.pilot.press("2")
        await chat.until_shown("Source [2] · 2 of 2")
        for text in ("sops/checkout_procedures.pdf", "page 3", "score 0.033", "reciprocal rank"):
            assert text in chat.shown
        assert " ".join(highlighted(chat).split()) == QUOTE
        assert chat.editor.text == ""
        await chat.pilot.press("1")
        await chat.until_shown("Source [1] · 1 of 2")
        assert "Late check-out › Fees" in chat.shown
        await chat.pilot.press("escape")
        await chat.until(lambda: not chat.pane.display)
        assert chat.screen.focused is chat.editor


@pytest.mark.parametrize("size", SIZES)
async def test_the_pane_stands_beside_a_wide_chat_and_over_a_narrow_one(open_chat, folder, size):
    async with open_chat(ScriptedBackend(folder), size) as chat:
        await chat.answered()
        await chat.pilot.press("ctrl+o")
        await chat.until_shown("Source [1]")
        beside = size[0] >= 110
        assert ("approves it [2]." in chat.shown) == beside
        assert (chat.conversation.region.right <= chat.pane.region.x) == beside
        assert chat.pane.region.right == size[0]
        assert chat.pane.region.bottom <= chat.editor.region.y


@pytest.mark.parametrize("size", SIZES)
async def test_a_click_on_a_line_or_a_citation_opens_a_source(open_chat, folder, size):
    async with open_chat(ScriptedBackend(folder), size) as chat:
        await chat.answered()
        lines = list(chat.screen.query(SourceLine))
        await chat.pilot.click(lines[1])
        await chat.until(lambda: chat.pane.number == 2)
        await chat.pilot.press("escape")
        paragraph = chat.screen.query("AnswerText MarkdownParagraph").first()
        column = "A late check-out until 15:00 costs 50% of the room rate [".index("[")
        await chat.pilot.click(paragraph, offset=(column + 1, 0))
        await chat.until(lambda: chat.pane.number == 1)


async def test_a_focused_line_opens_with_enter(open_chat, folder):
    async with open_chat(ScriptedBackend(folder)) as chat:
        await chat.answered()
        chat.screen.query(SourceLine).last().focus()
        await chat.pilot.press("enter")
        await chat.until(lambda: chat.pane.number == 2)


async def test_left_and_right_go_round_the_sources(open_chat, folder):
    async with open_chat(ScriptedBackend(folder)) as chat:
        await chat.answered()
        await chat.pilot.press("1", "right")
        await chat.until(lambda: chat.pane.number == 2)
        await chat.pilot.press("right")
        await chat.until(lambda: chat.pane.number == 1)
        await chat.pilot.press("left")
        await chat.until(lambda: chat.pane.number == 2)


async def test_sources_open_while_a_question_is_being_typed(open_chat, folder):
    async with open_chat(ScriptedBackend(folder)) as chat:
        await chat.answered()
        chat.editor.replace_text("And until ")
        await chat.pilot.press("1")
        assert chat.editor.text == "And until 1"
        await chat.pilot.press("ctrl+o")
        await chat.until(lambda: chat.pane.number == 1)
        await chat.pilot.press("ctrl+o")
        await chat.until(lambda: chat.pane.number == 2)


async def test_what_is_typed_in_the_pane_goes_to_the_question(open_chat, folder):
    async with open_chat(ScriptedBackend(folder)) as chat:
        await chat.answered()
        await chat.pilot.press("1", "A", "n", "d", "space", "9")
        assert chat.editor.text == "And 9"
        assert chat.screen.focused is chat.editor


async def test_a_digit_without_a_source_is_typed(open_chat, folder):
    async with open_chat(ScriptedBackend(folder)) as chat:
        await chat.pilot.press("ctrl+o")
        await chat.until_shown("no answer has sources yet")
        await chat.answered()
        await chat.pilot.press("3")
        assert chat.editor.text == "3"
        assert not chat.pane.display


async def test_escape_stops_an_answer_before_it_closes_the_pane(open_chat, folder):
    backend = ScriptedBackend(folder)
    backend.add(play_answer, backend.until_cancelled("More"))
    async with open_chat(backend) as chat:
        await chat.answered()
        record = await chat.ask("And then?")
        await chat.pilot.press("ctrl+o", "escape")
        await chat.until(lambda: record.state == "stopped")
        assert chat.pane.display
        await chat.pilot.press("escape")
        assert not chat.pane.display


async def test_a_quote_far_down_is_scrolled_to(open_chat, folder):
    text = "\n".join(f"Rule {number} has some words." for number in range(200))
    source = make_source(1, text=text, quote="Rule 150 has  some words.")

    def play(question):
        return play_answer(question, sources=(source,))

    async with open_chat(ScriptedBackend(folder, play), (80, 24)) as chat:
        await chat.answered()
        await chat.pilot.press("1")
        await chat.until_shown("Rule 150 has some words.")
        assert highlighted(chat) == "Rule 150 has some words."
        assert chat.pane.query_one(PassageView).scroll_y > 100


async def test_the_pane_survives_a_resize(open_chat, folder):
    async with open_chat(ScriptedBackend(folder), (130, 40)) as chat:
        await chat.answered()
        await chat.pilot.press("1")
        await chat.until(lambda: chat.conversation.region.right <= chat.pane.region.x)
        await chat.pilot.resize_terminal(80, 24)
        await chat.until(lambda: chat.pane.region.width == 80)
        await chat.until_shown(QUOTE[4:16])
        await chat.pilot.press("escape")
        await chat.until_shown("Sources")


def test_a_quote_is_found_whatever_its_white_space():
    assert find_quote("a  b\nc d", "b c") == (3, 6)
    assert find_quote("a b", "x") is None
    assert find_quote("a b", "  ") is None
    assert find_quote("1 + (2) [x]", "(2) [x]") == (4, 11)


def test_a_source_says_its_page_or_its_heading():
    assert place(make_source(1, page=4, heading="x")) == "page 4"
    assert place(make_source(1, heading="A > B")) == "A › B"
    assert place(make_source(1, heading=None)) == ""


def test_a_record_finds_sources_only_by_their_number():
    record = TurnRecord("?")
    assert record.source(1) is None
    assert [source.number for source in SOURCES] == [1, 2]
