import json

import pytest
from fixtures.question_sets import question, write_folder, write_set
from fpdf import FPDF

from workbench.errors import IndexingError, UsageError
from workbench.evaluation.datasets.card import fix_hashes, read_card
from workbench.evaluation.datasets.checking import check_dataset, require_references

FACTS = {
    "reference": "The fee is 300,000 VND.",
    "reference_facts": [["300,000 VND", "300.000 đồng"]],
}


def found(path, corpus=None):
    """Return what a check of a file finds, without the file's name."""
    report = check_dataset(path, corpus)
    return [each.one_line().removeprefix(str(path)).lstrip(", ") for each in report.findings]


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    (folder / "fees").mkdir(parents=True)
    (folder / "fees" / "late.md").write_text("# Fees\n\nLate check-out costs 300.000 VND.\n")
    (folder / "empty.pdf").write_bytes(b"not a PDF")
    pdf = FPDF()
    pdf.set_font("Helvetica")
    for text in ("Dogs pay 150,000 VND a night.", "Cats pay 90,000 VND a night."):
        pdf.add_page()
        pdf.cell(text=text)
    pdf.output(str(folder / "pets.pdf"))
    return folder


def about(document, page=None, **other):
    return question(1, reference_documents=[{"document": document, "page": page}], **other)


def fact(text):
    return {"reference": text, "reference_facts": [[text]]}


def test_a_good_set_has_no_findings(tmp_path, corpus):
    path = write_set(tmp_path / "a.jsonl", about("fees/late.md", **FACTS), question(2, **FACTS))
    report = check_dataset(path, corpus)
    assert report.findings == ()
    assert (report.questions, report.facts, report.looked_up) == (2, 2, 1)


def test_every_wrong_line_is_one_finding_with_its_line_and_key(tmp_path):
    lines = ["{oops", "[]", {"id": "a"}, question(1, referense="x"), "", question(2), question(2)]
    path = write_set(tmp_path / "a.jsonl", *lines)
    assert [line.partition("(")[0] for line in found(path)] == [
        "line 1: error: not valid JSON ",
        "line 2: error: not a JSON object",
        "line 3: error: key 'user_input': is missing",
        "line 4: error: key 'referense': is unknown; the nearest is 'reference'",
        "line 7: error: key 'id': 'q2' is there twice, as in line 6",
    ]


def test_all_that_is_wrong_with_one_line_is_found(tmp_path):
    path = write_set(tmp_path / "a.jsonl", {"lang": "english", "answerable": 1})
    keys = [finding.key for finding in check_dataset(path).findings]
    assert sorted(keys) == ["answerable", "id", "lang", "user_input"]


def test_an_empty_set_is_an_error(tmp_path):
    assert found(write_set(tmp_path / "a.jsonl")) == [": error: it holds no question"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, content):
    path = tmp_path / "a.jsonl"
    if content:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="cannot read"):
        check_dataset(path)


def test_an_answerable_question_without_reference_or_facts_is_an_error(tmp_path):
    path = write_set(
        tmp_path / "a.jsonl",
        question(1, reference="", answerable=False),
        question(2, reference=" "),
    )
    message = "line 2: error: key 'reference': is missing: an answerable question needs it"
    assert found(path) == [f"{message}, or reference_facts"]
    with pytest.raises(UsageError, match=r"a.jsonl, line 2: key 'reference' is missing"):
        require_references(path)


def test_references_that_are_there_are_not_refused(tmp_path):
    facts_alone = {"reference": "", "reference_facts": [["x"]]}
    called = {"reference": "", "reference_tool_calls": [{"name": "room_status", "args": {}}]}
    known = {"reference": "", "tags": ["no_facts"]}
    rows = question(1), question(2, **facts_alone), question(3, **called), question(4, **known)
    require_references(write_set(tmp_path / "a.jsonl", *rows))


def test_an_unanswerable_question_with_facts_is_told(tmp_path):
    path = write_set(tmp_path / "a.jsonl", question(1, answerable=False, **FACTS))
    assert found(path) == [
        "line 1: warning: key 'answerable': is false, but facts or documents are given"
    ]


def test_a_fact_in_neither_contexts_nor_documents_is_an_error(tmp_path, corpus):
    path = write_set(
        tmp_path / "a.jsonl",
        about("fees/late.md", **fact("400,000 VND")),
        question(2, **FACTS, reference_contexts=["Nothing of it."]),
        question(3, **FACTS, reference_contexts=["It is 300000 VND."]),
    )
    where = "key 'reference_facts.0': stands neither in the contexts nor in the documents named"
    assert found(path, corpus) == [f"line 1: error: {where}", f"line 2: error: {where}"]


def test_a_fact_is_found_in_any_of_its_forms_and_as_a_whole(tmp_path):
    contexts = {"reference_contexts": ["Opening lasts 12 hours a day"]}
    path = write_set(
        tmp_path / "a.jsonl",
        question(1, reference="2 hours", reference_facts=[["2 hours"]], **contexts),
        question(2, reference="half", reference_facts=[["half", "12 giờ"]], **contexts),
    )
    assert [line.partition(":")[0] for line in found(path)] == ["line 1"]


def test_a_bare_reference_that_stands_nowhere_is_only_told(tmp_path, corpus):
    path = write_set(tmp_path / "a.jsonl", about("fees/late.md", reference="They ask for a fee."))
    message = "line 1: warning: key 'reference': counts as one fact, word for word"
    assert found(path, corpus) == [f"{message}, and stands nowhere"]


def test_documents_and_pages_that_are_not_there_are_errors(tmp_path, corpus):
    lines = [
        about("fees/none.md", **FACTS),
        question(2, reference_documents=[{"document": "pets.pdf", "page": 3}], **fact("150,000")),
        question(3, reference_documents=[{"document": "fees/late.md", "page": 1}], **FACTS),
        question(4, reference_documents=[{"document": "empty.pdf"}], **FACTS),
    ]
    errors = [line for line in found(write_set(tmp_path / "a.jsonl", *lines), corpus)]
    assert errors[0] == (
        "line 1: error: key 'reference_documents.0.document': the corpus holds no fees/none.md"
    )
    assert "line 2: error: key 'reference_documents.0.page': pets.pdf has 2 pages, not 3" in errors
    assert "line 3: error: key 'reference_documents.0.page': fees/late.md has no pages" in errors
    assert any(line.startswith("line 4: error: key 'reference_documents.0.doc") for line in errors)


def test_a_fact_on_another_page_than_named_is_told(tmp_path, corpus):
    right = {"reference_documents": [{"document": "pets.pdf", "page": 2}], **fact("90,000 VND")}
    wrong = {"reference_documents": [{"document": "pets.pdf", "page": 1}], **fact("90,000 VND")}
    path = write_set(tmp_path / "a.jsonl", question(1, **right), question(2, **wrong))
    message = "line 2: warning: key 'reference_facts.0': stands in the document"
    assert found(path, corpus) == [f"{message}, but not on the page that is named"]


def test_a_jsonl_corpus_is_searched_by_id(tmp_path):
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(json.dumps({"id": "d/1", "title": "", "text": "It is 300,000 VND."}))
    path = write_set(tmp_path / "a.jsonl", about("d/1", **FACTS))
    assert found(path, corpus) == []


def test_a_corpus_that_is_not_there_is_refused(tmp_path):
    path = write_set(tmp_path / "a.jsonl", question(1))
    with pytest.raises(IndexingError, match="there is no corpus"):
        check_dataset(path, tmp_path / "none")


@pytest.mark.parametrize("forbidden", ["300,000 VND", "the fee"])
def test_a_forbidden_fact_in_the_reference_is_an_error(tmp_path, forbidden):
    path = write_set(tmp_path / "a.jsonl", question(1, **FACTS, forbidden_facts=["x", forbidden]))
    assert "line 1: error: key 'forbidden_facts.1': stands in the reference" in found(path)


def test_a_forbidden_fact_in_a_form_is_an_error(tmp_path):
    record = question(1, reference="", reference_facts=[["no fee"]], forbidden_facts=["fee"])
    path = write_set(tmp_path / "a.jsonl", record)
    message = "line 1: error: key 'forbidden_facts.0': stands in a form of reference_facts"
    assert found(path) == [message]


def test_a_reference_that_would_be_scored_as_wrong_is_told(tmp_path):
    path = write_set(tmp_path / "a.jsonl", question(1, reference="a", reference_facts=[["b"]]))
    message = "line 1: warning: key 'reference': would itself be scored as wrong"
    assert found(path) == [f"{message} by reference_facts"]


def test_a_missing_cluster_is_told_once_or_where_it_is_missing(tmp_path):
    none = write_set(tmp_path / "a.jsonl", question(1, cluster=""), question(2, cluster=""))
    some = write_set(tmp_path / "b.jsonl", question(1), question(2, cluster=""))
    assert found(none) == [
        ": warning: key 'cluster': no question has one: each counts as independent of the others"
    ]
    assert found(some) == ["line 2: warning: key 'cluster': is missing"]


def test_a_history_that_cannot_be_asked_is_an_error(tmp_path):
    record = question(1, user_input="And cats?")
    path = write_set(
        tmp_path / "a.jsonl",
        {**record, "history": ["May dogs stay?"]},
        question(2, history=["May dogs stay?", " ?"]),
        {**record, "id": "q3", "history": ["And cats? "]},
    )
    assert found(path) == [
        "line 2: error: key 'history.1': holds no word",
        "line 3: error: key 'history': ends with the question itself, which would be asked twice",
    ]


def test_a_question_that_is_asked_twice_in_a_set_is_told(tmp_path):
    twice = question(2, user_input=question(1)["user_input"].upper())
    path = write_set(tmp_path / "a.jsonl", question(1), twice)
    assert found(path) == ["line 2: warning: key 'user_input': is asked in line 1 already"]


def test_a_follow_up_to_another_question_is_another_question(tmp_path):
    first = question(1, user_input="And for how much?", history=["May dogs stay?"])
    other = question(2, user_input="And for how much?", history=["Is there a pool?"])
    assert found(write_set(tmp_path / "a.jsonl", first, other)) == []


def test_parts_that_share_an_id_or_a_question_are_found(tmp_path):
    near = question(8, user_input="Alpha1 beta1 gamma1 delta1 epsilon?")
    folder = write_folder(tmp_path / "hotel", test=[question(2, user_input="new"), near])
    fix_hashes(read_card(folder))
    report = check_dataset(folder)
    lines = [f"{each.line} {each.severity} {each.key}: {each.message}" for each in report.findings]
    assert lines == [
        "1 error id: 'q2' is in hotel_dev.jsonl, line 2, as well",
        "2 error user_input: is nearly that of hotel_dev.jsonl, line 1 (0.80)",
    ]
    assert {each.file for each in report.findings} == {str(folder / "hotel_test.jsonl")}


def test_a_near_duplicate_of_two_dev_parts_is_only_told(tmp_path):
    folder = write_folder(tmp_path / "hotel")
    (folder / "hotel_test.jsonl").rename(folder / "more_dev.jsonl")
    card = (folder / "README.md").read_text().replace("hotel_test", "more_dev")
    (folder / "README.md").write_text(card.replace("split: test", "split: dev"))
    write_set(folder / "more_dev.jsonl", question(9, user_input=question(1)["user_input"]))
    fix_hashes(read_card(folder))
    (finding,) = check_dataset(folder).findings
    assert (finding.severity, finding.key) == ("warning", "user_input")


def test_no_finding_shows_the_text_of_a_question(tmp_path, corpus):
    secret = {"user_input": "sesame open?", "reference": "sesame", "reference_facts": [["sesame"]]}
    folder = write_folder(
        tmp_path / "hotel",
        dev=[question(1, **secret, forbidden_facts=["sesame"])],
        test=[about("fees/late.md", **secret), question(2, **secret, history=["sesame open?"])],
    )
    report = check_dataset(folder, corpus)
    assert len(report.errors) >= 5
    assert "sesame" not in json.dumps(report.to_dict())
