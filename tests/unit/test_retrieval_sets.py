"""Public sets as corpora and questions; real data where they are, their absence said elsewhere."""

import json
import os

import pytest

from workbench.engine.ingestion.corpus import Document, load_corpus
from workbench.engine.retrieval.passage import Passage
from workbench.errors import ConfigError, UnknownNameError
from workbench.evaluation.retrieval_bench import first_right
from workbench.evaluation.retrieval_sets import (
    SETS,
    VARIABLE,
    RetrievalQuestion,
    bare,
    is_dev,
    load_retrieval_set,
)

COUNTS = {
    "financebench": (8, 19),
    "dstc11": (4_299, 1_095),
    "dstc11_two_turns": (4_299, 1_095),
    "tau2_banking": (698, 48),
    "xquad_vi_en": (90, 454),
    "xquad_en_en": (90, 454),
    "xquad_vi_vi": (90, 454),
    "xquad_bare_vi": (90, 454),
    "xquad_mixed": (90, 908),
}


@pytest.fixture
def xquad(tmp_path, monkeypatch):
    """Two articles of one paragraph each, in the layout of XQuAD."""
    folder = tmp_path / "data" / "xquad_en_vi"
    folder.mkdir(parents=True)
    texts = {"en": ("Tea is hot.", "Is tea hot?"), "vi": ("Trà thì nóng.", "Trà có nóng không?")}
    for lang, (context, question) in texts.items():
        articles = [
            {"paragraphs": [{"context": context, "qas": [{"id": f"q{i}", "question": question}]}]}
            for i in range(2)
        ]
        (folder / f"xquad.{lang}.json").write_text(json.dumps({"data": articles}))
    monkeypatch.setenv(VARIABLE, str(tmp_path / "data"))
    return tmp_path / "scratch"


def test_xquad_asks_in_one_language_and_reads_in_another(xquad):
    chosen = load_retrieval_set("xquad_vi_en", xquad)
    first, second = (json.loads(line) for line in chosen.corpus.read_text().splitlines())
    assert first == {"id": "00/00", "title": "", "text": "Tea is hot."}
    assert chosen.questions[1] == RetrievalQuestion(
        "q1", "Trà có nóng không?", frozenset({(second["id"], None)})
    )
    assert load_retrieval_set("xquad_bare_vi", xquad).questions[0].text == "Tra co nong khong?"


def test_the_mixed_set_has_half_its_articles_in_each_language(xquad):
    chosen = load_retrieval_set("xquad_mixed", xquad)
    texts = [json.loads(line)["text"] for line in chosen.corpus.read_text().splitlines()]
    assert texts == ["Tea is hot.", "Trà thì nóng."]
    assert [q.id for q in chosen.questions] == ["q0/en", "q1/en", "q0/vi", "q1/vi"]


def test_the_halves_are_disjoint_and_do_not_change(xquad):
    chosen = load_retrieval_set("xquad_en_en", xquad)
    dev, test = chosen.part("dev"), chosen.part("test")
    assert {*dev, *test} == {*chosen.questions} and not {*dev} & {*test}
    assert [is_dev(name) for name in ("q0", "q1", "q2", "q3")] == [True, False, False, False]


def test_diacritics_can_be_taken_away():
    assert bare("Đặng Thị Mỹ Lệ ở đâu?") == "Dang Thi My Le o dau?"


def test_absent_data_and_unknown_sets_are_said(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(UnknownNameError, match="there is no set 'squad'"):
        load_retrieval_set("squad", tmp_path / "scratch")
    with pytest.raises(ConfigError, match="the data of tau2_banking are missing"):
        load_retrieval_set("tau2_banking", tmp_path / "scratch")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "absent"))
    with pytest.raises(ConfigError, match=VARIABLE):
        load_retrieval_set("tau2_banking", tmp_path / "scratch")


def test_the_first_right_passage_is_found_by_document_or_page():
    def passage(document, page=None):
        return Passage(
            chunk_id="1", document=document, page=page, text="", score=1, score_kind="rrf"
        )

    found = [passage("a.pdf", 1), passage("b.pdf", 3), passage("c.md")]
    cases = {("b.pdf", 3): 2, ("b.pdf", 4): None, ("b.pdf", None): 2, ("c.md", None): 3}
    for gold, rank in cases.items():
        assert first_right(found, RetrievalQuestion("q", "?", frozenset({gold}))) == rank


@pytest.mark.skipif(VARIABLE not in os.environ, reason=f"{VARIABLE} names no public data")
@pytest.mark.parametrize("name", SETS)
def test_a_public_set_is_complete(name, tmp_path):
    chosen = load_retrieval_set(name, tmp_path)
    paths = {entry.path for entry in load_corpus(chosen.corpus) if isinstance(entry, Document)}
    assert (len(paths), len(chosen.questions)) == COUNTS[name]
    assert {document for q in chosen.questions for document, _ in q.gold} <= paths
