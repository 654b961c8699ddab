import itertools
import unicodedata

import numpy as np
import pytest
from fixtures.question_sets import question, write_set
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import UsageError
from workbench.evaluation.datasets.dedupe import find_duplicates
from workbench.evaluation.datasets.similar import Asked, alike_pairs, asked, jaccard, near_pairs
from workbench.evaluation.questions import Question
from workbench.evaluation.retrieval_sets import bare

ENGLISH = "How much does late check-out until 15:00 cost on a weekend?"
VIETNAMESE = "Phí trả phòng trễ đến 15 giờ là bao nhiêu vào cuối tuần?"
sets = st.frozensets(st.sampled_from("abcdefghij"), min_size=1)


def of(text, *history):
    return asked(Question(id="x", user_input=text, history=list(history)))


def dupes(path, **how):
    return [(each.id, each.of_id, each.kind) for each in find_duplicates(path, **how).duplicates]


@given(st.lists(sets, max_size=12), st.sampled_from([0.3, 0.5, 0.7, 0.9]))
def test_the_filtered_search_finds_exactly_what_comparing_all_pairs_does(words, threshold):
    questions = [Asked("", each, frozenset()) for each in words]
    everything = {
        (later, earlier)
        for earlier, later in itertools.combinations(range(len(words)), 2)
        if jaccard(words[later], words[earlier]) > threshold
    }
    found = [(later, earlier) for later, earlier, _ in near_pairs(questions, threshold)]
    assert sorted(found) == sorted(everything)


@pytest.mark.parametrize(
    ("kind", "text", "other"),
    [
        ("exact", ENGLISH, ENGLISH),
        ("exact", ENGLISH, f"  {ENGLISH.upper()} "),
        ("near", ENGLISH, "How much does a late check-out until 15:00 cost on weekends?"),
        ("near", ENGLISH, "On a weekend, how much does late check-out cost until 15:00?"),
        ("exact", VIETNAMESE, unicodedata.normalize("NFD", VIETNAMESE)),
        ("near", VIETNAMESE, bare(VIETNAMESE)),
        ("near", VIETNAMESE, "phi tra phong tre den 15 gio la bao nhieu cuoi tuan"),
        ("near", VIETNAMESE, unicodedata.normalize("NFD", f"Xin hỏi {VIETNAMESE}")),
    ],
)
def test_a_planted_duplicate_is_found(tmp_path, kind, text, other):
    planted = question(9, user_input=other)
    lines = [question(1), question(2, user_input=text), question(3), planted]
    assert dupes(write_set(tmp_path / "a.jsonl", *lines)) == [("q9", "q2", kind)]


def test_another_question_of_the_same_kind_is_no_duplicate(tmp_path):
    other = "How much does early check-in from 9:00 cost on a weekday?"
    lines = [question(1, user_input=ENGLISH), question(2, user_input=other)]
    assert dupes(write_set(tmp_path / "a.jsonl", *lines)) == []


def test_follow_ups_are_the_same_only_after_the_same_questions(tmp_path):
    lines = [
        question(1, user_input="And for cats?", history=["May dogs stay in the room?"]),
        question(2, user_input="And for cats?", history=["What does the pool cost?"]),
        question(3, user_input="and for cats", history=["May dogs stay in the room"]),
    ]
    assert dupes(write_set(tmp_path / "a.jsonl", *lines)) == [("q3", "q1", "near")]


def test_questions_without_words_are_compared_as_they_are():
    assert list(near_pairs([of("???"), of("!!!"), of("???")])) == [(2, 0, 1.0)]


def test_the_first_stays_and_what_only_resembles_one_left_out_stays_too(tmp_path):
    words = [f"w{number}" for number in range(12)]
    lines = [
        question(1, user_input=" ".join(words[:10])),
        question(2, user_input=" ".join(words[1:11])),
        question(3, user_input=" ".join(words[2:12])),
    ]
    path = write_set(tmp_path / "a.jsonl", *lines)
    found = find_duplicates(path)
    assert [(each.id, each.of_id, each.line, each.of_line) for each in found.duplicates] == [
        ("q2", "q1", 2, 1)
    ]
    assert [line.question.id for line in found.kept] == ["q1", "q3"]


def test_only_the_set_itself_loses_what_another_set_has(tmp_path):
    test = write_set(tmp_path / "test.jsonl", question(1), question(9))
    train = write_set(
        tmp_path / "train.jsonl", question(2), question(3, user_input=question(1)["user_input"])
    )
    found = find_duplicates(train, against=test)
    assert [(each.id, each.of_file, each.of_id) for each in found.duplicates] == [
        ("q3", test, "q1")
    ]
    assert [line.question.id for line in found.kept] == ["q2"]


def test_the_cleaned_copy_holds_the_lines_as_they_were_and_replaces_no_file(tmp_path):
    odd = '{"user_input":  "Ph\\u00ed bao nhi\\u00eau?", "id": "odd"}'
    path = write_set(tmp_path / "a.jsonl", question(1), "", odd, {**question(1), "id": "again"})
    before = path.read_bytes()
    output = tmp_path / "new" / "clean.jsonl"
    found = find_duplicates(path)
    found.write(output)
    assert output.read_bytes() == before.splitlines(keepends=True)[0] + odd.encode() + b"\n"
    with pytest.raises(UsageError, match="already there"):
        found.write(path)
    assert path.read_bytes() == before


def test_the_same_question_in_other_words_is_found_by_its_meaning(tmp_path):
    vectors = {ENGLISH: [1.0, 0.0], VIETNAMESE: [0.96, 0.28], "Is there a pool?": [0.9, 0.4359]}
    lines = [question(number, user_input=text) for number, text in enumerate(vectors)]
    path = write_set(tmp_path / "a.jsonl", *lines)
    assert dupes(path) == []
    (found,) = find_duplicates(path, embed=vectors.__getitem__).duplicates
    assert (found.id, found.of_id, found.kind) == ("q1", "q0", "meaning")
    assert found.similarity == pytest.approx(0.96)


def test_meaning_is_compared_over_many_blocks_and_after_the_same_history_alone():
    turned = np.linspace(0, np.pi / 2, 1100)
    vectors = np.stack([np.cos(turned), np.sin(turned)], axis=1)
    vectors[1099] = vectors[3]
    questions = [of(str(number)) for number in range(1100)]
    pairs = {pair[:2] for pair in alike_pairs(questions, vectors, 1 - 1e-9)}
    assert pairs == {(1099, 3)}
    questions[3] = of("3", "Something else?")
    assert not list(alike_pairs(questions, vectors, 1 - 1e-9))


def test_a_set_is_not_compared_with_itself(tmp_path):
    path = write_set(tmp_path / "a.jsonl", question(1))
    with pytest.raises(UsageError, match="cannot be compared with itself"):
        find_duplicates(path, against=path)
