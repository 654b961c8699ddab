"""What a run uses: the disk that a folder takes, now and at its peak, and the network."""

import os
import stat
import threading
from pathlib import Path
from types import TracebackType

PERIOD_S = 15.0
"""How often the peak is measured, in seconds: walking an environment takes about one."""


def size_of(folder: Path) -> int:
    """Return the bytes on disk of all files under `folder`; 0 where there is none.

    Files with several names count once. What vanishes during the walk counts nothing.
    """
    total = 0
    seen: set[tuple[int, int]] = set()
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                status = os.lstat(os.path.join(parent, name))  # noqa: PTH118 - four times as fast
            except FileNotFoundError:
                continue
            identity = (status.st_dev, status.st_ino)
            if stat.S_ISREG(status.st_mode) and identity not in seen:
                seen.add(identity)
                total += status.st_blocks * 512
    return total


def received(table: Path = Path("/proc/net/dev")) -> int:
    """Return the bytes that this machine has received from others since it started.

    Args:
        table: The kernel's table of network interfaces.
    """
    total = 0
    for line in table.read_text().splitlines()[2:]:
        name, _, figures = line.partition(":")
        if name.strip() != "lo":
            total += int(figures.split()[0])
    return total


class PeakDisk:
    """Measures a folder again and again while a `with` block runs.

    Args:
        folder: What to measure.
        period_s: Seconds between measurements.

    Attributes:
        peak: The largest size seen, in bytes.
    """

    def __init__(self, folder: Path, period_s: float = PERIOD_S) -> None:
        self.peak = 0
        self._folder = folder
        self._period_s = period_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "PeakDisk":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._measure()

    def _watch(self) -> None:
        while not self._ended.wait(self._period_s):
            self._measure()

    def _measure(self) -> None:
        self.peak = max(self.peak, size_of(self._folder))
