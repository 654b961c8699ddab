import pytest

from workbench.assistants import assistant_folders, get_assistant
from workbench.assistants.scaffold import scaffold_assistant
from workbench.engine.prompts import load_prompt
from workbench.errors import ConfigError, UnknownNameError, UsageError


def test_the_hotel_declares_what_it_needs(tmp_path):
    hotel = get_assistant("hotel", tmp_path)
    assert hotel.languages == ("en", "vi")
    for lang in hotel.languages:
        assert hotel.refusals[lang]
        assert hotel.contacts[lang] in hotel.refusal(lang)
    prompt = hotel.prompt()
    assert prompt.quoting is not None
    written = hotel.prompt("answer")
    assert "NOT IN THE DOCUMENTS" in written.system
    text = written.render_user(
        passages=[{"label": "A > B", "text": "x"}], history=[], question="why?", language="English"
    )
    assert text.startswith("[1] A > B\nx")
    assert "why?" in text


def test_an_unknown_assistant_names_the_nearest(tmp_path):
    with pytest.raises(UnknownNameError) as caught:
        get_assistant("hotle", tmp_path)
    assert "'hotel'" in caught.value.hint


def test_an_unknown_prompt_lists_those_there_are(tmp_path):
    with pytest.raises(UnknownNameError) as caught:
        get_assistant("hotel", tmp_path).prompt("nope")
    assert "answer" in caught.value.hint


def test_a_scaffolded_assistant_can_be_loaded_and_is_never_overwritten(tmp_path):
    folder = tmp_path / "assistants" / "mine"
    scaffold_assistant(folder, "My papers", "papers")
    mine = get_assistant("mine", tmp_path)
    assert mine.corpus == tmp_path / "papers"
    assert "My papers" in mine.prompt().system
    assert "mine" in assistant_folders(tmp_path)
    with pytest.raises(UsageError):
        scaffold_assistant(folder, "Other", "papers")


def test_a_broken_definition_is_one_clear_error(tmp_path):
    folder = tmp_path / "assistants" / "broken"
    folder.mkdir(parents=True)
    (folder / "assistant.yaml").write_text("title: [")
    with pytest.raises(ConfigError):
        get_assistant("broken", tmp_path)
    (folder / "assistant.yaml").write_text("title: x")
    with pytest.raises(ConfigError, match="languages"):
        get_assistant("broken", tmp_path)


@pytest.mark.parametrize(
    "content",
    ["a: [", "version: 1\nsystem: x", "just text", "version: 1\nsystem: 5\nuser: [a]"],
)
def test_a_broken_prompt_is_one_clear_error(tmp_path, content):
    path = tmp_path / "p.yaml"
    path.write_text(content)
    with pytest.raises(ConfigError):
        load_prompt(path)


def test_the_label_changes_with_the_text(tmp_path):
    path = tmp_path / "p.yaml"
    path.write_text("version: 1\nsystem: a\nuser: b")
    before = load_prompt(path).label
    path.write_text("version: 1\nsystem: a\nuser: c")
    assert load_prompt(path).label != before


def test_examples_stand_between_the_rules_and_the_question(tmp_path):
    path = tmp_path / "answer.yaml"
    path.write_text("version: 1\nsystem: s\nuser: '{{ question }}'\n")
    bare = load_prompt(path)
    path.write_text(path.read_text() + "examples:\n- user: a?\n  reply: b\n")
    prompt = load_prompt(path)
    assert prompt.messages("c?") == [
        ("system", "s"), ("user", "a?"), ("assistant", "b"), ("user", "c?"),
    ]  # fmt: skip
    assert bare.messages("c?") == [("system", "s"), ("user", "c?")]
    assert prompt.label != bare.label


def test_examples_without_a_reply_are_refused(tmp_path):
    path = tmp_path / "answer.yaml"
    path.write_text("version: 1\nsystem: s\nuser: u\nexamples:\n- user: a?\n")
    with pytest.raises(ConfigError, match="examples are not as they should be"):
        load_prompt(path)
