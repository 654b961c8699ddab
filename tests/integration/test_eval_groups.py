"""`workbench eval report --by` on a real run with a scripted model; whose runs are found."""

import pytest
from fixtures.evaluating import answers
from fixtures.schemas import read_document

pytestmark = pytest.mark.database


def test_a_run_is_grouped_by_its_operator_and_by_whoever_has_the_file(
    folder, run, tmp_path, monkeypatch
):
    monkeypatch.setenv("WORKBENCH_OPERATOR", "mai")
    file, small = tmp_path / "run.jsonl", tmp_path / "small.json"
    code, stdout, stderr = run(*answers(folder, "--output", file, "--json", "--fresh"))
    assert code == 0, stderr
    name = read_document("eval run", stdout)["run"]
    code, stdout, stderr = run("report", name, "--by", "route", "--json")
    assert code == 0, stderr
    found = read_document("eval report", stdout)
    assert {each["group"]: each["n"] for each in found["groups"]} == {"document": 2, "refused": 1}
    documents, refused = found["groups"]
    assert documents["metrics"]["answer_accuracy"]["mean"] == 1.0
    assert refused["metrics"]["refusal_recall"]["n"] == 1
    assert documents["metrics"]["first_token_s"]["p50"] > 0
    assert documents["times"]["reading"]["n"] == 2
    assert documents["times"]["tools"] == {"median": None, "n": 0}
    assert run("export", name, "--baseline", "--output", small)[0] == 0

    monkeypatch.setenv("WORKBENCH_OPERATOR", "linh")
    code, stdout, stderr = run("report", name, "--by", "route")
    assert (code, stdout) == (2, "")
    assert f"there is no run '{name}' of linh" in stderr
    assert "WORKBENCH_OPERATOR=NAME" in stderr and "the path of its file" in stderr
    code, stdout, stderr = run("history")
    assert (code, stdout) == (0, "")
    assert "no runs yet of linh" in stderr and "WORKBENCH_OPERATOR=NAME" in stderr
    for path in (file, small):
        again = read_document("eval report", run("report", path, "--by", "route", "--json")[1])
        assert [each["metrics"] for each in again["groups"]] == [
            each["metrics"] for each in found["groups"]
        ]
        assert name in run("history", path)[1]
