import os
from dataclasses import replace

import pytest

from workbench.errors import ConfigError
from workbench.setup import machine
from workbench.setup.accelerator import choose_accelerator
from workbench.setup.machine import FIRST_TIME, GB, Machine

GOOD = Machine(
    system="linux",
    architecture="x86_64",
    glibc=(2, 36),
    tools=frozenset({"make", "git"}),
    has_numa=True,
    has_ensurepip=True,
    disk=14 * GB,
    temporary=None,
    memory=12 * GB,
)


def lines(found, accelerator="cpu"):
    faults = machine.faults(found, FIRST_TIME["cpu"], accelerator)
    return [fault.one_line() for fault in faults]


def test_a_machine_with_just_enough_has_no_fault():
    assert lines(GOOD) == []


@pytest.mark.parametrize(
    ("change", "message", "remedy"),
    [
        ({"system": "darwin"}, "this is darwin x86_64", "use Linux x86-64"),
        ({"architecture": "aarch64"}, "this is linux aarch64", "use Linux x86-64"),
        ({"glibc": (2, 27)}, "this system has glibc 2.27", "glibc 2.28 or newer"),
        ({"glibc": None}, "this system has no glibc", "glibc 2.28 or newer"),
        ({"tools": frozenset({"git"})}, "make is missing", "sudo apt-get install make"),
        ({"tools": frozenset({"make"})}, "git is missing", "sudo apt-get install git"),
        ({"has_numa": False}, "libnuma.so.1 is missing", "sudo apt-get install libnuma1"),
        ({"has_ensurepip": False}, "virtual environments", "install python3.11-venv"),
        ({"disk": 14 * GB - 10**8}, "13.9 GB of disk are free here and 14.0 GB", "df -h ."),
        ({"temporary": GB}, "1.0 GB are free in", "export TMPDIR="),
        ({"memory": 8 * GB}, "this machine has 8.0 GB of memory", "use a larger one"),
    ],
)
def test_each_fault_is_one_line_with_its_remedy(change, message, remedy):
    (line,) = lines(replace(GOOD, **change))
    assert message in line
    assert remedy in line
    assert "\n" not in line


def test_all_faults_are_told_at_once():
    assert len(lines(replace(GOOD, tools=frozenset(), has_numa=False, memory=GB))) == 4


def test_libnuma_is_not_needed_beside_a_gpu():
    assert lines(replace(GOOD, has_numa=False), "cuda") == []


def test_this_machine_is_seen_as_it_is(tmp_path):
    found = machine.inspect(tmp_path)
    assert (found.system, found.architecture) == ("linux", "x86_64")
    assert found.glibc is not None
    assert found.glibc >= (2, 28)
    assert found.disk == pytest.approx(os.statvfs(tmp_path).f_bavail * 4096, rel=0.2)
    assert found.memory > GB


@pytest.mark.parametrize(
    ("limit", "expected"),
    [("max", 4096 * 1024), ("1048576", 1048576), (None, 4096 * 1024)],
)
def test_memory_is_what_the_container_may_use(tmp_path, limit, expected):
    meminfo, group = tmp_path / "meminfo", tmp_path / "memory.max"
    meminfo.write_text("MemTotal:        4096 kB\nMemFree:  1 kB\n")
    if limit is not None:
        group.write_text(limit + "\n")
    assert machine._memory(meminfo, group) == expected


def test_a_library_that_is_not_there_is_not_found():
    assert not machine._has_library("libnotthere.so.1")
    assert machine._has_library("libc.so.6")


@pytest.fixture
def gpu_files(tmp_path):
    driver, devices = tmp_path / "gpus", tmp_path / "dev"
    (driver / "0000:01:00.0").mkdir(parents=True)
    devices.mkdir()
    (devices / "nvidia0").touch()
    return driver, devices


def test_a_gpu_with_its_device_file_gets_cuda(gpu_files):
    assert choose_accelerator({}, *gpu_files) == "cuda"


def test_a_container_without_access_to_the_gpu_is_a_cpu_machine(gpu_files):
    driver, devices = gpu_files
    (devices / "nvidia0").unlink()
    (devices / "nvidiactl").touch()
    assert choose_accelerator({"PATH": "/nonexistent"}, driver, devices) == "cpu"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo 'GPU 0: NVIDIA H100 (UUID: GPU-1)'", "cuda"),
        ("echo 'NVIDIA-SMI has failed'; exit 9", "cpu"),
        ("echo 'No devices were found'", "cpu"),
    ],
)
def test_nvidia_smi_decides_where_there_are_no_files(tmp_path, script, expected):
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f'#!/bin/sh\n[ "$1" = -L ] || exit 3\n{script}\n')
    tool.chmod(0o755)
    environment = {"PATH": str(tmp_path)}
    assert choose_accelerator(environment, tmp_path / "none", tmp_path) == expected


def test_a_broken_nvidia_smi_means_cpu(tmp_path):
    tool = tmp_path / "nvidia-smi"
    tool.write_bytes(b"\x7fELF")
    tool.chmod(0o755)
    assert choose_accelerator({"PATH": str(tmp_path)}, tmp_path / "none", tmp_path) == "cpu"


def test_the_variable_overrides_what_is_found(gpu_files):
    assert choose_accelerator({"WORKBENCH_ACCELERATOR": "cpu"}, *gpu_files) == "cpu"
    with pytest.raises(ConfigError, match="'gpu'"):
        choose_accelerator({"WORKBENCH_ACCELERATOR": "gpu"}, *gpu_files)
