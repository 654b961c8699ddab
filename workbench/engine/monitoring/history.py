"""How many lines are usual at a time: those of the same hours of other days, and those just before.

A rate swings with the day, so that neither the mean of all windows nor how much they vary around it
tells what a window should hold. Both kinds of prediction are tried on every quiet window before
they judge one: how far off they were is their dispersion. It holds the clumps of lines, the swing
within the hour, growth and differences of the days.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri

from workbench.engine.monitoring.log import Numbers
from workbench.engine.monitoring.rates import Floats

_DAY_S, _HOUR_S = 86_400.0, 3600.0
_AROUND_S = 1800.0
"""How long before and after a time of day windows of other days count as the same hours."""
_SAME = 0.5
"""Of the lines of the hours around it other days must hold this share in the stretch itself."""
_DAYS = 7
_FEWEST_A_DAY = 4
"""With fewer windows a day there are no same hours."""
_LEAST = 3
"""Fewer windows than this predict nothing."""
_TRIED = 5
"""With fewer tries the dispersion is that of all windows around their mean."""
_CARE = 0.05
"""A dispersion is taken at the upper end of its interval, of this error."""


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """What some quiet windows held, for each unit.

    Attributes:
        lines: How many lines.
        windows: In how many windows; 0 where they tell nothing.
        clumps: The dispersion of what they predict, at least 1.
    """

    lines: Floats
    windows: Floats
    clumps: Floats


class _Tries:
    """How far off predictions were."""

    def __init__(self, units: int) -> None:
        self.squares, self.expected, self.count = (np.zeros(units) for _ in range(3))

    def add(self, counts: Numbers, lines: Floats, windows: Floats, tried: Floats) -> None:
        """Compare counts of one window with what was predicted, where it was tried."""
        told = tried * (windows > 0)
        expected = lines / np.maximum(windows, 1)
        self.squares += told * (counts - expected) ** 2 / (1 + 1 / np.maximum(windows, 1))
        self.expected += told * expected
        self.count += told * (expected > 0)

    def clumps(self) -> Floats:
        """Return the upper end of Pearson's statistic by its degrees of freedom, at least 1."""
        count = np.maximum(self.count, 1)
        least = np.asarray(chdtri(count, 1 - _CARE), dtype=np.float64)
        statistic = self.squares / np.maximum(self.expected, 1e-9) * count
        return np.asarray(np.maximum(1.0, statistic / least), dtype=np.float64)


class History:
    """The quiet windows so far, of each unit its own.

    Args:
        units: How many units there are.
        windows: How many windows may be learned.
        seconds: The length of a window.
    """

    def __init__(self, units: int, windows: int, seconds: float) -> None:
        self.learned = 0
        self._rows = np.arange(units)
        self._a_day = _DAY_S / seconds
        self._around = max(_AROUND_S / seconds, 0.5)
        self._near = max(_LEAST, int(np.ceil(_HOUR_S / seconds)))
        # Sums up to each window, by its number and by its number among the quiet ones.
        self._lines, self._quiet, self._packed = (
            np.zeros((units, windows + 1), dtype=np.int32) for _ in range(3)
        )
        self._by_hours, self._by_neighbours = _Tries(units), _Tries(units)
        self._squares = np.zeros(units)

    def learn(self, counts: Numbers, quiet: Numbers) -> None:
        """Add the next window.

        Args:
            counts: The lines of each unit.
            quiet: 1 for each unit that was quiet in it, 0 for the others.
        """
        now = self.learned
        begin = np.full(len(counts), float(now))
        told = self._predicted(begin, begin + 1)
        for tries, (lines, windows) in zip(
            (self._by_hours, self._by_neighbours), told, strict=True
        ):
            tries.add(counts, lines, windows, quiet.astype(np.float64))
        self._squares += quiet * counts.astype(np.float64) ** 2
        self._lines[:, now + 1] = self._lines[:, now] + quiet * counts
        self._quiet[:, now + 1] = self._quiet[:, now] + quiet
        self._packed[self._rows, self._quiet[:, now + 1]] = self._lines[:, now + 1]
        self.learned += 1

    @property
    def lines(self) -> Numbers:
        """The lines of each unit in all its quiet windows."""
        return np.asarray(self._lines[:, self.learned], dtype=np.int64)

    @property
    def windows(self) -> Numbers:
        """The quiet windows of each unit."""
        return np.asarray(self._quiet[:, self.learned], dtype=np.int64)

    def usual(self, begin: Floats, end: Floats) -> tuple[Usual, Usual]:
        """Return what the same hours of other days held, and the last quiet windows before.

        The windows before, at least an hour of them, are scaled by how the same hours of other
        days went on after them, where other days tell.

        Args:
            begin: When a stretch of time begins for each unit, in windows from the first learned.
            end: When it ends.
        """
        hours, before = self._predicted(begin, end)
        hours = (hours[0] * (1 - self._steps_down(begin, end, hours)), hours[1])
        return self._usual(hours, self._by_hours), self._usual(before, self._by_neighbours)

    def whole(self) -> Usual:
        """Return what all quiet windows held; the daily swing is within their dispersion."""
        lines, windows = self.lines.astype(np.float64), self.windows.astype(np.float64)
        return Usual(lines, windows * (windows >= _LEAST), self._overall())

    def _usual(self, told: tuple[Floats, Floats], tries: _Tries) -> Usual:
        clumps = np.where(tries.count >= _TRIED, tries.clumps(), self._overall())
        return Usual(told[0], told[1], clumps)

    def _overall(self) -> Floats:
        """Return the dispersion of all quiet windows around their mean, with care."""
        windows, lines = self.windows, np.maximum(self.lines, 1)
        freedom = np.maximum(windows - 1, 1)
        statistic = self._squares * windows / lines - lines
        least = np.asarray(chdtri(freedom, 1 - _CARE), dtype=np.float64)
        return np.asarray(np.maximum(1.0, statistic / least), dtype=np.float64)

    def _same_hours(self, begin: Floats, end: Floats) -> tuple[Floats, Floats]:
        return self._other_days(begin, end, self._around)

    def _steps_down(self, begin: Floats, end: Floats, hours: tuple[Floats, Floats]) -> Floats:
        """Return 1 where other days were quiet just then, as a service that closes, and else 0."""
        lines, windows = self._other_days(begin, end, 0.0)
        return np.asarray(lines * hours[1] < _SAME * windows * hours[0], dtype=np.float64)

    def _other_days(self, begin: Floats, end: Floats, around: float) -> tuple[Floats, Floats]:
        """Return lines and windows of other days, with what lies around a stretch."""
        lines, windows = np.zeros(len(begin)), np.zeros(len(begin))
        if self._a_day < _FEWEST_A_DAY or not len(begin):
            return lines, windows
        # The last days that were learned; a baseline may lie on any day, also a later one.
        nearest = int(np.floor((float(end.min()) - self.learned) / self._a_day))
        for days in range(nearest, nearest + _DAYS + 2):
            back = days * self._a_day
            first = np.ceil(begin - back - around - 0.5)
            last = np.floor(end - back + around - 0.5) + 1
            # A stretch must not be judged by itself.
            other = (last <= np.floor(begin)) | (first >= np.ceil(end))
            low = np.clip(first, 0, self.learned).astype(np.int64)
            high = np.clip(last, 0, self.learned).astype(np.int64)
            lines += other * (self._lines[self._rows, high] - self._lines[self._rows, low])
            windows += other * (self._quiet[self._rows, high] - self._quiet[self._rows, low])
        return lines * (windows >= 1), windows

    def _predicted(
        self, begin: Floats, end: Floats
    ) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
        """Return lines and windows by the same hours, and by the windows before."""
        hours, before = self._same_hours(begin, end), self._just_before(begin)
        earlier = self._same_hours(begin - self._near, begin)
        return hours, _scaled(before, hours, earlier)

    def _just_before(self, begin: Floats) -> tuple[Floats, Floats]:
        now = np.clip(np.floor(begin), 0, self.learned).astype(np.int64)
        last = self._quiet[self._rows, now]
        first = np.maximum(last - self._near, 0)
        windows = (last - first).astype(np.float64)
        windows *= windows >= _LEAST
        lines = self._packed[self._rows, last] - self._packed[self._rows, first]
        return lines * (windows > 0), windows


def _scaled(
    before: tuple[Floats, Floats], now: tuple[Floats, Floats], earlier: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Return the windows before, scaled by other days' step from the earlier hours to these.

    A product of three rates tells as much as a count whose relative variance is the sum of theirs.
    """
    known = (before[0] > 0) & (now[0] > 0) & (earlier[0] > 0)
    counts = [np.where(known, one[0], 1.0) for one in (before, now, earlier)]
    rates = [
        count / np.where(known, one[1], 1.0)
        for count, one in zip(counts, (before, now, earlier), strict=True)
    ]
    lines = 1 / sum(1 / count for count in counts)
    windows = lines / (rates[0] * rates[1] / rates[2])
    return np.where(known, lines, before[0]), np.where(known, windows, before[1])
