"""Writes the log lines of a scenario: the same scenario always makes the same lines.

Arrivals are a Poisson process whose rate follows the daily shape, drawn by thinning (Lewis and
Shedler, "Simulation of nonhomogeneous Poisson processes by thinning", 1979).
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from evals.monitoring.window_specs import Baseline, Change, Event, Line, Scenario, Template

_PLACE = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d+)-(\d+)")
_MOST_APART_S = 6.0
"""The longest time between two lines of a clump."""


@dataclass(frozen=True, slots=True)
class Written:
    """A line of the log.

    Attributes:
        at: When it was written.
        service: By whom.
        level: Its level.
        message: Its text.
        metadata: Its values.
        name: The template or event that it comes from; "" where a change added it.
    """

    at: datetime
    service: str
    level: str
    message: str
    metadata: Mapping[str, str]
    name: str = ""

    def record(self) -> dict[str, object]:
        """Return it as a line of the log's JSONL file."""
        stamp = self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {
            "service": self.service,
            "level": self.level,
            "message": self.message,
            "timestamp": stamp,
            "metadata": dict(self.metadata),
        }


def render(scenario: Scenario) -> list[Written]:
    """Return the lines of baseline and window in the order of their times."""
    rng = random.Random(scenario.seed)  # noqa: S311  (a repeatable log, not a secret)
    lines = [
        line
        for template in scenario.baseline.templates
        for line in _quiet(template, scenario, rng, scenario.baseline.start, 1)
    ]
    for event in scenario.baseline.events:
        for hours in event.at_hours:
            lines += _happen(event, scenario.baseline.start + timedelta(hours=hours), rng)
    for change in scenario.window.changes:
        lines = _changed(lines, change, scenario, rng)
    inside = [line for line in lines if line.at < scenario.window_end]
    return sorted(inside, key=lambda line: line.at)


def _quiet(
    template: Template, scenario: Scenario, rng: random.Random, start: datetime, times: float
) -> Iterator[Written]:
    """Yield a template's lines from a time to the window's end, at a multiple of its rate."""
    if template.every_minutes:
        arrivals = _ticks(template.every_minutes, scenario, rng, start)
    else:
        low, high = template.clump
        per_hour = times * template.per_hour / ((low + high) / 2)
        arrivals = _arrivals(per_hour, scenario, rng, start)
    for first in arrivals:
        at = first
        metadata = _drawn(template, rng)  # a clump's lines concern the same camera, queue, ...
        for _ in range(rng.randint(*template.clump)):
            message = _filled(template.message, metadata, rng)
            yield Written(at, template.service, template.level, message, metadata, template.name)
            at += timedelta(seconds=rng.uniform(0.2, _MOST_APART_S))


def _arrivals(
    per_hour: float, scenario: Scenario, rng: random.Random, start: datetime
) -> Iterator[datetime]:
    baseline = scenario.baseline
    highest = per_hour * max(baseline.shape or [1.0]) * max(baseline.growth, 1.0)
    at = start
    while highest > 0:
        at += timedelta(hours=rng.expovariate(highest))
        if at >= scenario.window_end:
            return
        if rng.random() * highest < per_hour * _factor(baseline, at, scenario.window_end):
            yield at


def _ticks(
    minutes: float, scenario: Scenario, rng: random.Random, start: datetime
) -> Iterator[datetime]:
    at = start + timedelta(minutes=rng.uniform(0, minutes))
    while at < scenario.window_end:
        yield at + timedelta(seconds=rng.uniform(0, 2))
        at += timedelta(minutes=minutes)


def _factor(baseline: Baseline, at: datetime, end: datetime) -> float:
    shape = baseline.shape[at.hour] if baseline.shape else 1.0
    passed = (at - baseline.start) / (end - baseline.start)
    return shape * (1 + (baseline.growth - 1) * passed)


def _happen(event: Event, at: datetime, rng: random.Random) -> Iterator[Written]:
    for line in event.lines:
        metadata = _drawn(line, rng)
        message = _filled(line.message, metadata, rng)
        yield Written(at, event.service, line.level, message, metadata, event.name)
        at += timedelta(seconds=rng.uniform(0.2, 2))


def _changed(
    lines: list[Written], change: Change, scenario: Scenario, rng: random.Random
) -> list[Written]:
    """Return the lines as a change of the window makes them."""
    start = scenario.window_start + timedelta(minutes=change.from_minute)
    length = timedelta(minutes=change.minutes)
    end = min(start + length, scenario.window_end) if length else scenario.window_end
    if change.change == "add":
        return lines + list(_added(change, start, end, rng))
    if change.change == "event":
        happening = [each for each in scenario.baseline.events if each.name in change.names]
        return lines + [line for event in happening for line in _happen(event, start, rng)]
    if change.change == "times" and change.times > 1:
        return lines + list(_more(change, scenario, rng, start, end))
    return [
        kept
        for line in lines
        for kept in (_instead(line, change, rng) if _meant(line, change, start, end) else [line])
    ]


def _meant(line: Written, change: Change, start: datetime, end: datetime) -> bool:
    """Tell whether a change is about a line."""
    return (
        start <= line.at < end
        and line.service == change.service
        and (not change.names or line.name in change.names)
        and all(line.metadata.get(key) == value for key, value in change.only.items())
    )


def _instead(line: Written, change: Change, rng: random.Random) -> Sequence[Written]:
    """Return what stands in the place of a line: nothing, itself, or the line of a failure."""
    if change.change == "stop":
        return []
    if change.change == "times":
        return [line] if rng.random() < change.times else []
    if change.line is None or rng.random() >= change.share:
        return [line]
    metadata = {**line.metadata, **_drawn(change.line, rng)}
    message = _filled(change.line.message, metadata, rng)
    return [Written(line.at, line.service, change.line.level, message, metadata)]


def _added(change: Change, start: datetime, end: datetime, rng: random.Random) -> Iterator[Written]:
    assert change.line is not None
    for _ in range(change.count):
        metadata = {**_drawn(change.line, rng), **change.only}
        message = _filled(change.line.message, metadata, rng)
        at = start + (end - start) * rng.random()
        yield Written(at, change.service, change.line.level, message, metadata)


def _more(
    change: Change, scenario: Scenario, rng: random.Random, start: datetime, end: datetime
) -> Iterator[Written]:
    for template in scenario.baseline.templates:
        if not change.names or template.name in change.names:
            for line in _quiet(template, scenario, rng, start, change.times - 1):
                if _meant(line, change, start, end):
                    yield line


def _drawn(line: Line, rng: random.Random) -> dict[str, str]:
    return {
        key: _filled(rng.choice(values), {}, rng) for key, values in sorted(line.metadata.items())
    }


def _filled(text: str, metadata: Mapping[str, str], rng: random.Random) -> str:
    def value(place: re.Match[str]) -> str:
        inside: str = place[1]
        if inside.startswith("@"):
            return metadata[inside[1:]]
        if numbers := _RANGE.fullmatch(inside):
            low, high = numbers.groups()
            return f"{rng.randint(int(low), int(high)):0{len(low)}d}"
        return rng.choice(inside.split("|"))

    return _PLACE.sub(value, text)
