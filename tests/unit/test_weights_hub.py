"""The hub, down to the call: nothing here reaches it."""

import errno
import threading
from pathlib import Path

import huggingface_hub
import pytest
from fixtures.wheelhouse import parted_model

from workbench.errors import ResourceError, WeightsError
from workbench.services.weights import fetching, hub
from workbench.services.weights.fetching import fetch

CONTENT = b"GGUF from the hub"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def hub_model(**source):
    record = {"kind": "hub", "repository": "nobody/toy"} | source
    return parted_model(CONTENT, gguf=None, sources=[record])


@pytest.fixture
def snapshots(monkeypatch):
    calls = []

    def snapshot_download(**arguments):
        calls.append(arguments)
        folder = Path(arguments["local_dir"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.safetensors").write_bytes(b"weights")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    return calls


def test_a_pinned_repository_is_brought_at_its_revision(model_settings, snapshots):
    folder = fetch(hub_model(revision=COMMIT), model_settings)
    assert (folder / "model.safetensors").read_bytes() == b"weights"
    assert snapshots[0]["repo_id"] == "nobody/toy"
    assert snapshots[0]["revision"] == COMMIT
    assert "*.safetensors" in snapshots[0]["allow_patterns"]
    assert not any("bin" in pattern for pattern in snapshots[0]["allow_patterns"])


def test_an_unpinned_repository_is_refused_with_what_to_do(model_settings, snapshots):
    with pytest.raises(WeightsError) as caught:
        fetch(hub_model(), model_settings)
    line = caught.value.one_line()
    assert "toy has no pinned revision at hub nobody/toy" in line
    assert "workbench models fetch toy --revision COMMIT" in line
    assert snapshots == []


def test_an_unpinned_repository_is_brought_at_the_revision_that_is_named(model_settings, snapshots):
    fetch(hub_model(), model_settings, revision=COMMIT)
    assert snapshots[0]["revision"] == COMMIT


def test_a_hub_that_refuses_is_said_in_one_line(model_settings, monkeypatch):
    def refusing(**_):
        raise ConnectionError("no route\nto the host")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refusing)
    with pytest.raises(WeightsError) as caught:
        fetch(hub_model(revision=COMMIT), model_settings)
    assert "hub nobody/toy: ConnectionError: no route to the host" in caught.value.one_line()


def test_a_full_disk_during_a_download_is_said(model_settings, monkeypatch):
    def full(**_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", full)
    with pytest.raises(ResourceError, match="disk full"):
        fetch(hub_model(revision=COMMIT), model_settings)


def test_one_file_of_a_repository_needs_no_revision_for_its_hash_is_known(
    model_settings, monkeypatch
):
    calls = []

    def hf_hub_download(**arguments):
        calls.append(arguments)
        path = Path(arguments["local_dir"]) / arguments["filename"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CONTENT)
        return str(path)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", hf_hub_download)
    monkeypatch.setattr(fetching, "run_child", lambda *_: None)
    source = {"kind": "hub", "repository": "nobody/toy-GGUF", "file": "toy.gguf"}
    fetch(parted_model(CONTENT, sources=[source]), model_settings)
    assert (calls[0]["repo_id"], calls[0]["filename"]) == ("nobody/toy-GGUF", "toy.gguf")
    assert calls[0]["revision"] is None


def test_a_repository_s_file_that_cannot_be_had_is_said(model_settings, monkeypatch):
    def refusing(**_):
        raise ValueError("gone")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", refusing)
    source = {"kind": "hub", "repository": "nobody/toy-GGUF", "file": "toy.gguf"}
    with pytest.raises(WeightsError, match="ValueError: gone"):
        fetch(parted_model(CONTENT, sources=[source]), model_settings)


def test_a_hub_out_of_reach_is_said_plainly(model_settings, monkeypatch):
    def unreachable(**_):
        raise huggingface_hub.errors.LocalEntryNotFoundError("a long text about local caches")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", unreachable)
    with pytest.raises(WeightsError, match="hub nobody/toy: the hub cannot be reached"):
        fetch(hub_model(revision=COMMIT), model_settings)


def test_a_growing_download_is_reported(model_settings, monkeypatch):
    grown = threading.Event()
    seen = []

    def report(phase, done, total):
        seen.append((phase, done, total))
        if done == 300:
            grown.set()

    def slow(**arguments):
        folder = Path(arguments["local_dir"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.safetensors").write_bytes(b"x" * 300)
        assert grown.wait(30)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", slow)
    monkeypatch.setattr(hub, "WATCH_S", 0.01)
    fetch(hub_model(revision=COMMIT), model_settings, report)
    assert ("download", 300, 1_000) in seen


def test_the_hub_library_says_nothing_and_is_left_as_it_was(model_settings, snapshots, monkeypatch):
    during = []

    def recording(**arguments):
        during.append(huggingface_hub.utils.are_progress_bars_disabled())
        Path(arguments["local_dir"]).mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", recording)
    before = huggingface_hub.utils.are_progress_bars_disabled()
    fetch(hub_model(revision=COMMIT), model_settings)
    assert during == [True]
    assert huggingface_hub.utils.are_progress_bars_disabled() == before
