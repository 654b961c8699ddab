"""What the model reads of the passages that were found."""

from workbench.engine.context import count_words, excerpts
from workbench.engine.retrieval import Passage, Sentence


def passage(name, *sentences, text=""):
    return Passage(
        chunk_id=name,
        document=name,
        text=text or " ".join(sentence for sentence, _ in sentences),
        score=1.0,
        score_kind="rrf",
        sentences=tuple(Sentence(*sentence) for sentence in sentences),
    )


def read(passages, limit):
    return [(one.passage.chunk_id, one.text) for one in excerpts(passages, limit)]


def test_the_nearest_sentences_are_read_in_reading_order():
    first = passage("a", ("x" * 40, 0.1), ("y" * 40, 0.3), ("z" * 40, 0.2))
    assert read([first], 90) == [("a", "y" * 40 + "\n" + "z" * 40)]


def test_the_best_sentence_is_read_however_long_it_is():
    assert read([passage("a", ("x" * 500, 0.1), ("y" * 20, 0.0))], 100) == [("a", "x" * 500)]


def test_a_sentence_too_long_gives_way_to_a_shorter_one():
    first = passage("a", ("a" * 60, 0.3), ("b" * 60, 0.2), ("c" * 30, 0.1))
    assert read([first], 100) == [("a", "a" * 60 + "\n" + "c" * 30)]


def test_passages_keep_their_order_and_those_unread_are_left_out():
    far, near = passage("far", ("f" * 50, 0.1)), passage("near", ("n" * 50, 0.3))
    assert read([far, near], 200) == [("far", "f" * 50), ("near", "n" * 50)]
    assert read([far, near], 60) == [("near", "n" * 50)]


def test_of_like_sentences_the_better_passage_is_read():
    first, second = passage("a", ("a" * 50, 0.300)), passage("b", ("b" * 50, 0.304))
    assert read([first, second], 60) == [("a", "a" * 50)]
    assert read([second, first], 60) == [("b", "b" * 50)]


def test_a_passage_without_sentences_is_read_whole_with_its_tables_spelt_out():
    table = passage("t", text="| Leaves | Fee |\n|---|---|\n| 15:00 | 500 |")
    assert read([table], 100) == [("t", "- Leaves: 15:00; Fee: 500")]


def test_nothing_found_is_nothing_read():
    assert excerpts([], 100) == []


FEES = ("- Leaves: until 13:00; Fee: 0", 0.1), ("- Leaves: after 13:00 until 15:00; Fee: 500", 0.1)
LEAVES_EARLIER = ("One who leaves at 12:20 pays nothing.", 0.3)


def read_for(question, *passages):
    return [one.text for one in excerpts(passages, 500, question)]


def test_of_a_table_of_times_the_row_of_the_asked_time_is_read():
    assert read_for("until 3 PM?", passage("a", *FEES, LEAVES_EARLIER)) == [FEES[1][0]]
    both = f"{FEES[0][0]}\n{FEES[1][0]}\n{LEAVES_EARLIER[0]}"
    assert read_for("late?", passage("a", *FEES, LEAVES_EARLIER)) == [both]
    assert read_for("until 8 PM?", passage("a", *FEES, LEAVES_EARLIER)) == [both]


def test_hours_that_do_not_hold_the_asked_time_are_read_elsewhere():
    pool = passage("pool", ("- Area: Pool; Hours: 06:00-21:00", 0.3))
    noise = passage("noise", ("Quiet hours are 22:00-06:00.", 0.2))
    assert len(read_for("Is the pool open at 10 PM?", pool, noise)) == 2
    assert len(read_for("until 3 PM?", passage("a", *FEES), noise)) == 2


def test_rows_for_other_times_by_the_name_of_their_column_are_left_out():
    fees = passage("a", *FEES)
    late = passage("b", ("- Room: Suite; Fee after 15:00 until 18:00: 2,600", 0.3))
    assert read_for("until 3 PM?", fees, late) == [FEES[1][0]]
    assert len(read_for("until 3 PM?", late)) == 1


def test_length_may_be_counted_in_words():
    first = passage("a", *((f"word{at} and two more.", 1 - at / 10) for at in range(5)))
    found = excerpts([first], 8, length=count_words)
    assert [one.text for one in found] == ["word0 and two more.\nword1 and two more."]
