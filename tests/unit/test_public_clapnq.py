import json

import pytest

from workbench.evaluation.public_clapnq import specifics
from workbench.evaluation.public_sets import convert
from workbench.evaluation.questions import load_questions
from workbench.evaluation.retrieval_sets import VARIABLE

PASSAGE = (
    "The Old Mill stands in Green Valley . It was built by Anna B. Miller in 1871 , and the mill"
    " has 4 floors . Visitors pay 12 % less in winter ."
)


@pytest.mark.parametrize(
    ("answers", "question", "forms"),
    [
        (["It was built by Anna B. Miller in 1871."], "who built it", ["Anna B Miller", "1871"]),
        (["Anna B. Miller built it."], "who built it", ["Anna B Miller"]),
        (["It stands in Green Valley."], "where is the mill in green valley", []),
        (["Old ones stand in Green Valley."], "where", ["Green Valley"]),
        (["It has 4 floors."], "how many", []),
        (["Visitors pay 12 % less."], "how much", ["12 %"]),
        (["It was built in 1872 by Bob Brown."], "who", []),
        (["By Anna B. Miller in 1871.", "In 1871, by a woman."], "who", ["1871"]),
        (["It is a place where grain is ground."], "what is a mill", []),
        ([], "who", []),
    ],
)
def test_forms_are_what_all_answers_and_the_passage_state(answers, question, forms):
    assert [f for f in specifics(answers, PASSAGE, question) if f != "B Miller"] == forms


@pytest.fixture
def converted(tmp_path, monkeypatch):
    folder = tmp_path / "data" / "clapnq_dev"
    folder.mkdir(parents=True)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "data"))

    def record(number, question, answers, text=PASSAGE):
        passage = {"title": "Old Mill", "text": text}
        output = [{"answer": answer} for answer in answers]
        return {"id": str(number), "input": question, "passages": [passage], "output": output}

    parts = {
        "answerable": [
            record(1, "who built the mill\u200b", ["It was built by Anna B. Miller in 1871."]),
            record(2, "what is a mill", ["A place where grain is ground."]),
        ],
        "unanswerable": [
            record(3, "who owns it", [""], "Other ."),
            record(4, "who sold it", [None]),
        ],
    }
    for name, records in parts.items():
        lines = "".join(json.dumps(each) + "\n" for each in records)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    assert convert("clapnq", tmp_path / "out") == 4
    return tmp_path / "out"


def test_each_passage_is_in_the_corpus_once_with_its_title(converted):
    lines = (converted / "corpus.jsonl").read_text("utf-8").splitlines()
    corpus = [json.loads(line) for line in lines]
    assert [(d["id"], d["title"], d["text"]) for d in corpus] == [
        ("clapnq/000", "Old Mill", PASSAGE),
        ("clapnq/001", "Old Mill", "Other ."),
    ]


def test_one_specific_is_enough_and_questions_without_any_have_no_reference(converted):
    first, second, third, fourth = sorted(
        load_questions(converted / "questions.jsonl"), key=lambda question: question.id
    )
    assert first.user_input == "who built the mill"
    assert first.reference == "It was built by Anna B. Miller in 1871."
    assert len(first.facts) == 1 and {"Anna B Miller", "1871"} <= set(first.facts[0])
    assert first.places == [("clapnq/000", None)]
    assert (second.facts, second.reference, second.tags) == ([], "", ["no_facts"])
    assert (second.answerable, second.places) == (True, [("clapnq/000", None)])
    for question in (third, fourth):
        assert (question.answerable, question.facts, question.places) == (False, [], [])
