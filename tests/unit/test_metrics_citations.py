import pytest

from workbench.evaluation.metrics.citations import (
    citation_precision,
    citation_recall,
    cited_sentences,
)

FEE = "Late check-out until 15:00 costs 300,000 VND. The Duty Manager approves it."
PETS = "Dogs up to 15 kg may stay in Garden rooms."


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("It costs 300.000 VND until 3 PM [1].", 1.0),
        ("It costs 300.000 VND until 3 PM. [1]", 1.0),
        ("It costs 350,000 VND [1].", 0.0),
        ("It costs 300,000 VND [2].", 0.0),
        ("It costs 300,000 VND [7].", 0.0),
        ("It costs 300,000 VND [1]. Dogs of 20 kg may stay [2].", 0.5),
        ("It costs 300,000 VND, and dogs weigh up to 15 kg [1][2].", 1.0),
        ("Late check-out is approved by the Duty Manager [1].", 1.0),
        ("Late check-out is approved by the General Manager [1].", 0.0),
        ("- 1 dog of 15 kg may stay [2]\n- It costs 300,000 VND [1]", 0.5),
        ("1. Dogs of up to 15 kg may stay [2]", 1.0),
    ],
)
def test_the_cited_passages_must_state_the_facts(answer, expected):
    assert citation_precision(answer, {1: FEE, 2: PETS}) == expected


def test_nothing_to_check_is_no_score():
    assert citation_precision("It costs 300,000 VND.", {1: FEE}) is None
    assert citation_precision("That is allowed [1].", {1: FEE}) is None
    assert citation_precision("", {}) is None


def test_names_are_left_out_across_languages():
    answer = "Phí trả phòng trễ là 300.000 đồng và do Quản Lý Trực phê duyệt [1]."
    assert citation_precision(answer, {1: FEE}) == 1.0
    assert citation_precision(answer.replace("300", "350"), {1: FEE}) == 0.0


def test_a_mark_belongs_to_the_sentence_before_it():
    answer = "It closes at 3 p.m. daily. [1] Dogs may stay. [2][3]\nAsk again."
    assert [(s.text, s.cites) for s in cited_sentences(answer)] == [
        ("It closes at 3 p.m. daily.", (1,)),
        ("Dogs may stay.", (2, 3)),
    ]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("It costs 300,000 VND [1]. Dogs of 15 kg may stay [2].", 1.0),
        ("It costs 300,000 VND [1]. Dogs of 15 kg may stay.", 0.5),
        ("It costs 300,000 VND. Dogs of 15 kg may stay.", 0.0),
        ("It costs 300,000 VND [2]. Dogs of 15 kg may stay [2].", 0.5),
        ("It costs 350,000 VND [1].", 0.0),
        ("It costs 300,000 VND [7].", 0.0),
        ("Gladly. It costs 300,000 VND [1]. Ask again.", 1.0),
        ("- Approved by the Duty Manager\n- It costs 300,000 VND [1]", 0.5),
    ],
)
def test_every_sentence_with_facts_should_cite_what_states_them(answer, expected):
    assert citation_recall(answer, {1: FEE, 2: PETS}) == expected


def test_without_facts_there_is_no_recall():
    assert citation_recall("That is allowed [1]. Ask again.", {1: FEE}) is None
    assert citation_recall("", {1: FEE}) is None


def test_an_answer_without_sources_has_no_recall_of_its_facts():
    assert citation_recall("It costs 300,000 VND.", {}) == 0.0


def test_names_in_another_language_are_no_facts_whether_cited_or_not():
    sentence = "Việc này do Quản Lý Trực phê duyệt"
    assert citation_recall(f"{sentence} [1].", {1: FEE}) is None
    assert citation_recall(f"{sentence}.", {1: FEE}) is None
