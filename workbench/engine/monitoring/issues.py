"""From findings of windows to issues: one a fault, with what may be behind it and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from workbench.engine.monitoring.definition import (
    Action,
    Fault,
    Impact,
    IssueKind,
    Monitoring,
    Service,
    Severity,
)
from workbench.engine.monitoring.detection import Detector, Finding
from workbench.engine.monitoring.log import LEVELS, Log, Numbers
from workbench.engine.monitoring.templates import cleaned
from workbench.engine.monitoring.windows import Windows
from workbench.engine.monitoring.wording import describe_burst, describe_silence, describe_spike

SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high", "critical")
MAX_EXAMPLES = 5
EXAMPLE_CHARS = 160
_MAX_COMPONENTS = 10
_OF_LEVEL: dict[str, Severity] = {"warning": "low", "error": "medium", "critical": "high"}
_NO_FAULT = Fault()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A fault that was seen, over all windows that showed it.

    Attributes:
        kind: What kind of fault.
        service: The service, as its lines name it.
        severity: How grave it is.
        description: What was seen, in one sentence.
        template: The message that makes it, without values; empty for a whole service.
        started_at: When its first line was written, or a silent window began.
        ended_at: When its last line was written, or the last silent window ended.
        windows: How many windows showed it.
        worst: The finding of the window that showed it most clearly.
        examples: Messages of that window, without values, the most frequent first.
        components: What is affected.
        affected: How many people or things its lines name; `None` where they name none.
        causes: What may be behind it, the likeliest first.
        actions: What to do.
        impact: What it means.
    """

    kind: IssueKind
    service: str
    severity: Severity
    description: str
    template: str
    started_at: datetime
    ended_at: datetime
    windows: int
    worst: Finding
    examples: tuple[str, ...]
    components: tuple[str, ...]
    affected: int | None
    causes: tuple[str, ...]
    actions: tuple[Action, ...]
    impact: Impact


class IssueMaker:
    """Makes issues of findings.

    Args:
        log: The log.
        windows: Its windows.
        detector: Knows the lines of a window.
        monitoring: What the assistant declares.
    """

    def __init__(
        self, log: Log, windows: Windows, detector: Detector, monitoring: Monitoring
    ) -> None:
        self._log, self._windows = log, windows
        self._detector, self._monitoring = detector, monitoring
        self._series = log.series
        self._service_of, self._failed = log.series_service, log.series_failed

    def issues(self, findings: Sequence[Finding]) -> list[Issue]:
        """Return one issue for each service, kind and template, the gravest first.

        Components of a service that are silent are one issue, its silence as a whole another.
        """
        together: dict[tuple[IssueKind, int, int, bool], list[Finding]] = {}
        for one in findings:
            key = (one.kind, one.service, one.series, one.component >= 0)
            together.setdefault(key, []).append(one)
        made = [self._issue(group) for group in together.values()]
        made.sort(key=lambda one: (-SEVERITIES.index(one.severity), one.worst.chance))
        return made

    def _issue(self, findings: Sequence[Finding]) -> Issue:
        worst = min(findings, key=lambda one: one.chance)
        lines = np.concatenate([self._lines(one) for one in findings])
        texts = self._texts(lines)
        template = self._log.series_table[worst.series].template if worst.series >= 0 else ""
        service = self._log.services[worst.service]
        silent = self._silent(findings)
        fault = self._fault(service, worst.kind, " ".join([template, *texts]), silent)
        components = self._components(fault, lines, silent)
        started, ended = self._span(findings, lines)
        return Issue(
            kind=worst.kind,
            service=service,
            severity=self._severity(worst, fault),
            description=self._describe(worst, service, template, texts),
            template=template,
            started_at=started,
            ended_at=ended,
            windows=len({one.window for one in findings}),
            worst=worst,
            examples=tuple(cleaned(text, EXAMPLE_CHARS) for text in list(texts)[:MAX_EXAMPLES]),
            components=components,
            affected=self._affected(lines),
            causes=order_causes(fault, texts),
            actions=tuple(
                one for one in fault.actions if not one.component or one.component in components
            ),
            impact=fault.impact,
        )

    def _lines(self, finding: Finding) -> Numbers:
        """Return the lines that make a finding; none for a silence."""
        lines = self._detector.lines(finding.window)
        series = self._series[lines]
        if finding.kind == "silence":
            return lines[:0]
        mine = (self._service_of[series] == finding.service) & self._failed[series]
        if finding.series >= 0:
            mine = series == finding.series
        return np.asarray(lines[mine], dtype=np.int64)

    def _texts(self, lines: Numbers) -> dict[str, int]:
        """Return the messages of lines with how often each came, the most frequent first."""
        numbers, counts = np.unique(self._log.texts[lines], return_counts=True)
        found: dict[str, int] = {}
        for number, count in zip(numbers, counts, strict=True):
            text = self._log.text_table[number].text
            found[text] = found.get(text, 0) + int(count)
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))

    def _silent(self, findings: Sequence[Finding]) -> tuple[str, ...]:
        """Return the components that are silent, the clearest first."""
        clearest = sorted(findings, key=lambda one: one.chance)
        numbers = dict.fromkeys(one.component for one in clearest if one.component >= 0)
        return tuple(self._log.component_names[number] for number in numbers)

    def _fault(self, service: str, kind: IssueKind, text: str, silent: Sequence[str]) -> Fault:
        """Return the declared fault; of silent components only one that names any of them."""
        known = self._monitoring.services.get(service, Service())
        return next(
            (
                one
                for one in known.faults
                if one.fits(kind, text) and (not silent or set(silent) & set(one.components))
            ),
            _NO_FAULT,
        )

    def _severity(self, finding: Finding, fault: Fault) -> Severity:
        if fault.severity and (finding.series < 0 or self._failed[finding.series]):
            return fault.severity
        if finding.kind == "silence":
            return "high" if finding.component < 0 else "medium"
        if finding.kind == "error_spike":
            levels, rate = self._monitoring.spike, finding.count / finding.total
            reached = [levels.medium, levels.high, levels.critical]
            return SEVERITIES[sum(rate >= least for least in reached)]
        level = LEVELS[self._log.series_table[finding.series].level]
        return _OF_LEVEL.get(level, "low")

    def _describe(
        self, finding: Finding, service: str, template: str, texts: dict[str, int]
    ) -> str:
        here, before = (finding.count, finding.total), (finding.count0, finding.total0)
        if finding.kind == "silence":
            return self._describe_silence(finding, service)
        if finding.kind == "error_spike":
            often = cleaned(next(iter(texts)), EXAMPLE_CHARS)
            return f'{describe_spike(service, here, before)}; most often "{often}"'
        shown = cleaned(template, EXAMPLE_CHARS)
        return describe_burst(service, shown, here, before, finding.windows0)

    def _describe_silence(self, finding: Finding, service: str) -> str:
        name = finding.component
        component = self._log.component_names[name] if name >= 0 else ""
        if finding.begin is None:
            minutes = 0.0
        else:
            minutes = (self._windows.bounds(finding.window)[1] - finding.begin) / 60
        return describe_silence(service, component, finding.count, finding.expected, minutes)

    def _components(self, fault: Fault, lines: Numbers, silent: Sequence[str]) -> tuple[str, ...]:
        numbers, counts = np.unique(self._log.components[lines], return_counts=True)
        often = sorted(zip(-counts, numbers, strict=True))
        named = [self._log.component_names[number] for _, number in often if number >= 0]
        if silent:
            return tuple(silent[:_MAX_COMPONENTS])
        return tuple(dict.fromkeys([*fault.components, *named[:_MAX_COMPONENTS]]))

    def _affected(self, lines: Numbers) -> int | None:
        named = self._log.affected[lines]
        return len(np.unique(named[named >= 0])) or None

    def _span(self, findings: Sequence[Finding], lines: Numbers) -> tuple[datetime, datetime]:
        """Return the first and last line's times; those of the windows for a silence."""
        if len(lines):
            times = self._log.times[lines]
            first, last = float(times.min()), float(times.max())
        else:
            bounds = [self._windows.bounds(one.window) for one in findings]
            begins = [
                start if one.begin is None else one.begin
                for one, (start, _) in zip(findings, bounds, strict=True)
            ]
            first, last = min(begins), max(end for _, end in bounds)
        return datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC)


def order_causes(fault: Fault, texts: dict[str, int]) -> tuple[str, ...]:
    """Return the causes of a fault, those first of which most lines speak.

    Args:
        fault: Its causes are in the order in which they are declared where lines tell nothing.
        texts: Messages with how often each came.
    """
    folded = {text.casefold(): count for text, count in texts.items()}

    def lines_of(words: Sequence[str]) -> int:
        return sum(
            count
            for text, count in folded.items()
            if any(word.casefold() in text for word in words)
        )

    ordered = sorted(fault.causes, key=lambda one: -lines_of(one.words))
    return tuple(one.cause for one in ordered)


def with_causes(issue: Issue, causes: Sequence[str]) -> Issue:
    """Return an issue with its causes in another order."""
    return replace(issue, causes=tuple(causes))
