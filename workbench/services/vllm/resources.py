"""The cores and the memory that this process may use, cgroup limits included."""

import os
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")
_PROC = Path("/proc")


def usable_cores(root: Path = _CGROUPS, proc: Path = _PROC) -> list[int]:
    """Return the ids of the cores to compute on.

    They come from the process's affinity, cut to the whole cores of its cgroup's CPU quota: more
    threads than that would be throttled together. At least one core is returned.
    """
    cores = sorted(os.sched_getaffinity(0))
    quota = _cpu_quota(root, proc)
    return cores if quota is None else cores[: max(1, int(quota))]


def available_memory(root: Path = _CGROUPS, proc: Path = _PROC) -> int:
    """Return the bytes that can be allocated: the machine's, or what the cgroup leaves of them."""
    lines = (line.split() for line in (proc / "meminfo").read_text().splitlines())
    values = {words[0].rstrip(":"): int(words[1]) * 1024 for words in lines}
    free = values["MemAvailable"]
    for limit_name, used_name, controller in (
        ("memory.max", "memory.current", ""),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "memory"),
    ):
        for folder in _cgroup_folders(root, controller, proc):
            limit, used = _number(folder / limit_name), _number(folder / used_name)
            if limit is not None and used is not None:
                free = min(free, max(0, limit - used + _file_cache(folder)))
    return free


def _cpu_quota(root: Path, proc: Path) -> float | None:
    quotas: list[float] = []
    for folder in _cgroup_folders(root, "", proc):
        words = _words(folder / "cpu.max")
        if len(words) == 2 and words[0] != "max":
            quotas.append(int(words[0]) / int(words[1]))
    for folder in _cgroup_folders(root, "cpu", proc):
        quota, period = _number(folder / "cpu.cfs_quota_us"), _number(folder / "cpu.cfs_period_us")
        if quota and period and quota > 0:
            quotas.append(quota / period)
    return min(quotas, default=None)


def _cgroup_folders(root: Path, controller: str, proc: Path) -> list[Path]:
    """Return this process's cgroup and its parents, under version 2 ("") or a v1 controller."""
    base = root / controller if controller else root
    for line in (proc / "self" / "cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(",") or (not controller and not controllers):
            group = base / path.lstrip("/")
            return [folder for folder in (group, *group.parents) if folder.is_relative_to(base)]
    return []


def _file_cache(folder: Path) -> int:
    """Return the bytes of cached files that the kernel gives back when memory is asked for."""
    for line in _lines(folder / "memory.stat"):
        name, _, value = line.partition(" ")
        if name in ("inactive_file", "total_inactive_file"):
            return int(value)
    return 0


def _number(path: Path) -> int | None:
    words = _words(path)
    return int(words[0]) if words and words[0].lstrip("-").isdigit() else None


def _words(path: Path) -> list[str]:
    return " ".join(_lines(path)).split()


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
