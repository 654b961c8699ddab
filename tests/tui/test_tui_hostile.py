"""Text of models, documents and people is data."""

import pytest
from scripted import ScriptedBackend, make_source, play_answer

from workbench.tui.answer_markdown import answer_parser
from workbench.tui.cleaning import clean, one_line

HOSTILE = (
    "See [1] and [bold red]markup[/nonsense] <think>hidden?</think> \x1b[31mred\x1b[0m\x07 "
    "[click](http://evil.example) ![x](http://evil.example/x.png) <http://auto.example>\n\n"
    "<div>block</div>\n\n[1]: http://evil.example\n\n[click]: http://evil.example\n"
)


def links(text: str) -> list[str]:
    tokens = answer_parser().parse(text)
    return [
        str(child.attrs["href"])
        for token in tokens
        for child in token.children or []
        if child.type == "link_open"
    ]


def test_citations_are_the_only_links():
    assert links(HOSTILE) == ["source:1", "source:1"]
    assert links("[1][2] [a](source:3) [10] [100] [x] `[3]`") == [
        "source:1",
        "source:2",
        "source:10",
    ]


def test_nothing_of_the_text_is_swallowed():
    tokens = answer_parser().parse(HOSTILE)
    text = " ".join(
        child.content for token in tokens for child in token.children or [] if child.content
    )
    for part in ("<think>hidden?</think>", "<div>block</div>", "(http://evil.example)"):
        assert part in text
    assert all(not token.type.startswith("html") for token in tokens)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x1b[31mb\x1b[0mc", "abc"),
        ("a\x1b]0;title\x07b\x1b]52;c;eA==\x1b\\c", "abc"),
        ("a\x9b1mb\x00\x7f", "a1mb"),
        ("a\tb\r\nc\rd", "a\tb\ncd"),
        ("ab\u202ecd\u2066e", "abcde"),
        ("tiếng Việt 👩‍🍳", "tiếng Việt 👩‍🍳"),
    ],
)
def test_control_codes_are_dropped(text, cleaned):
    assert clean(text) == cleaned
    assert one_line(f" {text}\n x") == " ".join([*cleaned.split(), "x"])


async def test_a_hostile_answer_is_shown_as_it_is(open_chat, folder):
    source = make_source(
        1,
        document="[bold]odd[/x].md",
        heading="a\x1b[2Jb [link=http://evil.example]",
        quote="[red]quote[/nothing]",
        text="Before \x1b[31m[red]quote[/nothing] after\n[1]: http://evil.example",
    )

    def play(question):
        return play_answer(question, HOSTILE, sources=(source,))

    async with open_chat(ScriptedBackend(folder, play)) as chat:
        opened = []
        chat.app.open_url = lambda url, **_: opened.append(url)
        await chat.answered("[bold]What[/nothing]\x1b[2J?")
        for text in ("[bold]What[/nothing]?", "[bold red]markup[/nonsense]", "<think>hidden?"):
            assert text in chat.shown
        assert "\x1b" not in chat.shown
        await chat.pilot.press("1")
        await chat.until_shown("Before [red]quote[/nothing] after")
        assert "[bold]odd[/x].md" in chat.shown
        await chat.pilot.press("escape")
        paragraph = chat.screen.query("AnswerText MarkdownParagraph").first()
        await chat.pilot.click(paragraph, offset=(5, 0))
        await chat.until(lambda: chat.pane.number == 1)
        await chat.pilot.press("escape")
        await chat.pilot.click(paragraph, offset=(5, 1))
        assert not chat.pane.display
        assert opened == []
