import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.engine.citations import best_quote, find_support
from workbench.engine.citing import CitingStream

FEES = (
    "Late check-out until 15:00 costs 500,000 VND for Standard rooms. "
    "It is approved by the Front Office Shift Leader."
)
POOL = "The pool on floor 5 is open from 06:00 to 21:00. A lifeguard is on duty until 19:00."


def stream(text, passages, size=3):
    citing = CitingStream(passages)
    shown = "".join(citing.feed(text[i : i + size]) for i in range(0, len(text), size))
    return shown + citing.finish(), citing


def test_the_passage_that_holds_the_figures_supports():
    support = find_support("A late check-out until 3 PM costs 500,000 VND.", [POOL, FEES])
    assert support is not None
    assert support.index == 1
    assert support.quote.startswith("Late check-out until 15:00")


def test_a_wrong_figure_has_no_support():
    assert find_support("A late check-out until 15:00 costs 400,000 VND.", [POOL, FEES]) is None


def test_unrelated_words_have_no_support():
    assert find_support("Dolphins sing beautifully at night.", [POOL, FEES]) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "Phí trả phòng trễ là 500,000 VND cho phòng Standard.",
        "Phí này được duyệt bởi Shift Leader của Front Office.",
    ],
)
def test_a_passage_in_another_language_supports_by_figures_and_names(sentence):
    support = find_support(sentence, [POOL, FEES], foreign=[0, 1])
    assert support is not None
    assert support.index == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "Phí trả phòng trễ là 400,000 VND cho phòng Standard.",
        "Phí này được duyệt bởi Duty Manager.",
        "Phí này được trưởng ca duyệt.",
        "Phòng Deluxe được miễn phí, phòng Suite cũng vậy.",
    ],
)
def test_other_figures_or_names_or_none_have_no_support_in_another_language(sentence):
    assert find_support(sentence, [POOL, FEES], foreign=[0, 1]) is None


def test_a_passage_in_the_same_language_comes_before_one_in_another():
    nails = "Sơn móng trên đá: 500.000 VND. Trả trước 15:00."
    support = find_support("The fee is 500,000 VND for Standard.", [FEES, nails], foreign=[1])
    assert support is not None
    assert support.index == 0


@pytest.mark.parametrize("sentence", ["Gọi số 9.", "Chó bị cấm ở Coral.", "Giá tính bằng VND."])
def test_one_name_or_short_figure_tells_no_passage_from_another(sentence):
    assert find_support(sentence, ["Floor 9 has 9 rooms. Dogs in Coral pay VND."], "", [0]) is None


def test_the_quote_is_word_for_word():
    assert best_quote("approved by the Shift Leader", FEES) in FEES


def test_citations_come_after_sentences_in_order_of_use():
    text = "The pool is open from 06:00 to 21:00. Late check-out until 15:00 costs 500,000 VND."
    shown, citing = stream(text, [FEES, POOL])
    assert shown == (
        "The pool is open from 06:00 to 21:00. [1] "
        "Late check-out until 15:00 costs 500,000 VND. [2]"
    )
    assert citing.order == [1, 0]
    assert citing.share_supported == 1.0


def test_marks_of_the_model_are_replaced_by_checked_ones():
    shown, _ = stream("The pool is open from 06:00 to 21:00 [7]. Bring a towel [1].", [POOL])
    assert shown == "The pool is open from 06:00 to 21:00. [1] Bring a towel."


def test_brackets_that_are_no_marks_stay():
    shown, _ = stream("See [the list] and [12a].", [POOL])
    assert shown == "See [the list] and [12a]."


@given(st.text(alphabet="ab .\n[]1,", max_size=60), st.integers(1, 7))
def test_nothing_but_marks_is_lost_whatever_the_pieces(text, size):
    whole, _ = stream(text, [POOL], size=max(len(text), 1))
    pieces, _ = stream(text, [POOL], size=size)
    assert pieces == whole
