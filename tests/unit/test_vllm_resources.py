"""Cores and memory under both versions of cgroups."""

import os

import pytest

from workbench.services.vllm import resources

GIB = 1024**3


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine of eight cores and 16 GiB, of which 8 are free, described by files."""
    proc, root = tmp_path / "proc", tmp_path / "cgroup"
    (proc / "self").mkdir(parents=True)
    root.mkdir()
    (proc / "meminfo").write_text(f"MemTotal: {16 * 2**20} kB\nMemAvailable: {8 * 2**20} kB\n")
    (proc / "self" / "cgroup").write_text("0::/\n")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {7, 1, 3, 5})
    return root, proc


def write(folder, **files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


def test_without_limits_the_affinity_and_the_machine_count(machine):
    root, proc = machine
    assert resources.usable_cores(root, proc) == [1, 3, 5, 7]
    assert resources.available_memory(root, proc) == 8 * GIB


@pytest.mark.parametrize(("quota", "cores"), [("250000 100000", 2), ("50000 100000", 1)])
def test_a_quota_of_version_2(machine, quota, cores):
    root, proc = machine
    (proc / "self" / "cgroup").write_text("0::/user/me\n")
    write(root / "user", cpu__max=quota)
    write(root / "user" / "me", cpu__max="max 100000")
    assert len(resources.usable_cores(root, proc)) == cores


def test_a_quota_of_version_1(machine):
    root, proc = machine
    (proc / "self" / "cgroup").write_text("3:cpu,cpuacct:/box\n0::/\n")
    write(root / "cpu" / "box", cpu__cfs_quota_us="300000", cpu__cfs_period_us="100000")
    assert resources.usable_cores(root, proc) == [1, 3, 5]
    write(root / "cpu" / "box", cpu__cfs_quota_us="-1")
    assert resources.usable_cores(root, proc) == [1, 3, 5, 7]


def test_a_memory_limit_of_version_2_gives_cached_files_back(machine):
    root, proc = machine
    (proc / "self" / "cgroup").write_text("0::/box\n")
    write(
        root / "box",
        memory__max=str(4 * GIB),
        memory__current=str(3 * GIB),
        memory__stat=f"anon 1\ninactive_file {GIB}\n",
    )
    assert resources.available_memory(root, proc) == 2 * GIB


def test_a_memory_limit_of_version_1(machine):
    root, proc = machine
    (proc / "self" / "cgroup").write_text("4:memory:/box\n0::/\n")
    write(
        root / "memory" / "box",
        memory__limit_in_bytes=str(2 * GIB),
        memory__usage_in_bytes=str(GIB),
        memory__stat="total_inactive_file 0\n",
    )
    assert resources.available_memory(root, proc) == GIB


def test_a_limit_larger_than_the_machine_does_not_count(machine):
    root, proc = machine
    (proc / "self" / "cgroup").write_text("4:memory:/\n")
    write(root / "memory", memory__limit_in_bytes="9223372036854771712", memory__usage_in_bytes="0")
    assert resources.available_memory(root, proc) == 8 * GIB
