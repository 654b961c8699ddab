"""Every command that prints JSON has a schema; the commands' own tests check documents with it."""

import json

import pytest
import typer
from fixtures.schemas import FOLDER, read_document, schema_file
from jsonschema import Draft202012Validator, ValidationError

from workbench.cli.app import app

FILES = sorted(FOLDER.glob("*.json"))
WRITTEN_BY_HAND = [path for path in FILES if path.name != "turn.json"]


def commands_with_json(command, *words):
    """Yield the commands that have the option `--json`, as people type them."""
    if any("--json" in parameter.opts for parameter in command.params):
        yield " ".join(words)
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands_with_json(inner, *words, name)


def parts(schema):
    """Yield a schema and every schema within it."""
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from parts(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from parts(value)


def by_name(path):
    return path.name


def test_every_command_that_prints_json_has_a_schema_and_no_other_has():
    commands = list(commands_with_json(typer.main.get_command(app)))
    assert "eval run" in commands
    more = ["monitor status"]  # `monitor --status` prints another document than `monitor`
    assert sorted(map(schema_file, [*commands, *more])) == FILES


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_a_schema_is_valid_and_refers_to_what_it_holds(path):
    schema = json.loads(path.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    referred = {part["$ref"] for part in parts(schema) if "$ref" in part}
    assert referred == {f"#/$defs/{name}" for name in schema.get("$defs", {})}


@pytest.mark.parametrize("path", WRITTEN_BY_HAND, ids=by_name)
def test_a_schema_explains_every_property_and_admits_no_others(path):
    schema = json.loads(path.read_text("utf-8"))
    assert schema["$id"] == path.name
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert schema["title"].startswith("workbench ")
    for part in parts(schema):
        for name, value in part.get("properties", {}).items():
            assert value["description"].strip(), name
            assert part["additionalProperties"] is False
            assert set(part["required"]) <= part["properties"].keys()


@pytest.mark.parametrize(
    "stdout", ['[{"name": "a"}]', '[{"name": "a", "title": "A", "more": 1}]', '{"name": "a"}']
)
def test_a_document_that_drifted_is_refused(stdout):
    assert read_document("assistants list", '[{"name": "a", "title": "A"}]')
    with pytest.raises(ValidationError):
        read_document("assistants list", stdout)


@pytest.mark.parametrize("stdout", ["", "[]\n[]", "note\n[]", "[NaN]"])
def test_what_is_not_one_document_is_refused(stdout):
    with pytest.raises(ValueError, match=r"Expecting|Extra data|not JSON"):
        read_document("assistants list", stdout)
