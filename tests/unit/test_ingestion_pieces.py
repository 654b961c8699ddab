"""The pieces of a passage that are embedded."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.engine.ingestion.pieces import split_pieces


def test_sentences_and_table_rows_are_pieces():
    text = (
        "The fee depends on the room. It is paid at the desk.\n\n"
        "| Guest leaves | Fee |\n|---|---|\n| until 15:00 | 500,000 VND |\n| later | full night |"
    )
    assert split_pieces(text) == [
        "The fee depends on the room.",
        "It is paid at the desk.",
        "- Guest leaves: until 15:00; Fee: 500,000 VND",
        "- Guest leaves: later; Fee: full night",
    ]


def test_short_pieces_join_their_neighbours():
    assert split_pieces("Fees:\nThe room is free until noon.\nYes.") == [
        "Fees: The room is free until noon. Yes."
    ]
    assert split_pieces("Yes.") == ["Yes."]


def test_a_question_in_bold_is_one_piece_with_its_answer():
    text = "**Is it 400,000 VND? Is that right?**\nIt is not. That was the rule of 2023."
    assert split_pieces(text) == [
        "**Is it 400,000 VND? Is that right?** It is not.",
        "That was the rule of 2023.",
    ]
    table = "**What does it cost?**\n\n| Leaving | Fee |\n|---|---|\n| by 15:00 | 500 |"
    assert split_pieces(table) == ["**What does it cost?**", "- Leaving: by 15:00; Fee: 500"]


def test_bold_lines_that_ask_nothing_stand_for_themselves():
    text = "** Rates exclude VAT here. See the desk for groups.\n**One is one.**\n**Two is two.**"
    assert split_pieces(text) == [
        "** Rates exclude VAT here.",
        "See the desk for groups.",
        "**One is one.**",
        "**Two is two.**",
    ]


def test_the_lines_of_a_printed_page_are_joined():
    text = "Departure Fee\nUntil 13:00 Free\nAfter 13:00 500,000\nVND. The fee is per room."
    assert split_pieces(text, printed=True) == [
        "Departure Fee Until 13:00 Free After 13:00 500,000 VND.",
        "The fee is per room.",
    ]


@given(st.text(min_size=1))
def test_there_is_always_a_piece_and_no_letter_is_lost(text):
    pieces = split_pieces(text)
    assert pieces
    if "|" not in text:
        assert "".join("".join(pieces).split()) == "".join(text.split())
