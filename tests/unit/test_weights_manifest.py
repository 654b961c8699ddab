import json

import pytest

from workbench.services.weights.manifest import (
    MANIFEST,
    read_manifest,
    write_manifest,
    wrong_content,
    wrong_size,
)
from workbench.services.weights.progress import silent


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"0123456789")
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / ".cache" / "x").mkdir(parents=True)
    (tmp_path / ".cache" / "x" / "metadata").write_text("not ours")
    write_manifest(tmp_path, "toy", "somewhere", "abc", silent)
    return tmp_path


def test_a_record_names_every_file_but_itself_and_the_hub_s_notes(folder):
    manifest = read_manifest(folder)
    assert sorted(manifest.files) == ["config.json", "model.safetensors"]
    assert manifest.files["model.safetensors"].size == 10
    assert (manifest.name, manifest.source, manifest.identity) == ("toy", "somewhere", "abc")
    assert wrong_content(folder, manifest) is None


def test_a_truncated_file_is_found_by_its_size(folder):
    (folder / "model.safetensors").write_bytes(b"01234")
    fault = wrong_size(folder, read_manifest(folder))
    assert "model.safetensors has 5 bytes, not 10" in fault


def test_a_missing_file_is_found(folder):
    (folder / "config.json").unlink()
    assert "config.json is missing" in wrong_size(folder, read_manifest(folder))
    assert "config.json is missing" in wrong_content(folder, read_manifest(folder))


def test_an_altered_file_of_the_same_size_is_found_by_its_hash(folder):
    (folder / "model.safetensors").write_bytes(b"0123x56789")
    manifest = read_manifest(folder)
    assert wrong_size(folder, manifest) is None
    fault = wrong_content(folder, manifest)
    assert "model.safetensors has SHA-256" in fault
    assert manifest.files["model.safetensors"].sha256 in fault


def test_verification_says_how_far_it_is(folder):
    seen = []
    wrong_content(folder, read_manifest(folder), lambda *step: seen.append(step))
    assert seen[-1] == ("verify", 12, 12)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}'])
def test_an_unreadable_record_counts_as_none(folder, text):
    (folder / MANIFEST).write_text(text)
    assert read_manifest(folder) is None


def test_a_record_of_another_format_counts_as_none(folder):
    record = json.loads((folder / MANIFEST).read_text()) | {"format": 0}
    (folder / MANIFEST).write_text(json.dumps(record))
    assert read_manifest(folder) is None


def test_one_hash_stands_for_the_weights(folder):
    before = read_manifest(folder).weights_sha256()
    (folder / "config.json").write_text('{"a": 1}')
    write_manifest(folder, "toy", "somewhere", "abc", silent)
    assert read_manifest(folder).weights_sha256() == before
    (folder / "model.safetensors").write_bytes(b"other")
    write_manifest(folder, "toy", "somewhere", "abc", silent)
    assert read_manifest(folder).weights_sha256() != before
