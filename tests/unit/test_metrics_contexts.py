import pytest

from workbench.evaluation.metrics.contexts import (
    ReadPassage,
    context_precision,
    context_recall,
    read_passages,
)
from workbench.evaluation.questions import Question

POOL = "The pool on the roof is open from six in the morning until nine at night"
SPA = "Massages are given in the garden house every day but Monday after lunch"


def question(*documents, contexts=()):
    return Question(
        id="1",
        user_input="?",
        reference_documents=[{"document": name, "page": page} for name, page in documents],
        reference_contexts=list(contexts),
    )


def passages(*places, texts=()):
    texts = texts or [""] * len(places)
    return [
        ReadPassage(document, page, text)
        for (document, page), text in zip(places, texts, strict=True)
    ]


@pytest.mark.parametrize(
    ("wanted", "read", "precision", "recall"),
    [
        ([("a", None)], [("a", None), ("b", None)], 0.5, 1.0),
        ([("a", None)], [("a", 3), ("a", 4)], 1.0, 1.0),
        ([("a", 3)], [("a", 3), ("a", 4)], 0.5, 1.0),
        ([("a", 3)], [("a", None)], 0.0, 0.0),
        ([("a", None), ("b", None), ("c", None)], [("b", 1), ("d", 1)], 0.5, 1 / 3),
        ([("a", None), ("a", None)], [("a", 1)], 1.0, 1.0),
    ],
)
def test_documents_and_pages_are_compared_where_they_are_named(wanted, read, precision, recall):
    asked = question(*wanted, contexts=[POOL])
    assert context_precision(asked, passages(*read)) == precision
    assert context_recall(asked, passages(*read)) == pytest.approx(recall)


def test_texts_are_compared_where_no_document_is_named():
    asked = question(contexts=[POOL])
    read = passages(("x", None), ("y", None), texts=[POOL.upper() + "!", SPA])
    assert context_precision(asked, read) == 0.5
    assert context_recall(asked, read) == 1.0


def test_a_passage_that_was_cut_counts_as_far_as_its_pieces_were_read():
    words = POOL.split()
    first, second = " ".join(words[:8]), " ".join(words[8:])
    asked = question(contexts=[POOL])
    one, both = (
        passages(*[("x", None)] * len(texts), texts=texts) for texts in ([first], [first, second])
    )
    assert context_precision(asked, one) == context_precision(asked, both) == 1.0
    assert 0 < context_recall(asked, one) < context_recall(asked, both) < 1


def test_a_short_wanted_text_is_found_in_a_long_passage():
    asked = question(contexts=["until nine at night", "every other day"])
    read = passages(("x", None), texts=[f"{SPA}. {POOL}."])
    assert context_precision(asked, read) == 1.0
    assert context_recall(asked, read) == 0.5


def test_nothing_read_has_no_precision_and_recalls_nothing():
    for asked in (question(("a", None)), question(contexts=[POOL])):
        assert context_precision(asked, []) is None
        assert context_recall(asked, []) == 0.0


def test_what_cannot_be_compared_is_not_applicable():
    nothing_wanted = question()
    assert context_precision(nothing_wanted, passages(("a", None))) is None
    assert context_recall(nothing_wanted, []) is None
    texts_missing = question(contexts=[POOL])
    assert context_precision(texts_missing, passages(("a", None))) is None
    assert context_recall(texts_missing, passages(("a", None))) is None


def test_the_retrieved_passages_of_a_record_come_before_its_cited_sources():
    source = {"document": "s", "page": 2, "text": "cited"}
    retrieved = [{"document": "r", "page": None}]
    record = {"retrieved": retrieved, "sources": [source]}
    assert read_passages(record) == [ReadPassage("r", None, "")]
    assert read_passages({"retrieved": [], "sources": [source]}) == [ReadPassage("s", 2, "cited")]
    assert read_passages({"answer": ""}) == []
