"""Messages are found in an assistant's folder; the engine knows no assistant."""

import re
from pathlib import Path

import pytest

from workbench.assistants import get_assistant
from workbench.assistants.message_files import load_messages
from workbench.assistants.scaffold import scaffold_assistant
from workbench.engine.messages.checking import check_parts
from workbench.engine.messages.facts import Fact
from workbench.engine.messages.sheet import Prose, Sheet
from workbench.engine.messages.vocabulary import found_phrases, vocabulary
from workbench.errors import ConfigError, UsageError

ENGINE = Path(__file__).parents[2] / "workbench" / "engine" / "messages"
OWN = """
from workbench.engine.messages import Declared, Messages
from workbench.engine.prompts import Prompt


async def look_up(record, context):
    return None


MESSAGES = Messages(
    declared=Declared.model_validate({
        "tones": {"t": "x"}, "facts": {},
        "kinds": {"k": {"about": "a", "tone": "t", "needs": [], "opening": {}, "closing": {}}},
    }),
    templates={},
    prompt=Prompt(name="p", version="1", system="s", user="u"),
    look_up=look_up,
)
"""


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "workbench.toml").touch()
    scaffold_assistant(tmp_path / "assistants" / "cafe", "Cafe", "cafe")
    return tmp_path


def test_the_hotel_declares_the_five_kinds_of_its_specification(workspace):
    messages = load_messages(get_assistant("hotel", workspace), workspace)
    assert set(messages.declared.kinds) == {
        "booking_confirmation", "checkin_instructions", "apology", "promotion",
        "service_recommendation",
    }  # fmt: skip
    assert messages.declared.permission == "bookings.contact"


def test_a_workspaces_own_assistant_brings_its_messages(workspace):
    cafe = get_assistant("cafe", workspace)
    with pytest.raises(UsageError, match="'cafe' writes no messages"):
        load_messages(cafe, workspace)
    (workspace / "assistants" / "cafe" / "messages.py").write_text(OWN)
    assert set(load_messages(cafe, workspace).declared.kinds) == {"k"}


def test_a_module_without_messages_is_one_clear_error(workspace):
    (workspace / "assistants" / "cafe" / "messages.py").write_text("MESSAGES = 1\n")
    with pytest.raises(ConfigError, match="have no MESSAGES"):
        load_messages(get_assistant("cafe", workspace), workspace)


def test_the_engine_names_no_assistant():
    for path in ENGINE.rglob("*.*"):
        if path.suffix in (".py", ".yaml"):
            text = path.read_text("utf-8").casefold()
            assert not re.search(r"\bparadise\b|confirmation_number|bookings\.contact", text), path


def test_no_general_word_is_a_benefit_or_a_request():
    listed = vocabulary("en")
    for pattern in (listed.benefits, listed.claims):
        assert [word for word in listed.courtesy if found_phrases(pattern, word)] == []


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_no_general_word_is_a_number_and_there_are_many(lang):
    listed = vocabulary(lang)
    assert listed.numbers and not listed.numbers & listed.courtesy
    assert len(listed.courtesy) > 1000


def test_the_plain_prose_of_every_kind_is_right(workspace):
    messages = load_messages(get_assistant("hotel", workspace), workspace)
    for name, kind in messages.declared.kinds.items():
        for lang in ("en", "vi"):
            sheet = Sheet(
                kind=name,
                lang=lang,
                tone=kind.tone,
                subject="s",
                lines=(),
                needs=(),
                facts={"n": Fact(name="n", type="name", value="A", text="A")},
                plain=Prose(kind.opening[lang], kind.closing[lang]),
                words=f"Hotel Paradise Quý {kind.words.get(lang, '')}",
            )
            assert check_parts(sheet.plain, sheet) == [], (name, lang)
