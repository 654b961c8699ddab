import json

import pytest

from workbench.errors import ConfigError, UnknownNameError
from workbench.evaluation.public_sets import SETS, convert, main
from workbench.evaluation.questions import load_questions
from workbench.evaluation.retrieval_sets import VARIABLE, public_data

PASSAGES = [
    {
        "context": "Ibu kota Indonesia adalah Jakarta.",
        "qas": [
            {
                "id": "a",
                "is_impossible": False,
                "question": "Apa?",
                "answers": [{"text": "Jakarta"}],
            },
            {"id": "b", "is_impossible": True, "question": "Siapa?", "answers": []},
        ],
    },
    {"context": "Lain.", "qas": []},
]


@pytest.fixture
def data(tmp_path, monkeypatch):
    folder = tmp_path / "data" / "idk_mrc"
    folder.mkdir(parents=True)
    (folder / "valid.json").write_text(json.dumps(PASSAGES), encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "data"))
    return folder


def test_answerable_and_unanswerable_questions_are_converted(data, tmp_path):
    assert convert("idk_mrc", tmp_path / "out") == 2
    answerable, unanswerable = load_questions(tmp_path / "out" / "questions.jsonl")
    assert answerable.facts == [["Jakarta"]]
    assert answerable.places == [("idk/000", None)]
    assert (unanswerable.answerable, unanswerable.facts) == (False, [])
    corpus = (tmp_path / "out" / "corpus.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["id"] for line in corpus] == ["idk/000", "idk/001"]


def test_missing_data_and_unknown_names_are_said(data, tmp_path, monkeypatch):
    with pytest.raises(UnknownNameError, match="no set 'x'"):
        convert("x", tmp_path)
    with pytest.raises(ConfigError, match="the data of xquad_en are missing"):
        convert("xquad_en", tmp_path)
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(SystemExit, match=VARIABLE):
        main(["idk_mrc", str(tmp_path)])


def real_data():
    try:
        return public_data()
    except ConfigError:
        return None


@pytest.mark.skipif(real_data() is None, reason=f"{VARIABLE} names no folder of public data")
@pytest.mark.parametrize(
    ("name", "count"), [("xquad_en", 454), ("xquad_vi", 454), ("idk_mrc", 764), ("clapnq", 311)]
)
def test_the_real_sets_convert_whole(name, count, tmp_path):
    assert convert(name, tmp_path) == count
    questions = load_questions(tmp_path / "questions.jsonl")
    assert {q.lang for q in questions} == {SETS[name][0]}


@pytest.mark.skipif(real_data() is None, reason=f"{VARIABLE} names no folder of public data")
def test_one_seed_takes_the_same_questions_in_both_languages(tmp_path):
    for lang in ("en", "vi"):
        convert(f"xquad_{lang}", tmp_path / lang, limit=20, seed=3)
    english, vietnamese = (load_questions(tmp_path / x / "questions.jsonl") for x in ("en", "vi"))
    assert [q.id for q in english] == [q.id for q in vietnamese]
    convert("xquad_en", tmp_path / "other", limit=20, seed=4)
    assert [q.id for q in load_questions(tmp_path / "other" / "questions.jsonl")] != [
        q.id for q in english
    ]
