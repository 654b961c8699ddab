import pytest

from workbench.engine.language import detect_language, language_name


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("What does a late check-out cost?", "en"),
        ("Phí trả phòng trễ là bao nhiêu?", "vi"),
        ("phi tra phong tre la bao nhieu", "vi"),
        ("Berapa biaya kamar per malam?", "id"),
    ],
)
def test_languages(text, lang):
    assert detect_language(text) == lang


def test_too_little_text_counts_as_the_default():
    assert detect_language("201?", ("vi", "en")) == "vi"


def test_a_single_language_needs_no_detection():
    assert detect_language("Berapa biaya kamar?", ("en",)) == "en"


def test_names():
    assert language_name("vi") == "Vietnamese"
    assert language_name("xx") == "xx"
