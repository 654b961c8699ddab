"""What is usual: the counts of quiet windows, and how much their lines come in clumps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.engine.monitoring.log import Numbers
from workbench.engine.monitoring.rates import Floats, dispersion, pearson

_ENOUGH = 10
"""With fewer lines, what comes in clumps is told by the other templates too."""


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """The lines of one window.

    Attributes:
        series: Of each template.
        lines: Of each service.
        errors: Error lines of each service.
    """

    series: Numbers
    lines: Numbers
    errors: Numbers


class Reference:
    """Windows that are usual, added up.

    Args:
        service_of: The service of each template.
        failed: Whether the lines of each template are errors.
        services: How many services there are.
    """

    def __init__(self, service_of: Numbers, failed: NDArray[np.bool_], services: int) -> None:
        self._service_of, self._failed = service_of, failed
        self.windows = 0
        self.series = np.zeros(len(service_of), dtype=np.int64)
        self.lines, self.errors = (np.zeros(services, dtype=np.int64) for _ in range(2))
        self._active = np.zeros(services)
        self._series_by_time, self._series_by_share = (np.zeros(len(service_of)) for _ in range(2))
        self._lines_by_time, self._errors_by_share = (np.zeros(services) for _ in range(2))

    def learn(self, here: Counts) -> None:
        """Add a window."""
        lines = np.maximum(here.lines, 1)
        self.windows += 1
        self.series += here.series
        self.lines += here.lines
        self.errors += here.errors
        self._active += here.lines > 0
        self._series_by_time += here.series**2
        self._series_by_share += here.series**2 / lines[self._service_of]
        self._lines_by_time += here.lines**2
        self._errors_by_share += here.errors**2 / lines

    def clumps_of_errors(self, service: int) -> float:
        """Return the dispersion of a service's error lines among its lines."""
        own = dispersion(
            self.errors[service],
            self._errors_by_share[service],
            self.lines[service],
            self._active[service],
        )
        if self.errors[service] >= _ENOUGH:
            return own
        return max(own, self._pooled(self._series_by_share, self._share_exposure(), failed=True))

    def clumps_of_lines(self, service: int) -> float:
        """Return the dispersion of a service's lines over time."""
        return dispersion(
            self.lines[service], self._lines_by_time[service], self.windows, self.windows
        )

    def clumps_of_series(self, series: int) -> tuple[float, float]:
        """Return the dispersion of a template among its service's lines, and over time."""
        active = self._active[self._service_of[series]]
        exposure, count = self._share_exposure(), self.series[series]
        by_share = dispersion(count, self._series_by_share[series], exposure[series], active)
        by_time = dispersion(count, self._series_by_time[series], self.windows, self.windows)
        if count >= _ENOUGH:
            return by_share, by_time
        failed = bool(self._failed[series])
        whole = np.full(len(self.series), float(self.windows))
        return (
            max(by_share, self._pooled(self._series_by_share, exposure, failed=failed)),
            max(by_time, self._pooled(self._series_by_time, whole, failed=failed)),
        )

    def _share_exposure(self) -> Floats:
        return np.asarray(self.lines[self._service_of], dtype=np.float64)

    def _pooled(self, squares: Floats, exposure: Floats, *, failed: bool) -> float:
        """Return the dispersion of all error templates together, or of all others."""
        told = (self.series > 1) & (self._failed == failed)
        statistic = pearson(self.series[told], squares[told], exposure[told])
        freedom = self._active[self._service_of[told]] - 1
        return max(1.0, float(statistic.sum() / max(freedom.sum(), 1.0)))
