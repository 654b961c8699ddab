"""Which packages this machine gets: those for a CPU or those for an NVIDIA GPU."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from workbench.errors import ConfigError

VARIABLE = "WORKBENCH_ACCELERATOR"
CHOICES = ("cpu", "cuda")


def choose_accelerator(
    environment: Mapping[str, str] = os.environ,
    driver: Path = Path("/proc/driver/nvidia/gpus"),
    devices: Path = Path("/dev"),
) -> str:
    """Return "cuda" on a machine with a usable NVIDIA GPU, else "cpu".

    The driver's list alone is not enough: a container without access to the GPUs of its host shows
    it too, but has no device files.

    Args:
        environment: `WORKBENCH_ACCELERATOR` in it overrides what is found.
        driver: Where the NVIDIA driver lists its GPUs.
        devices: Where device files lie.

    Raises:
        ConfigError: The override is neither "cpu" nor "cuda".
    """
    named = environment.get(VARIABLE, "")
    if named:
        if named not in CHOICES:
            raise ConfigError(f"{VARIABLE} is {named!r}", "set it to cpu or cuda, or unset it")
        return named
    if driver.is_dir() and any(driver.iterdir()) and any(devices.glob("nvidia[0-9]*")):
        return "cuda"
    return "cuda" if _listed_by_tool(environment.get("PATH")) else "cpu"


def _listed_by_tool(path: str | None) -> bool:
    """Ask `nvidia-smi`, which also knows GPUs that have no device files (WSL)."""
    tool = shutil.which("nvidia-smi", path=path)
    if tool is None:
        return False
    try:
        done = subprocess.run([tool, "-L"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.startswith("GPU ")
