import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.engine.text import (
    canonical_number,
    fold,
    is_sentence_end,
    numbers,
    sentences,
    words,
)


def test_fold_removes_case_and_diacritics():
    assert fold("Phí Trả Phòng Trễ, Đặt cọc") == "phi tra phong tre, dat coc"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("700,000", "700000"),
        ("1.200.000", "1200000"),
        ("3,5", "3.5"),
        ("15:00", "15"),
        ("06:30", "06:30"),
    ],
)
def test_canonical_number(written, canonical):
    assert canonical_number(written) == canonical


def test_numbers_reads_twelve_hour_times_and_skips_units():
    assert numbers("until 3 PM or 15:00, 32 m2, 5:30 p.m.") == {"15", "32", "17:30"}


def test_words_share_a_form_across_languages():
    assert "700000" in words("700.000 đồng")
    assert "700000" in words("700,000 VND")


def test_sentences_keep_abbreviations_whole():
    text = "Mr. Lee pays 700,000 VND. Ext. 9 is open.\n- one\n- two"
    assert sentences(text) == ["Mr. Lee pays 700,000 VND.", "Ext. 9 is open.", "- one", "- two"]


@pytest.mark.parametrize(
    ("text", "ends"),
    [("It closes at 9.", True), ("Ask Mr.", False), ("See ext.", False), ("closes **now.**", True)],
)
def test_is_sentence_end(text, ends):
    assert is_sentence_end(text) is ends


def test_sentences_keep_initials_with_their_names():
    text = "R. L. Stine and Nicholas E. Golovin met J.K. Rowling. Eat vitamin C. It helps."
    assert sentences(text) == [
        "R. L. Stine and Nicholas E. Golovin met J.K. Rowling.",
        "Eat vitamin C.",
        "It helps.",
    ]


@given(st.text(max_size=200))
def test_sentences_lose_no_letters(text):
    kept = "".join("".join(sentences(text)).split())
    assert kept == "".join(text.split())
