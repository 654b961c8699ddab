import json
from pathlib import Path

import pytest

from workbench.errors import UsageError
from workbench.evaluation.questions import load_questions

FULL = {
    "id": "q1",
    "assistant": "hotel",
    "lang": "vi",
    "user_input": "Phí là bao nhiêu?",
    "reference": "300.000 đồng",
    "reference_facts": [["300,000 VND", "300.000"]],
    "forbidden_facts": ["200,000 VND"],
    "reference_contexts": ["..."],
    "reference_documents": [{"document": "a.pdf", "page": 2}, {"document": "b.md", "page": None}],
    "answerable": True,
    "reference_tool_calls": [{"name": "f", "args": {"x": 1}}],
    "history": ["Xin chào"],
    "cluster": "a.pdf",
    "tags": ["pdf"],
    "critical": False,
}


def write(tmp_path: Path, *records) -> Path:
    path = tmp_path / "set.jsonl"
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_full_question_is_read(tmp_path):
    (question,) = load_questions(write(tmp_path, FULL))
    assert question.places == [("a.pdf", 2), ("b.md", None)]
    assert question.facts == [["300,000 VND", "300.000"]]


def test_only_id_and_input_are_required_and_nulls_are_absent(tmp_path):
    least = {"id": "q1", "user_input": "x?", "reference": None, "history": None}
    (question,) = load_questions(write(tmp_path, "", least))
    assert question.answerable
    assert question.facts == []


def test_a_bare_reference_is_one_fact(tmp_path):
    (question,) = load_questions(
        write(tmp_path, {"id": "1", "user_input": "?", "reference": "a b"})
    )
    assert question.facts == [["a b"]]


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([{"id": "q1"}], "line 1: key 'user_input' is missing: add it"),
        ([{**FULL, "referense": "x"}], "unknown key 'referense': the nearest is 'reference'"),
        (
            [{**FULL, "reference_documents": [{"document": "a", "pages": 1}]}],
            "unknown key 'reference_documents.0.pages': the nearest is 'page'",
        ),
        ([FULL, "{not json"], "line 2: not valid JSON"),
        (["[1]"], "line 1: not a JSON object"),
        ([FULL, FULL], "line 2: id 'q1' is there twice"),
        ([{**FULL, "answerable": "no"}], "key 'answerable'"),
        ([{**FULL, "lang": "Vietnamese"}], "key 'lang'"),
        ([{**FULL, "reference_facts": ["300"]}], "key 'reference_facts.0'"),
        ([{**FULL, "reference_facts": [[]]}], "a fact of 'reference_facts' has no form"),
        ([{**FULL, "forbidden_facts": ["–"]}], "the fact '–' holds no word or number"),
        ([], "holds no question"),
    ],
)
def test_a_fault_is_one_line_that_names_the_place(tmp_path, records, message):
    path = write(tmp_path, *records)
    with pytest.raises(UsageError) as caught:
        load_questions(path)
    line = caught.value.one_line()
    assert str(path) in line
    assert message in line


def test_what_a_database_or_a_report_cannot_hold_is_refused(tmp_path):
    faults = {
        "line 1: holds the character NUL": {"id": "1", "user_input": "a\x00b"},
        "key 'id': it holds characters that cannot be shown": {
            "id": "1\n2",
            "user_input": "?",
        },
        "nested too deeply": '{"id": "1", "user_input": ' + "[" * 100_000,
        "NaN is no number of JSON": '{"id": "1", "user_input": NaN}',
    }
    for message, record in faults.items():
        with pytest.raises(UsageError) as refused:
            load_questions(write(tmp_path, record))
        assert message in refused.value.one_line()
    assert load_questions(write(tmp_path, {"id": "1", "user_input": "a literal \\u0000"}))


def test_a_file_that_cannot_be_read_is_said(tmp_path):
    with pytest.raises(UsageError, match="cannot read"):
        load_questions(tmp_path / "none.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b'{"id": "\xe9"}')
    with pytest.raises(UsageError, match="not UTF-8"):
        load_questions(tmp_path / "latin.jsonl")
