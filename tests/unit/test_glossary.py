"""Terms that mean the same: reading them, finding them, translating by them."""

import pytest

from workbench.assistants.registry import SHIPPED
from workbench.engine.glossary import Glossary, load_glossary, translate
from workbench.engine.retrieval.lexical import read_question
from workbench.errors import ConfigError

LATE = {"en": (("late", "check", "out"), ("late", "departure")), "vi": (("trả", "phòng", "trễ"),)}
OUT = {"en": (("check", "out"),), "vi": (("trả", "phòng"),)}
TOWEL = {"en": (("pool", "towel"),)}
GLOSSARY = Glossary([OUT, LATE, TOWEL])


def spans(text, bare=False):
    return [(found.start, found.end) for found in GLOSSARY.mentions(text.split(), bare=bare)]


def test_the_longest_term_is_found():
    assert spans("is late check out free") == [(1, 4)]
    assert GLOSSARY.mentions(["late", "check", "out"])[0].terms is LATE
    assert spans("after check out") == [(1, 3)]


def test_plurals_case_and_the_place_of_a_tone_mark_make_no_difference():
    assert spans("Pool Towels") == [(0, 2)]
    assert spans("pool towers") == []
    cancel = Glossary([{"en": (("cancel",),), "vi": (("hủy",), ("hoà", "giải"))}])
    assert cancel.mentions(["huỷ"]) and cancel.mentions(["hòa", "giải"])


def test_diacritics_make_none_only_in_vietnamese_typed_without_them():
    assert spans("tra phong tre", bare=True) == spans("trả phòng trễ") == [(0, 3)]
    assert spans("tra phong tre") == []
    refund = Glossary([{"en": (("refund",),), "vi": (("hoàn", "lại"),)}])
    assert refund.mentions(["hoãn", "lại"]) == []
    assert read_question("May I hoan lai it?", refund).by_language == {}


def test_a_question_is_translated_term_by_term():
    asked, towel = ["phí", "trả", "phòng", "trễ", "đến", "15h"], ["pool", "towel"]
    assert translate(asked, GLOSSARY.mentions(asked), "en") == "phí late check out đến 15h"
    assert translate(towel, GLOSSARY.mentions(towel), "vi") is None


def test_a_long_question_is_translated_to_its_end():
    asked = read_question(
        " ".join(f"word{i}" for i in range(70)) + " pool towel late departure", GLOSSARY
    )
    assert asked.by_language["vi"].endswith("pool towel trả phòng trễ")


def test_a_glossary_adds_words_in_the_place_of_those_they_stand_for():
    asked = read_question("What does a late departure cost?", GLOSSARY)
    place = dict(zip(asked.words, asked.places, strict=True))
    assert place["late"] == 3
    assert place["departure"] == 4
    assert {place["check"], place["out"], place["trễ"], place["trảphòng"]} <= {3, 4}
    assert place["cost"] == 5
    assert not asked.accented
    assert asked.by_language == {"vi": "what does a trả phòng trễ cost"}


def test_without_a_glossary_nothing_is_added():
    asked = read_question("What does a late departure cost?")
    assert asked.words == ("what", "does", "a", "late", "departure", "cost")
    assert asked.places == (0, 1, 2, 3, 4, 5)
    assert not asked.by_language


def test_a_missing_file_is_an_empty_glossary(tmp_path):
    assert len(load_glossary(tmp_path / "none.yaml")) == 0


@pytest.mark.parametrize(
    "content",
    [
        "- [late, trễ]",
        "a: [",
        "- en: ['  ']",
        "- en: 3",
        "5",
        "- en: []",
        "- {en: [pool], vi: []}",
        "- en: pool",
        "- no: [basseng]",
    ],
)
def test_a_bad_file_is_refused_by_name(tmp_path, content):
    path = tmp_path / "glossary.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"glossary\.yaml is not a valid glossary") as caught:
        load_glossary(path)
    assert "each item maps languages" in caught.value.hint


def test_the_hotels_glossary_names_no_term_twice():
    path = SHIPPED / "hotel" / "glossary.yaml"
    glossary = load_glossary(path)
    assert len(glossary) > 100
    assert glossary.languages == {"en", "vi"}
