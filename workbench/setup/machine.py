"""Whether this machine can run the workbench, and the one command that mends each fault."""

import ctypes
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import ResourceError

GB = 10**9
TOOLS = ("make", "git")
OLDEST_GLIBC = (2, 28)
"""The oldest C library that the wheels are built for (manylinux_2_28)."""


@dataclass(frozen=True)
class Needs:
    """What set-up needs of a machine, in bytes."""

    disk: int
    memory: int
    temporary: int = 2 * GB
    """Space in the folder for temporary files, where it is not on the checkout's disk."""


FIRST_TIME = {"cpu": Needs(14 * GB, 12 * GB), "cuda": Needs(30 * GB, 12 * GB)}
"""Packages, model, database and index of a first set-up, by accelerator. The figure for CUDA is an
estimate: its packages unpack to about 10 GB and its smallest models are larger."""
AGAIN = Needs(2 * GB, 12 * GB)
"""For an environment that has most of its packages already."""


@dataclass(frozen=True)
class Machine:
    """The facts about a machine that decide whether the workbench runs on it."""

    system: str
    architecture: str
    glibc: tuple[int, int] | None
    tools: frozenset[str]
    has_numa: bool
    has_ensurepip: bool
    disk: int
    """Free bytes where the checkout lies."""
    temporary: int | None
    """Free bytes for temporary files; `None` where that is the same disk."""
    memory: int
    """Bytes of memory that may be used, container limits counted."""


def inspect(root: Path) -> Machine:
    """Look at this machine.

    Args:
        root: The checkout, whose disk counts.
    """
    temporary = Path(tempfile.gettempdir())
    same_disk = temporary.stat().st_dev == root.stat().st_dev
    return Machine(
        system=sys.platform,
        architecture=platform.machine(),
        glibc=_glibc(),
        tools=frozenset(tool for tool in TOOLS if shutil.which(tool)),
        has_numa=_has_library("libnuma.so.1"),
        has_ensurepip=importlib.util.find_spec("ensurepip") is not None,
        disk=shutil.disk_usage(root).free,
        temporary=None if same_disk else shutil.disk_usage(temporary).free,
        memory=_memory(Path("/proc/meminfo"), Path("/sys/fs/cgroup/memory.max")),
    )


def faults(machine: Machine, needs: Needs, accelerator: str) -> list[ResourceError]:
    """Return what is wrong with a machine, each fault with the command that mends it."""
    return _platform_faults(machine) + _tool_faults(machine, accelerator) + _sizes(machine, needs)


def _platform_faults(machine: Machine) -> list[ResourceError]:
    if (machine.system, machine.architecture) != ("linux", "x86_64"):
        here = f"{machine.system} {machine.architecture}"
        return [ResourceError(f"this is {here}", "use Linux x86-64, the only platform supported")]
    if machine.glibc is None or machine.glibc < OLDEST_GLIBC:
        found = "no glibc" if machine.glibc is None else f"glibc {_dotted(machine.glibc)}"
        hint = f"use a system with glibc {_dotted(OLDEST_GLIBC)} or newer, such as Debian 11"
        return [ResourceError(f"this system has {found}", hint)]
    return []


def _tool_faults(machine: Machine, accelerator: str) -> list[ResourceError]:
    found = [
        ResourceError(f"{tool} is missing", f"sudo apt-get install {tool}")
        for tool in TOOLS
        if tool not in machine.tools
    ]
    if accelerator == "cpu" and not machine.has_numa:
        hint = "sudo apt-get install libnuma1"
        found.append(ResourceError("the library libnuma.so.1 is missing", hint))
    if not machine.has_ensurepip:
        hint = "sudo apt-get install python3.11-venv"
        found.append(ResourceError("this Python cannot make virtual environments", hint))
    return found


def _sizes(machine: Machine, needs: Needs) -> list[ResourceError]:
    found = []
    if machine.disk < needs.disk:
        text = f"{_gb(machine.disk)} of disk are free here and {_gb(needs.disk)} are needed"
        found.append(ResourceError(text, "free some; see what is used with: df -h ."))
    if machine.temporary is not None and machine.temporary < needs.temporary:
        folder = tempfile.gettempdir()
        text = (
            f"{_gb(machine.temporary)} are free in {folder} and {_gb(needs.temporary)} are needed"
        )
        found.append(ResourceError(text, "export TMPDIR=/a/larger/folder"))
    if machine.memory < needs.memory:
        text = (
            f"this machine has {_gb(machine.memory)} of memory and {_gb(needs.memory)} are needed"
        )
        found.append(ResourceError(text, "use a larger one, or raise the container's limit"))
    return found


def _glibc() -> tuple[int, int] | None:
    try:
        name, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").split()
        major, minor = version.split(".")[:2]
        return (int(major), int(minor)) if name == "glibc" else None
    except ValueError:
        return None


def _has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _memory(meminfo: Path, limit: Path) -> int:
    """Return the machine's memory, or the control group's limit where that is smaller."""
    total = 1024 * int(meminfo.read_text().split("MemTotal:")[1].split()[0])
    text = limit.read_text().strip() if limit.is_file() else "max"
    return min(total, int(text)) if text.isdecimal() else total


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def _gb(size: int) -> str:
    return f"{size / GB:.1f} GB"
