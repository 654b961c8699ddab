"""Comparing passages of several languages on one scale."""

from workbench.engine.retrieval.centring import centred, language_offsets
from workbench.engine.retrieval.passage import Passage


def passages(lang, **scores):
    return [
        Passage(
            chunk_id=name, document="d", text="t", lang=lang, score=score, score_kind="cosine",
            cosine=score, dense_rank=rank,
        )
        for rank, (name, score) in enumerate(scores.items(), start=1)
    ]  # fmt: skip


FOUND = {"en": passages("en", a=0.80, b=0.79), "vi": passages("vi", x=0.82, y=0.81)}
QUESTION = {"en": [1.0, 0.0], "vi": [1.0, 0.0]}


def names(found):
    return [passage.chunk_id for passage in found]


def test_a_language_that_lies_near_every_question_gains_nothing_from_it():
    near_vietnamese = {"en": [0.70, 0.0], "vi": [0.80, 0.0]}
    ranked = centred(FOUND, language_offsets(QUESTION, near_vietnamese), 4)
    assert names(ranked) == ["a", "b", "x", "y"]
    assert [passage.dense_rank for passage in ranked] == [1, 2, 3, 4]
    assert [passage.score for passage in ranked] == [0.80, 0.79, 0.82, 0.81]


def test_languages_at_the_same_distance_keep_the_order_of_their_cosines():
    even = {"en": [0.75, 0.0], "vi": [0.75, 0.0]}
    assert names(centred(FOUND, language_offsets(QUESTION, even), 3)) == ["x", "y", "a"]


def test_one_language_alone_keeps_its_order():
    alone = {"en": FOUND["en"]}
    assert names(centred(alone, {"en": 0.4}, 2)) == ["a", "b"]
    assert centred({}, {}, 5) == []


def test_each_language_is_asked_in_its_own_words():
    means = {"en": [0.0, 0.8], "vi": [0.8, 0.0]}
    asked = {"en": [1.0, 0.0], "vi": [0.0, 1.0]}
    assert names(centred(FOUND, language_offsets(asked, means), 4)) == ["x", "y", "a", "b"]
    assert names(centred(FOUND, language_offsets(QUESTION, means), 4)) == ["a", "b", "x", "y"]
