"""The whole analysis of a log: read, cut, judged, told."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from workbench.engine.monitoring.definition import Monitoring
from workbench.engine.monitoring.detection import Detector
from workbench.engine.monitoring.issues import Issue, IssueMaker
from workbench.engine.monitoring.log import Log
from workbench.engine.monitoring.templates import cleaned
from workbench.engine.monitoring.windows import Windows, cut_windows

_NOTED, _NOTED_CHARS = 3, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What a log shows.

    Attributes:
        issues: What is unusual, the gravest first.
        lines: How many lines were read, without the baseline's.
        services: Which services wrote them.
        minutes: The length of a window.
        judged: How many windows were judged.
        false_alarms: The chance that one quiet window is flagged at all.
        started_at: When the log begins; `None` for an empty one.
        ended_at: When it ends.
        notes: What was not judged, and why.
        seconds: How long the analysis took.
    """

    issues: tuple[Issue, ...]
    lines: int
    services: tuple[str, ...]
    minutes: float
    judged: int
    false_alarms: float
    started_at: datetime | None
    ended_at: datetime | None
    notes: tuple[str, ...]
    seconds: float

    @property
    def summary(self) -> str:
        """What was found, in one or two sentences."""
        return plain_summary(self.issues, self.judged)


def analyse(log: Log, monitoring: Monitoring, minutes: float | None = None) -> Analysis:
    """Judge a log.

    Args:
        log: The log, with its baseline.
        monitoring: What the assistant declares.
        minutes: The length of a window; the declared one when `None`.

    Raises:
        UsageError: The log spans more windows than can be looked at.
    """
    began = time.monotonic()
    minutes = minutes or monitoring.window_minutes
    windows = cut_windows(log, minutes)
    detector = Detector(log, windows, monitoring)
    findings, judged = detector.judge()
    issues = IssueMaker(log, windows, detector, monitoring).issues(findings)
    kept = log.times[log.baseline :][windows.of_line[log.baseline :] >= 0]
    return Analysis(
        issues=tuple(issues),
        lines=len(log.times) - log.baseline,
        services=tuple(log.services[number] for number in sorted(_services(log, log.baseline))),
        minutes=minutes,
        judged=judged,
        false_alarms=monitoring.false_alarms,
        started_at=_moment(kept.min()) if len(kept) else None,
        ended_at=_moment(kept.max()) if len(kept) else None,
        notes=(*_notes(log, windows, judged), *_too_few(log, detector)),
        seconds=time.monotonic() - began,
    )


def plain_summary(issues: Sequence[Issue], judged: int) -> str:
    """Return what the statistics found, in words of their own."""
    if not issues:
        return "Nothing unusual was found." if judged else "Nothing was judged."
    first = f"{issues[0].severity.capitalize()}: {issues[0].description}."
    more = len(issues) - 1
    return f"{first} {more} more issue{'s' * (more > 1)}." if more else first


def _notes(log: Log, windows: Windows, judged: int) -> list[str]:
    notes = []
    count = windows.count - windows.baseline
    if not count:
        return ["the log holds no lines"]
    if windows.set_aside:
        notes.append(f"set aside, with a clock far off: {windows.set_aside:,} lines")
    if not windows.baseline and judged < count:
        notes.append(
            f"windows without enough of a baseline before them, not judged: {count - judged:,}; "
            f"counts of lines alone tell no rate; name a log of quiet times with --baseline"
        )
    if windows.baseline:
        notes += _unknown_services(log)
    return notes


def _too_few(log: Log, detector: Detector) -> list[str]:
    """Tell critical messages that are new; a few lines are no evidence, but worth a look."""
    found = [cleaned(log.series_table[one].template, _NOTED_CHARS) for one in detector.too_few]
    if not found:
        return []
    shown = "; ".join(f'"{text}"' for text in found[:_NOTED])
    more = f" and {len(found) - _NOTED:,} more" if len(found) > _NOTED else ""
    return [f"critical messages never seen before, too few to be judged: {shown}{more}"]


def _unknown_services(log: Log) -> list[str]:
    new = _services(log, log.baseline) - _services(log, 0, log.baseline)
    names = sorted(log.services[number] for number in new)
    told = f"services without lines in the baseline, not judged: {', '.join(names[:10])}"
    return [told] if names else []


def _services(log: Log, first: int, end: int | None = None) -> set[int]:
    """Return the numbers of the services that wrote some lines."""
    texts = np.unique(log.texts[first:end])
    return {log.text_table[number].service for number in texts}


def _moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)
