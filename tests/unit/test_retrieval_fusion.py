"""Fusing ranks, reading questions, and the words that are matched."""

import unicodedata
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from workbench.config import RetrievalSettings
from workbench.engine.retrieval.fusion import fuse
from workbench.engine.retrieval.lexical import Asked, lexical_words, read_question
from workbench.engine.retrieval.passage import Passage, passage_from_row

ENGLISH = Asked(("fee",), ("fee",), (0,), "en", accented=False)
EVEN = RetrievalSettings(dense_weight=1, text_weight=1, rrf_k=60)


def dense(*ids, lang="en"):
    return [
        Passage(
            chunk_id=i, document="d", text="t", score=0.9, score_kind="cosine", lang=lang,
            cosine=0.9, dense_rank=rank,
        )
        for rank, i in enumerate(ids, start=1)
    ]  # fmt: skip


def text(*ids, coverage=1.0, lang="en"):
    return [
        Passage(
            chunk_id=i, document="d", text="t", score=7.0, score_kind="bm25", lang=lang,
            bm25=7.0, text_rank=rank, coverage=coverage,
        )
        for rank, i in enumerate(ids, start=1)
    ]  # fmt: skip


def ids(passages):
    return [passage.chunk_id for passage in passages]


def test_a_passage_of_both_legs_wins_and_keeps_what_each_knew():
    first, *_ = fuse(dense("a", "b"), text("c", "b"), ENGLISH, EVEN)
    assert first.chunk_id == "b"
    assert first.score == 1 / 62 + 1 / 62
    assert (first.score_kind, first.dense_rank, first.text_rank) == ("rrf", 2, 2)
    assert (first.cosine, first.bm25, first.coverage) == (0.9, 7.0, 1.0)


def test_weights_decide_between_the_legs():
    more_dense, more_text = RetrievalSettings(dense_weight=2), RetrievalSettings(text_weight=2)
    assert ids(fuse(dense("a"), text("b"), ENGLISH, more_dense)) == ["a", "b"]
    assert ids(fuse(dense("a"), text("b"), ENGLISH, more_text)) == ["b", "a"]


def test_ranks_that_cover_little_of_the_question_count_little():
    little = fuse(dense("a", "b"), text("b", coverage=0.01), ENGLISH, EVEN)
    much = fuse(dense("a", "b"), text("b", coverage=1.0), ENGLISH, EVEN)
    assert (ids(little), ids(much)) == (["a", "b"], ["b", "a"])


def test_a_passage_in_another_language_is_not_pushed_down_by_the_blind_leg():
    other, own = dense("a", lang="vi"), dense("x", "b")[1:]
    fused = fuse([*other, *own], text("b"), ENGLISH, EVEN)
    assert ids(fused) == ["a", "b"]
    assert fused[0].text_rank is None
    assert ids(fuse([*dense("a"), *own], text("b"), ENGLISH, EVEN)) == ["b", "a"]


def test_where_a_glossary_helps_the_best_of_each_language_counts_the_same():
    asked = replace(ENGLISH, by_language={"vi": "phí"})
    own = text("a", "b", coverage=0.8)
    other = text("x", "y", coverage=0.2, lang="vi")
    assert ids(fuse([], [*own, *other], asked, EVEN)) == ["a", "x", "b", "y"]
    assert ids(fuse([], [*own, *other], ENGLISH, EVEN)) == ["a", "b", "x", "y"]


def test_where_a_glossary_helps_no_dense_rank_stands_in_for_a_missing_one():
    asked = replace(ENGLISH, by_language={"vi": "phí"})
    other, own = dense("a", lang="vi"), dense("x", "b")[1:]
    assert ids(fuse([*other, *own], text("b"), asked, EVEN)) == ["b", "a"]


def test_vietnamese_without_diacritics_trusts_the_text_leg():
    bare = Asked(("phi",), ("phi",), (0,), "vi", accented=False)
    found = fuse(dense("a", lang="en"), text("b", coverage=0.5, lang="vi"), bare, EVEN)
    assert ids(found) == ["b", "a"]


def test_ties_go_to_the_id():
    assert ids(fuse(dense("b"), text("a"), ENGLISH, EVEN)) == ["a", "b"]


@given(st.permutations("abcdef"), st.permutations("abcdefgh"))
def test_fusion_keeps_every_passage_once_and_does_not_depend_on_chance(left, right):
    once = fuse(dense(*left), text(*right), ENGLISH, EVEN)
    assert sorted(ids(once)) == list("abcdefgh")
    assert once == fuse(dense(*left), text(*right), ENGLISH, EVEN)
    assert [p.score for p in once] == sorted((p.score for p in once), reverse=True)


def test_numbers_and_times_are_single_words_in_one_form():
    assert lexical_words("Fee: 700.000 or 700,000 VND; 15:30, check-in/check-out; 2.5 kg") == [
        "fee", "700000", "or", "700000", "vnd", "15h30", "check", "in", "check", "out", "2.5", "kg",
    ]  # fmt: skip


def test_composed_and_decomposed_text_have_the_same_words():
    composed = "Phí trả phòng trễ"
    assert lexical_words(unicodedata.normalize("NFD", composed)) == lexical_words(composed)


def test_a_question_knows_whether_it_lacks_its_diacritics():
    bare, accented = read_question("phi tra phong tre la bao nhieu"), read_question("phí trả phòng")
    assert bare.bare_vietnamese and bare.words == bare.folded
    assert accented.accented and not accented.bare_vietnamese
    assert accented.folded[:3] == ("phi", "tra", "phong")
    assert not read_question("What does late check-out cost?").bare_vietnamese


def test_a_long_question_is_matched_by_its_first_words():
    assert len(read_question(" ".join(f"word{i}" for i in range(500))).words) == 60


def test_labels_say_where_a_passage_stands():
    common = {"chunk_id": "1", "text": "t", "score": 1.0, "score_kind": "rrf"}
    page = Passage(document="a.pdf", title="Manual", page=3, **common)
    part = Passage(document="a.md", title="Rules", heading="Fees > Groups", **common)
    bare = Passage(document="a.md", **common)
    labels = [passage.label for passage in (page, part, bare)]
    assert labels == ["Manual, p. 3", "Rules > Fees > Groups", "a.md"]


def test_a_stored_row_becomes_a_passage_and_a_node():
    row = {"document": "a.md", "title": "", "heading": "Fees", "page": None, "lang": "vi"}
    passage = passage_from_row("id", "words", row, "bm25", 3.5, 2)
    assert (passage.bm25, passage.text_rank) == (3.5, 2)
    assert (passage.cosine, passage.dense_rank) == (None, None)
    node = passage.to_node()
    assert (node.node_id, node.text, node.metadata["heading"]) == ("id", "words", "Fees")


def test_vietnamese_syllables_are_matched_in_pairs_too():
    asked = read_question("phi tra phong tre 15:30")
    assert asked.words == (
        "phi", "tra", "phong", "tre", "15h30", "phitra", "traphong", "phongtre",
    )  # fmt: skip
    english = read_question("What does it cost?")
    assert english.words == ("what", "does", "it", "cost")
