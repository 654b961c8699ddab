"""Silence: a service, or a component that its lines name, writes nearly nothing.

Two tests look for it: the lines of a whole window, and the time from the last line to the window's
end, which may have begun within the window or long before it. The second is fair too: at a moment
that does not depend on the lines, the time since the last of them is as long by chance as any.

What is usual is told by the same hours of other days and by the windows just before; where both
tell, the more careful one counts (intersection and union: the level is held when either is right).
"""

from dataclasses import dataclass

import numpy as np

from workbench.engine.monitoring.history import History, Usual
from workbench.engine.monitoring.log import Log, Numbers
from workbench.engine.monitoring.rates import Floats, lowered
from workbench.engine.monitoring.units import find_units
from workbench.engine.monitoring.windows import Windows

QUIET_SHARE = 0.1
"""Silent is what writes at most this share of its usual lines."""
_LEAST_GAP = 0.5
"""The shortest silence, in windows: a pause, such as a restart's, is shorter."""
_LEAST_LINES = 20
"""A component with fewer lines so far is not judged."""
_OF_SERVICES, _OF_PARTS = 0.5, 0.5
"""The parts of the level; either is shared by its units and their two tests."""
_TESTS = 2
_SIZES = 24
"""Pauses are counted by the lines that are missing, in powers of two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """One unit's silence.

    Attributes:
        service: The number of the service.
        component: The number of the component, -1 for the service as a whole.
        count: The lines that were written.
        expected: The lines that are usual in that time.
        count0: The lines of the quiet windows that tell so.
        windows0: How many these are.
        begin: When it began, in seconds since 1970; `None` where the window's begin is meant.
        chance: How likely it is that a quiet window shows this, in this one test.
    """

    service: int
    component: int
    count: int
    expected: float
    count0: int
    windows0: int
    begin: float | None
    chance: float


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """Of each unit how likely its few lines are, and what tells so.

    Attributes:
        chance: How likely so few lines are in quiet times.
        expected: How many are usual.
        lines: How many the quiet windows held that tell so.
        windows: How many these are.
        known: 1 where other days tell of these hours, 0 elsewhere.
    """

    chance: Floats
    expected: Floats
    lines: Floats
    windows: Floats
    known: Numbers


class SilenceWatch:
    """Looks at the windows of a log one after the other, in their order.

    Args:
        log: The log.
        windows: Its windows; those of a baseline are learned and not judged.
        level: The chance that a quiet window is flagged, over all units and both tests.
    """

    def __init__(self, log: Log, windows: Windows, level: float) -> None:
        self._log, self._windows, self._level = log, windows, level
        self._units = find_units(log)
        self._service_of_line = log.series_service[log.series] if len(log.times) else log.texts
        count = len(self._units.service)
        self._history = History(count, windows.baseline or windows.count, windows.seconds)
        # Of windows whose hours no other day tells, and of the others.
        self._pauses, self._tried = np.zeros((2, count, _SIZES)), np.zeros((2, count))
        self._last, self._counts = np.zeros(count), np.zeros(count, dtype=np.int64)
        self._window, self._length = 0, 1.0

    def look(self, window: int, lines: Numbers) -> None:
        """Take the lines of the next window."""
        first = window in (0, self._windows.baseline)
        end = self._bounds(window)[1]
        partly = window == self._windows.baseline
        self._length = self._windows.first_covered if partly else 1.0
        if first:
            self._last[:] = end - self._length * self._windows.seconds
        self._window = window
        parts = self._units.of_line[lines]
        told = parts >= 0
        self._counts[:] = 0
        for units, times in (
            (self._service_of_line[lines], self._log.times[lines]),
            (parts[told], self._log.times[lines][told]),
        ):
            np.add.at(self._counts, units, 1)
            np.maximum.at(self._last, units, times)
        self._judge_both(end)

    def learn(self, faulty: set[tuple[int, int]]) -> None:
        """Count the window that was looked at as usual.

        Args:
            faulty: Services and components that were not; with component -1 all of the service.
        """
        quiet = np.ones(len(self._counts), dtype=np.int64)
        for service, component in faulty:
            of_unit = (self._units.component == component) | (component < 0)
            quiet[(self._units.service == service) & of_unit] = 0
        if self._length < 1:
            quiet[:] = 0
        self._note_pauses(quiet)
        self._history.learn(self._counts, quiet)

    def found(self) -> list[Silence]:
        """Return what is silent in the window that was looked at."""
        levels = self._levels()
        silent = self._few & (self._whole.chance <= levels)
        stopped = self._stopped & (self._since.chance <= levels)
        found = []
        for unit in np.flatnonzero(silent | stopped):
            by_gap = bool(stopped[unit] and not (silent[unit] and self._counts[unit]))
            told = self._since if by_gap else self._whole
            found.append(self._silence(int(unit), told, by_gap=by_gap))
        gone = {one.service for one in found if one.component < 0}
        return [one for one in found if one.component < 0 or one.service not in gone]

    def _judge_both(self, end: float) -> None:
        """Judge the lines of the window, and the time since the last line."""
        at, count = self._position(end), len(self._counts)
        lengths = np.full(count, self._length)
        self._whole = self._judge(self._counts, at - lengths, lengths)
        self._few = self._counts <= QUIET_SHARE * self._whole.expected
        gaps = np.maximum(end - self._last, 0.0) / self._windows.seconds
        self._since = self._judge(np.zeros_like(self._counts), at - gaps, gaps)
        self._stopped = gaps >= _LEAST_GAP

    def _bounds(self, window: int) -> tuple[float, float]:
        """Return when a window begins and ends, one of the baseline too."""
        if window >= self._windows.baseline:
            return self._windows.bounds(window)
        begin = self._windows.baseline_start + window * self._windows.seconds
        return begin, begin + self._windows.seconds

    def _position(self, moment: float) -> float:
        """Return a time in windows from the begin of what is learned."""
        own = not self._windows.baseline
        start = self._windows.start if own else self._windows.baseline_start
        return (moment - start) / self._windows.seconds

    def _levels(self) -> Floats:
        lines, parts = self._history.lines, self._units.component >= 0
        judged = lines >= np.where(parts, _LEAST_LINES, 1)
        shares = np.where(parts, _OF_PARTS, _OF_SERVICES)
        counts = np.where(parts, (judged & parts).sum(), (judged & ~parts).sum())
        return np.asarray(
            np.where(judged, self._level * shares / _TESTS / np.maximum(counts, 1), -1.0)
        )

    def _judge(self, counts: Numbers, begins: Floats, lengths: Floats) -> _Judged:
        """Judge counts of stretches of time, given in windows, by all that tells of them."""
        hours, other = self._history.usual(begins, begins + lengths)
        if self._window >= self._windows.baseline > 0:
            whole, none = self._history.whole(), hours.windows == 0
            other = Usual(whole.lines, whole.windows * none, whole.clumps)
        first, second = (_chances(counts, lengths, one) for one in (hours, other))
        more = (second.chance > first.chance) | (hours.windows == 0)
        chance, expected, lines, windows = (
            np.where(more, getattr(second, name), getattr(first, name))
            for name in ("chance", "expected", "lines", "windows")
        )
        known = (hours.windows > 0).astype(np.int64)
        chance = np.maximum(chance, self._share_of_pauses(known, expected))
        return _Judged(np.where(windows > 0, chance, 1.0), expected, lines, windows, known)

    def _note_pauses(self, quiet: Numbers) -> None:
        """Count how many lines are missing, where a quiet window is empty or ends in a pause."""
        missing = np.maximum(self._whole.expected * self._few, self._since.expected * self._stopped)
        known = self._whole.known
        self._tried[known, np.arange(len(quiet))] += quiet
        units = np.flatnonzero((quiet > 0) & (missing >= 1))
        self._pauses[known[units], units, _size(missing[units])] += 1

    def _share_of_pauses(self, known: Numbers, expected: Floats) -> Floats:
        """Return in which share of the quiet windows about as many lines or more were missing."""
        units = np.arange(len(expected))
        from_size = np.cumsum(self._pauses[:, :, ::-1], axis=2)[:, :, ::-1]
        many = from_size[known, units, _size(np.maximum(expected, 1.0))]
        return np.asarray(many / np.maximum(self._tried[known, units], 1))

    def _silence(self, unit: int, told: _Judged, *, by_gap: bool) -> Silence:
        return Silence(
            service=int(self._units.service[unit]),
            component=int(self._units.component[unit]),
            count=0 if by_gap else int(self._counts[unit]),
            expected=float(told.expected[unit]),
            count0=int(told.lines[unit]),
            windows0=int(told.windows[unit]),
            begin=float(self._last[unit]) if by_gap else None,
            chance=float(told.chance[unit]),
        )


def _size(missing: Floats) -> Numbers:
    return np.asarray(np.minimum(np.log2(missing), _SIZES - 1), dtype=np.int64)


def _chances(counts: Numbers, lengths: Floats, usual: Usual) -> _Judged:
    """Return how likely so few lines are by what was usual; 0, no doubt, where it tells nothing."""
    tells = usual.windows > 0
    lines, windows = np.maximum(usual.lines, 1e-9), np.maximum(usual.windows, 1e-9)
    chance = lowered(counts / usual.clumps, lengths, lines / usual.clumps, windows)
    expected = np.where(tells, usual.lines * lengths / windows, 0.0)
    chance = np.where(tells, chance, 0.0)
    return _Judged(chance, expected, usual.lines, usual.windows, tells.astype(np.int64))
