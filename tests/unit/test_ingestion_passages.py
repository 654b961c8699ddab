"""Cutting sections into passages."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.engine.ingestion.passages import LONGEST, TINY, cut_passages, merge_tiny
from workbench.engine.ingestion.prepare import chunk_ids
from workbench.engine.ingestion.sections import Reading, Section
from workbench.engine.ingestion.units import split_units, unwrap


def cut(text, heading=("Fees",), page=None):
    return cut_passages(Reading("T", (Section(heading, text, page),)))


SENTENCES = [f"Sentence number {i} says what the rule is for case {i}." for i in range(60)]


def test_long_sections_are_cut_between_sentences_into_even_pieces():
    pieces = cut(" ".join(SENTENCES))
    assert [s for piece in pieces for s in piece.text.split(". ")]
    assert all(piece.text.endswith(".") for piece in pieces)
    sizes = [len(piece.text) for piece in pieces]
    assert max(sizes) <= LONGEST and min(sizes) > 0.6 * max(sizes)
    assert " ".join(piece.text for piece in pieces) == " ".join(SENTENCES)


def test_abbreviations_and_list_numbers_do_not_end_a_sentence():
    units = split_units("Call Dr. Mai (ext. 5) at 3 p.m. Then wait.\n1. First. Second part.", 500)
    assert [unit.text for unit in units] == [
        "Call Dr. Mai (ext. 5) at 3 p.m. Then wait.",
        "1. First.",
        "Second part.",
    ]


def test_every_piece_of_a_table_has_its_header():
    rows = [f"| room {i} | {i}00,000 VND a night with breakfast |" for i in range(60)]
    table = "\n".join(["| Room | Price |", "|---|---|", *rows])
    pieces = cut("Prices include tax.\n\n" + table)
    assert len(pieces) > 3
    for piece in pieces[1:]:
        assert piece.text.startswith("| Room | Price |\n|---|---|\n| room ")
    shown = [line for piece in pieces for line in piece.text.splitlines() if "| room" in line]
    assert shown == rows
    assert all(not piece.text.rstrip().endswith("|---|---|") for piece in pieces)


def test_tiny_sections_merge_only_under_the_same_parent():
    small = [
        Section(("FAQ", "Pets?"), "No."),
        Section(("FAQ", "Wifi?"), "Yes, free."),
        Section(("Other", "Pool?"), "Yes."),
    ]
    merged = merge_tiny(small)
    assert [section.heading for section in merged] == [("FAQ",), ("Other", "Pool?")]
    assert merged[0].text == "**Pets?**\nNo.\n\n**Wifi?**\nYes, free."


def test_sections_that_are_not_tiny_stay_apart():
    long = "x" * (TINY + 1)
    sections = [Section(("A",), long), Section(("B",), long)]
    assert merge_tiny(sections) == sections


def test_pages_are_never_merged_and_have_no_heading():
    sections = (Section(("1. A",), "short", 1), Section(("1. A",), "short", 2))
    pieces = cut_passages(Reading("T", sections))
    assert [(piece.page, piece.heading, piece.context) for piece in pieces] == [
        (1, None, "1. A"),
        (2, None, "1. A"),
    ]


def test_title_and_headings_are_embedded_but_not_quoted():
    (piece,) = cut("Words.", heading=("Fees", "Groups"))
    assert piece.text == "Words."
    assert piece.heading == "Fees > Groups"
    assert piece.embedded_text("Late check-out") == "Late check-out\nFees > Groups\nWords."


def test_wrapped_lines_are_joined_and_lists_kept():
    text = "A line\nthat goes on.\n\n- item one\n  goes on\n- item two\n\n| a |\n| b |"
    assert unwrap(text) == "A line that goes on.\n\n- item one goes on\n- item two\n\n| a |\n| b |"


def test_a_word_without_end_is_cut_rather_than_kept_whole():
    pieces = cut("x" * 3000)
    assert "".join(piece.text for piece in pieces) == "x" * 3000
    assert all(len(piece.text) <= LONGEST for piece in pieces)


blocks = st.lists(st.text("ab .!?\n|-#1", min_size=1, max_size=200), max_size=12).map("\n\n".join)


@given(blocks)
def test_no_words_are_lost_and_no_piece_is_too_long(text):
    pieces = cut(text, page=1)
    kept = "".join("".join(piece.text for piece in pieces).split())
    for word in text.split():
        assert "|" in text or word in kept
    assert all(len(piece.text) <= LONGEST + 10 for piece in pieces) or "|" in text


def test_ids_follow_the_content_not_the_place():
    before = chunk_ids("c", "a.md", ["one", "two", "two"])
    after = chunk_ids("c", "a.md", ["new", "one", "two", "two"])
    assert after[1:] == before
    assert len(set(before)) == 3
    assert set(before).isdisjoint(chunk_ids("c", "b.md", ["one", "two", "two"]))
    assert set(before).isdisjoint(chunk_ids("d", "a.md", ["one", "two", "two"]))
