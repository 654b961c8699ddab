"""Scores what an analysis said of the golden windows, by code of its own.

It knows the analysis only by the document that `workbench monitor --json` prints.

An issue falls in the window when its time meets it: from its first line to its last, and for a
silence by at least half of the window. Every other issue lies in the baseline, which is quiet by
construction: those are counted apart, against the windows that were judged there, and touch
neither recall nor false alarms of the windows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evals.monitoring.window_specs import Fault, Kind, Scenario
from workbench.evaluation.questions import Question
from workbench.evaluation.statistics.intervals import wilson

KINDS: Mapping[str, Kind] = {
    "error_spike": "error_rate",
    "template_burst": "burst",
    "new_template": "new_template",
    "silence": "silence",
}
"""Our kinds by the types of the printed document."""
SIZES = ("glaring", "strong", "moderate")


@dataclass(frozen=True, slots=True)
class FoundFault:
    """What was said of a fault.

    Attributes:
        fault: The fault.
        found: Whether an issue of its service falls in the window.
        kind_right: Whether such an issue has a kind that fits.
        main_kind: Whether one has the kind that fits best.
        component_right: Whether such an issue names its component; `None` where it has none.
        component_alone: Whether one names it and no other component of the same sort.
    """

    fault: Fault
    found: bool
    kind_right: bool
    main_kind: bool
    component_right: bool | None
    component_alone: bool | None


@dataclass(frozen=True, slots=True)
class Scored:
    """What was said of one window.

    Attributes:
        id: The scenario's id.
        tags: Its tags.
        anomalous: Whether an operator wants to be told.
        reported: Service and kind of each issue that falls in the window.
        faults: What was said of each fault.
        stray: Whether an issue falls in the window in a service that has no fault.
        judged: How many windows were judged, the one at the end among them.
        before: How many windows of the baseline were flagged, at most: issues may share one.
    """

    id: str
    tags: tuple[str, ...]
    anomalous: bool
    reported: tuple[str, ...]
    faults: tuple[FoundFault, ...]
    stray: bool
    judged: int
    before: int

    @property
    def flagged(self) -> bool:
        """Whether any issue falls in the window."""
        return bool(self.reported)

    @property
    def found(self) -> bool:
        """Whether an issue falls in the window in the service of a fault."""
        return any(each.found for each in self.faults)

    @property
    def right(self) -> bool:
        """Whether a fault was found, or a quiet window left alone."""
        return self.found if self.anomalous else not self.flagged

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        faults = [{**each.fault.model_dump(mode="json"), **_outcome(each)} for each in self.faults]
        return {
            "id": self.id,
            "anomalous": self.anomalous,
            "right": self.right,
            "reported": list(self.reported),
            "faults": faults,
            "stray": self.stray,
            "windows_judged": self.judged,
            "baseline_windows_flagged_at_most": self.before,
        }


def _outcome(found: FoundFault) -> dict[str, bool | None]:
    names = ("found", "kind_right", "main_kind", "component_right", "component_alone")
    return {name: getattr(found, name) for name in names}


def score(question: Question, scenario: Scenario, document: Mapping[str, Any]) -> Scored:
    """Score the document that was printed for a scenario's lines."""
    issues = document["issues"]
    inside = [issue for issue in issues if falls_in_window(issue, scenario)]
    outside = [issue for issue in issues if not falls_in_window(issue, scenario)]
    faulty = {fault.service for fault in scenario.faults}
    return Scored(
        id=question.id,
        tags=tuple(question.tags),
        anomalous=scenario.anomalous,
        reported=tuple(f"{each['service']}:{KINDS[each['type']]}" for each in inside),
        faults=tuple(_said_of(fault, inside, scenario) for fault in scenario.faults),
        stray=any(issue["service"] not in faulty for issue in inside),
        judged=document["windows_judged"],
        before=sum(issue["statistics"]["windows"] for issue in outside),
    )


def falls_in_window(issue: Mapping[str, Any], scenario: Scenario) -> bool:
    """Tell whether an issue is about the window, and not about the baseline before it."""
    started = datetime.fromisoformat(issue["started_at"])
    ended = datetime.fromisoformat(issue["ended_at"])
    start, end = scenario.window_start, scenario.window_end
    if issue["type"] == "silence":  # its times are those of windows, which may be cut otherwise
        return min(ended, end) - max(started, start) >= (end - start) / 2
    return started < end and ended >= start


def _said_of(fault: Fault, inside: Sequence[Mapping[str, Any]], scenario: Scenario) -> FoundFault:
    here = [issue for issue in inside if issue["service"] == fault.service]
    kinds = {KINDS[issue["type"]] for issue in here}
    named = [set(issue["affected_components"]) for issue in here]
    others = _others(fault, scenario)
    has_part = fault.component is not None
    return FoundFault(
        fault=fault,
        found=bool(here),
        kind_right=not kinds.isdisjoint(fault.kinds),
        main_kind=fault.kinds[0] in kinds,
        component_right=any(fault.component in each for each in named) if has_part else None,
        component_alone=(
            any(fault.component in each and not each & others for each in named)
            if has_part
            else None
        ),
    )


def _others(fault: Fault, scenario: Scenario) -> set[str]:
    """Return the service's other components of the same sort: its other cameras, say."""
    templates = [each for each in scenario.baseline.templates if each.service == fault.service]
    values = [value for each in templates for value in each.metadata.values()]
    return {one for each in values if fault.component in each for one in each} - {
        str(fault.component)
    }


def share(values: Iterable[bool]) -> dict[str, float | int | None]:
    """Return how many are true, of how many, and the share with Wilson's 95% interval."""
    given = list(values)
    if not given:
        return {"count": 0, "n": 0, "share": None, "low": None, "high": None}
    low, high = wilson(sum(given), len(given))
    return {
        "count": sum(given),
        "n": len(given),
        "share": sum(given) / len(given),
        "low": low,
        "high": high,
    }


def figures(scored: Sequence[Scored]) -> dict[str, Any]:
    """Return all figures of a run; every one over all windows or faults that it could hold of."""
    anomalous = [each for each in scored if each.anomalous]
    quiet = [each for each in scored if not each.anomalous]
    faults = [fault for each in anomalous for fault in each.faults]
    parts = [each for each in faults if each.component_right is not None]
    judged, before = sum(max(each.judged - 1, 0) for each in scored), sum(e.before for e in scored)
    return {
        "recall": share(each.found for each in anomalous),
        "flagged_at_all": share(each.flagged for each in anomalous),
        "false_alarms": share(each.flagged for each in quiet),
        "stray_issue_beside_a_fault": share(each.stray for each in anomalous),
        "faults_found": share(each.found for each in faults),
        "kind_right": share(each.kind_right for each in faults),
        "main_kind": share(each.main_kind for each in faults),
        "component_right": share(bool(each.component_right) for each in parts),
        "component_alone": share(bool(each.component_alone) for each in parts),
        "by_size": _by(faults, SIZES, lambda each: [each.fault.size]),
        "by_kind": _by(faults, KINDS.values(), lambda each: each.fault.kinds[:1]),
        "by_tag": _by_tag(scored),
        "baseline": {"windows_judged": judged, "flagged_at_most": before},
        "missed": [each.id for each in anomalous if not each.found],
        "false": [each.id for each in quiet if each.flagged],
        "not_judged": [each.id for each in scored if not each.judged],
    }


def _by(
    faults: Sequence[FoundFault],
    names: Iterable[str],
    names_of: Callable[[FoundFault], Sequence[str]],
) -> dict[str, Any]:
    """Return how many faults were found, by size or by the kind that fits best."""
    return {name: share(each.found for each in faults if name in names_of(each)) for name in names}


def _by_tag(scored: Sequence[Scored]) -> dict[str, Any]:
    """Return for each tag how many anomalous windows were found, and quiet ones flagged."""
    tags = sorted({tag for each in scored for tag in each.tags})
    return {
        tag: {
            "found": share(e.found for e in scored if e.anomalous and tag in e.tags),
            "false_alarms": share(e.flagged for e in scored if not e.anomalous and tag in e.tags),
        }
        for tag in tags
    }
