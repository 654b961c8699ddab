"""The question sets of the repository hold what their cards promise."""

from pathlib import Path

import pytest

from workbench.evaluation.datasets.card import question_files, read_card
from workbench.evaluation.datasets.checking import check_dataset
from workbench.evaluation.datasets.files import sha256_of_file
from workbench.evaluation.datasets.looks import LOG, is_test_part, read_looks

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(path for path in (ROOT / "datasets").iterdir() if (path / "README.md").is_file())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_golden_set_has_no_error_and_every_fact_stands_in_its_documents(folder):
    report = check_dataset(folder, ROOT / "corpus" / folder.name)
    assert [finding.one_line() for finding in report.errors] == []
    assert report.facts >= report.looked_up > 0.8 * report.facts


def test_there_are_dev_and_test_parts():
    files = question_files(read_card(ROOT / "datasets" / "hotel"))
    assert {is_test_part(file) for file in files} == {True, False}


def test_every_look_is_at_a_test_part_and_those_before_the_log_are_in_it():
    looks = read_looks(ROOT / LOG)
    assert all(is_test_part(ROOT / look.dataset) for look in looks)
    assert [look.run for look in looks[:3]] == [
        "answers-20261121-060324-adb1",
        "answers-20261121-084713-59e8",
        "answers-20261121-113715-002b",
    ]
    part = ROOT / "datasets" / "hotel" / "first_test.jsonl"
    assert {look.sha256 for look in looks[:3]} == {sha256_of_file(part)}
