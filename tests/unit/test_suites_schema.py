"""The committed JSON Schema of suite files."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from workbench.evaluation.suites.loading import list_suites
from workbench.evaluation.suites.schema import suite_schema

ROOT = Path(__file__).parents[2]
FILE = ROOT / "evals" / "suite.schema.json"
SUITES = [path for path in list_suites(ROOT).values() if path]


def test_the_committed_schema_is_that_of_the_code():
    command = "workbench eval schema > evals/suite.schema.json"
    assert json.loads(FILE.read_text("utf-8")) == suite_schema(), f"write it anew: {command}"


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.stem)
def test_every_suite_names_the_schema_and_keeps_to_it(path):
    text = path.read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=../suite.schema.json\n")
    Draft202012Validator(suite_schema()).validate(yaml.safe_load(text))


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({}, "kind"),
        ({"kind": "answers", "datset": "a.jsonl"}, "datset"),
        ({"kind": "answers", "metrics": ["accuracy"]}, "accuracy"),
        ({"kind": "answers", "gate": {"accuracy": {"margin": 5}}}, "accuracy"),
        ({"kind": "answers", "gate": {"answer_accuracy": {"margin": 0}}}, "0"),
    ],
)
def test_an_editor_sees_what_is_wrong(wrong, place):
    with pytest.raises(ValidationError, match=place):
        Draft202012Validator(suite_schema()).validate(wrong)


def test_every_key_is_explained():
    schema = suite_schema()
    parts = [schema, *schema["$defs"].values()]
    bare = [key for part in parts for key, value in part["properties"].items()
            if "description" not in value]  # fmt: skip
    assert bare == []
