"""Cutting a log into windows of equal length, in spite of lines out of order and wrong clocks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.engine.monitoring.log import Log, Numbers
from workbench.errors import UsageError

MAX_WINDOWS = 50_000
"""Windows of five minutes over half a year; a longer log is one with a wrong clock."""
_STRAY_SHARE = 0.005
"""At most this share of lines, but one at least, may be ahead of or behind all others."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Which line lies in which window; those of a baseline file come first.

    Attributes:
        seconds: The length of a window.
        of_line: The number of each line's window, -1 for a line that was set aside.
        baseline: How many windows the baseline file has.
        count: How many windows there are in all, empty ones among them.
        start: When the first window after the baseline begins, in seconds since 1970.
        first_covered: Which part of that window the log covers, from 0 to 1; it may begin within.
        set_aside: How many lines have a clock that is far off.
        baseline_start: When the first window of the baseline begins, like `start`.
    """

    seconds: float
    of_line: Numbers
    baseline: int
    count: int
    start: float
    first_covered: float
    set_aside: int
    baseline_start: float

    def bounds(self, window: int) -> tuple[float, float]:
        """Return when a window after the baseline begins and ends."""
        begin = self.start + (window - self.baseline) * self.seconds
        return begin, begin + self.seconds


def cut_windows(log: Log, minutes: float) -> Windows:
    """Cut a log into windows that end with its last line, so that the last one is whole.

    Args:
        log: The log; its lines need not be in order.
        minutes: The length of a window.

    Raises:
        UsageError: There would be more windows than can be looked at.
    """
    seconds = minutes * 60.0
    before, after = log.times[: log.baseline], log.times[log.baseline :]
    first, count_before, _ = _cut(before, seconds)
    second, count, covered = _cut(after, seconds)
    of_line = np.concatenate([first, np.where(second < 0, -1, second + count_before)])
    return Windows(
        seconds=seconds,
        of_line=of_line,
        baseline=count_before,
        count=count_before + count,
        start=_start(after, second, count, seconds),
        first_covered=covered,
        set_aside=int((of_line < 0).sum()),
        baseline_start=_start(before, first, count_before, seconds),
    )


def _start(times: NDArray[np.float64], numbers: Numbers, count: int, seconds: float) -> float:
    """Return when the first of some windows begins; they end with the last line."""
    kept = times[numbers >= 0]
    return float(kept.max()) - count * seconds if len(kept) else 0.0


def _cut(times: NDArray[np.float64], seconds: float) -> tuple[Numbers, int, float]:
    """Return each line's window, how many there are, and which part of the first is covered."""
    stray = stray_lines(times, seconds)
    kept = times[~stray]
    if not len(kept):
        return np.full(len(times), -1, dtype=np.int64), 0, 0.0
    end, span = kept.max(), float(kept.max() - kept.min())
    count = int(span // seconds) + 1
    if count > MAX_WINDOWS:
        raise UsageError(
            f"the log spans {span / 86_400:,.0f} days, {count:,} windows",
            f"cut the log or take longer windows; {MAX_WINDOWS:,} are the most",
        )
    age = np.minimum((end - np.where(stray, end, times)) // seconds, count - 1)
    numbers = np.where(stray, -1, count - 1 - age).astype(np.int64)
    return numbers, count, span / seconds - (count - 1)


def stray_lines(times: NDArray[np.float64], seconds: float) -> NDArray[np.bool_]:
    """Tell the lines whose clock is off.

    A few lines, separated from all others by more than a window, are off when the order in the
    file contradicts their times: a line that claims to be the last but is followed by others, or
    the first but comes after others. Without that sign a silence must have been real.

    Args:
        times: In the order of the file.
        seconds: The length of a window.
    """
    stray = np.zeros(len(times), dtype=bool)
    most = max(1, int(len(times) * _STRAY_SHARE))
    if len(times) < 3:
        return stray
    order = np.argsort(times, kind="stable")
    gaps = np.flatnonzero(np.diff(times[order]) > seconds) + 1
    late = [order[gap:] for gap in gaps[gaps >= len(times) - most]]
    early = [order[:gap] for gap in gaps[gaps <= most]]
    for lines in late:
        stray[lines] |= lines.max() < len(times) - 1
    for lines in early:
        stray[lines] |= lines.min() > 0
    return stray
