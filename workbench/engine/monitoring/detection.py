"""What is unusual in a window, against a baseline: by exact tests with a stated false-alarm level.

A window makes several tests: of every service the share of error lines and its silence, of every
component its silence, and of every template its share of the service's lines. Each of these kinds
has its part of the level, which is divided by the number of its tests (Bonferroni with weights), so
that many templates do not hide a spike. A template that is too rare in baseline and window together
to be flagged makes no test.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.engine.monitoring.definition import IssueKind, Monitoring
from workbench.engine.monitoring.log import CRITICAL, Log, Numbers
from workbench.engine.monitoring.rates import raised
from workbench.engine.monitoring.reference import Counts, Reference
from workbench.engine.monitoring.silence import Silence, SilenceWatch
from workbench.engine.monitoring.windows import Windows

_OF_SPIKES, _OF_SILENCES, _OF_TEMPLATES = 0.5, 0.25, 0.25
"""The parts of the false-alarm level; they add up to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something unusual in one window.

    Attributes:
        kind: What kind of thing.
        service: The number of the service.
        series: The number of the template; -1 where the service as a whole is judged.
        window: The number of the window.
        count: What was counted: error lines, lines of the template, or lines of the service.
        total: The lines of the service in the window.
        count0: The baseline's count.
        total0: The lines of the service in the baseline.
        windows0: The windows of the baseline; for a silence, those that tell what is usual.
        chance: How likely it is that a quiet window shows this, in this one test.
        component: For a silence the number of the component, -1 for the service as a whole.
        expected: For a silence the lines that are usual in its time.
        begin: For a silence that did not begin with the window: when, in seconds since 1970.
    """

    kind: IssueKind
    service: int
    series: int
    window: int
    count: int
    total: int
    count0: int
    total0: int
    windows0: int
    chance: float
    component: int = -1
    expected: float = 0.0
    begin: float | None = None


class Detector:
    """Judges windows of a log one after the other.

    Args:
        log: The log.
        windows: Its windows.
        monitoring: The level and the minimum counts.

    Attributes:
        too_few: The critical templates that a judged window was the first to show, with too few
            lines to be flagged; known once the windows are judged.
    """

    def __init__(self, log: Log, windows: Windows, monitoring: Monitoring) -> None:
        self._windows, self._monitoring = windows, monitoring
        self._critical = np.array([one.level == CRITICAL for one in log.series_table], dtype=bool)
        self.too_few: list[int] = []
        self._series = log.series
        self._service_of, self._failed = log.series_service, log.series_failed
        self._services = len(log.services)
        self._order = np.argsort(windows.of_line, kind="stable")
        self._starts = np.searchsorted(
            windows.of_line[self._order], np.arange(windows.count + 1), side="left"
        )
        self._usual = Reference(self._service_of, self._failed, self._services)
        level = _OF_SILENCES * monitoring.false_alarms
        self._watch = SilenceWatch(log, windows, level)
        for window in range(windows.baseline):
            self._usual.learn(self._counts(window))
            self._watch.look(window, self.lines(window))
            self._watch.learn(set())

    def judge(self) -> tuple[list[Finding], int]:
        """Return what is unusual, and how many windows were judged.

        Without a baseline file the earlier windows that showed no fault are the baseline.
        """
        findings: list[Finding] = []
        judged = 0
        own = self._windows.baseline == 0
        for window in range(self._windows.baseline, self._windows.count):
            here = self._counts(window)
            self._watch.look(window, self.lines(window))
            found: list[Finding] = []
            if not own or self._usual.windows >= self._monitoring.minimum_windows:
                found = self._judge(window, here)
                judged += 1
                self._note_few(here)
            findings += found
            if own:
                self._learn(here, [one for one in found if self._is_fault(one)])
        return findings, judged

    def _learn(self, here: Counts, faults: Sequence[Finding]) -> None:
        if all(one.component >= 0 for one in faults):
            self._usual.learn(here)
        self._watch.learn({(one.service, one.component) for one in faults})

    def lines(self, window: int) -> Numbers:
        """Return the numbers of a window's lines."""
        first, end = self._starts[window], self._starts[window + 1]
        return np.asarray(self._order[first:end], dtype=np.int64)

    def _counts(self, window: int) -> Counts:
        series = np.bincount(self._series[self.lines(window)], minlength=len(self._service_of))
        return Counts(series, self._by_service(series), self._by_service(series * self._failed))

    def _by_service(self, series: Numbers) -> Numbers:
        sums = np.bincount(self._service_of, weights=series, minlength=self._services)
        return sums.astype(np.int64)

    def _note_few(self, here: Counts) -> None:
        few = (here.series > 0) & (here.series < self._monitoring.minimum_count)
        new = np.flatnonzero(few & self._critical & (self._usual.series == 0))
        self.too_few += [int(one) for one in new if one not in self.too_few]

    def _is_fault(self, finding: Finding) -> bool:
        return finding.series < 0 or bool(self._failed[finding.series])

    def _judge(self, window: int, here: Counts) -> list[Finding]:
        before, least = self._usual, self._monitoring.minimum_count
        known = before.lines > 0
        seen = known[self._service_of] & (before.series + here.series >= least)
        erring = np.flatnonzero(known & (here.errors >= least))
        each = self._monitoring.false_alarms / max(int(known.sum()), 1)
        spikes = [self._spike(window, int(one), here, _OF_SPIKES * each) for one in erring]
        found = [one for one in spikes if one is not None]
        spiking = {one.service for one in found}
        for silence in self._watch.found():
            # A component that only fails may say nothing else: that is the spike.
            if silence.component < 0 or silence.service not in spiking:
                found.append(self._silence(window, silence, here))
        level = _OF_TEMPLATES * self._monitoring.false_alarms / max(int(seen.sum()), 1)
        for series in np.flatnonzero(seen & (here.series >= least)):
            if self._service_of[series] in spiking and self._failed[series]:
                continue
            burst = self._burst(window, int(series), here, level)
            found += [burst] if burst is not None else []
        return found

    def _spike(self, window: int, service: int, here: Counts, level: float) -> Finding | None:
        count, total = int(here.errors[service]), int(here.lines[service])
        count0, total0 = int(self._usual.errors[service]), int(self._usual.lines[service])
        if not self._much(count, total, count0, total0):
            return None
        clumps = self._usual.clumps_of_errors(service)
        chance = float(raised(count / clumps, total, count0 / clumps, total0))
        if chance > level:
            return None
        return self._finding("error_spike", window, (service, -1), here, (count, count0), chance)

    def _burst(self, window: int, series: int, here: Counts, level: float) -> Finding | None:
        """Judge a template by its share of the service's lines and by its lines a window.

        Both must be raised: a share alone rises when the service's other lines stop, a count alone
        when the whole service is busy.
        """
        service, windows0 = int(self._service_of[series]), self._usual.windows
        count, total = int(here.series[series]), int(here.lines[service])
        count0, total0 = int(self._usual.series[series]), int(self._usual.lines[service])
        if not self._much(count, total, count0, total0) or not self._much(
            count, 1, count0, windows0
        ):
            return None
        by_share, by_time = self._usual.clumps_of_series(series)
        chance = max(
            float(raised(count / by_share, total, count0 / by_share, total0)),
            float(raised(count / by_time, 1, count0 / by_time, windows0)),
        )
        if chance > level:
            return None
        kind: IssueKind = "template_burst" if count0 else "new_template"
        return self._finding(kind, window, (service, series), here, (count, count0), chance)

    def _silence(self, window: int, found: Silence, here: Counts) -> Finding:
        return Finding(
            kind="silence",
            service=found.service,
            series=-1,
            window=window,
            count=found.count,
            total=int(here.lines[found.service]),
            count0=found.count0,
            total0=int(self._usual.lines[found.service]),
            windows0=found.windows0,
            chance=found.chance,
            component=found.component,
            expected=found.expected,
            begin=found.begin,
        )

    def _much(self, count: int, exposure: int, count0: int, exposure0: int) -> bool:
        """Tell whether a count is worth a test: high enough, and often its usual rate."""
        least = self._monitoring.minimum_times * count0 * exposure / exposure0
        return count >= self._monitoring.minimum_count and count >= least

    def _finding(
        self,
        kind: IssueKind,
        window: int,
        of: tuple[int, int],
        here: Counts,
        counts: tuple[int, int],
        chance: float,
    ) -> Finding:
        service, series = of
        return Finding(
            kind=kind,
            service=service,
            series=series,
            window=window,
            count=counts[0],
            total=int(here.lines[service]),
            count0=counts[1],
            total0=int(self._usual.lines[service]),
            windows0=self._usual.windows,
            chance=chance,
        )
