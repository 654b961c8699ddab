from pathlib import Path

import pytest

from workbench.errors import ResourceError
from workbench.setup.packages import (
    BATCH,
    Installer,
    Pin,
    drop_half_installed,
    missing_pins,
    read_lock,
)

TORCH = Pin("torch", "2.13.0+cpu")
NOT_OFFERED = "ERROR: No matching distribution found for torch==2.13.0+cpu"
NO_NETWORK = "WARNING: Retrying after connection broken by 'NewConnectionError(...)'"
INSTALL = ["/env/python", "-m", "pip", "install", "--no-deps"]


class Commands:
    """Stands for running pip: keeps the command lines and plays prepared results."""

    def __init__(self, *results):
        self.lines = []
        self._results = list(results)

    def __call__(self, command, on_line):
        self.lines.append(list(command))
        status, output = self._results.pop(0) if self._results else (0, [])
        for line in output:
            on_line(line)
        return status


def installer(commands):
    return Installer(Path("/env/python"), commands, ".venv/setup.log")


def test_torch_for_a_cpu_is_first_looked_for_where_pip_is_configured_to_look():
    commands = Commands()
    installer(commands).torch(TORCH, "cpu")
    assert commands.lines == [[*INSTALL, "torch==2.13.0+cpu"]]


def test_torch_for_a_cpu_then_comes_from_pytorchs_own_index():
    commands = Commands((1, [NOT_OFFERED]))
    installer(commands).torch(TORCH, "cpu")
    index = ["--extra-index-url", "https://download.pytorch.org/whl/cpu"]
    assert commands.lines == [
        [*INSTALL, "torch==2.13.0+cpu"],
        [*INSTALL, *index, "torch==2.13.0+cpu"],
    ]


@pytest.mark.parametrize("second", [[NOT_OFFERED], [NO_NETWORK, NOT_OFFERED]])
def test_a_cpu_machine_stops_rather_than_take_another_build(second):
    commands = Commands((1, [NOT_OFFERED]), (1, second))
    with pytest.raises(ResourceError) as caught:
        installer(commands).torch(TORCH, "cpu")
    assert len(commands.lines) == 2
    assert all(line[-1] == "torch==2.13.0+cpu" for line in commands.lines)
    assert "no index that pip reaches has torch==2.13.0+cpu" in caught.value.one_line()
    assert "pip config set global.find-links" in caught.value.hint


def test_without_network_no_other_index_is_tried():
    commands = Commands((1, [NO_NETWORK, NOT_OFFERED]))
    with pytest.raises(ResourceError, match="cannot be reached"):
        installer(commands).torch(TORCH, "cpu")
    assert len(commands.lines) == 1


def test_torch_for_cuda_is_compared_letter_by_letter():
    commands = Commands()
    installer(commands).torch(Pin("torch", "2.13.0"), "cuda")
    assert commands.lines == [[*INSTALL, "torch===2.13.0"]]


def test_torch_for_cuda_never_comes_from_the_cpu_index():
    commands = Commands((1, ["ERROR: No matching distribution found for torch===2.13.0"]))
    with pytest.raises(ResourceError, match="does not offer torch==="):
        installer(commands).torch(Pin("torch", "2.13.0"), "cuda")
    assert len(commands.lines) == 1


def test_packages_come_in_batches_and_are_counted():
    pins = [Pin(f"p{number}", "1") for number in range(BATCH + 2)]
    commands = Commands(
        (0, ["Collecting p0==1", "noise", "Collecting p1==1"]), (0, ["Collecting z"])
    )
    counts = []
    installer(commands).packages(pins, lambda done, total: counts.append((done, total)))
    assert [len(line) - len(INSTALL) for line in commands.lines] == [BATCH, 2]
    assert commands.lines[1] == [*INSTALL, f"p{BATCH}==1", f"p{BATCH + 1}==1"]
    assert counts == [(1, BATCH + 2), (2, BATCH + 2), (BATCH + 1, BATCH + 2)]


def test_a_failed_batch_ends_the_installation():
    pins = [Pin(f"p{number}", "1") for number in range(2 * BATCH)]
    commands = Commands((1, ["OSError: [Errno 28] No space left on device"]))
    with pytest.raises(ResourceError, match="the disk is full"):
        installer(commands).packages(pins, lambda done, total: None)
    assert len(commands.lines) == 1


def test_the_project_and_the_kernel():
    commands = Commands()
    installer(commands).project(Path("/checkout"))
    installer(commands).kernel()
    assert commands.lines[0] == [*INSTALL, "--no-build-isolation", "--editable", "/checkout"]
    assert commands.lines[1][:5] == ["/env/python", "-m", "ipykernel", "install", "--sys-prefix"]
    assert commands.lines[1][5:7] == ["--name", "workbench"]


def test_a_failing_kernel_is_told():
    with pytest.raises(ResourceError, match="notebook kernel failed: Error: no such option"):
        installer(Commands((2, ["Error: no such option"]))).kernel()


def test_a_lock_file_is_read_without_its_comments(tmp_path):
    lock = tmp_path / "cpu.lock"
    lock.write_text("# comment\n\na==1\nb-c==2.0+cpu\n")
    assert read_lock(lock) == [Pin("a", "1"), Pin("b-c", "2.0+cpu")]


def dist_info(folder, name, version, installer="pip\n"):
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    if installer:
        (info / "INSTALLER").write_text(installer)
    return info


def test_only_what_is_not_installed_in_that_version_is_missing(tmp_path):
    dist_info(tmp_path, "Same_Name", "1")
    dist_info(tmp_path, "older", "1")
    pins = [Pin("same-name", "1"), Pin("older", "2"), Pin("absent", "1")]
    assert missing_pins(pins, tmp_path) == pins[1:]


def test_nothing_is_installed_where_there_is_no_environment(tmp_path):
    assert missing_pins([TORCH], tmp_path / "none") == [TORCH]


def test_a_package_cut_off_during_installation_counts_as_absent(tmp_path):
    dist_info(tmp_path, "whole", "1")
    dist_info(tmp_path, "half", "1", installer="")
    (tmp_path / "empty-2.dist-info").mkdir()
    pins = [Pin("whole", "1"), Pin("half", "1"), Pin("empty", "2")]
    missing_pins(pins, tmp_path)
    assert drop_half_installed(tmp_path) == ["empty", "half"]
    assert missing_pins(pins, tmp_path) == pins[1:]
