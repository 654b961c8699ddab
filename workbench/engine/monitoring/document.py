"""What `workbench monitor --json` prints: an analysis with where its issues were filed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from workbench.engine.monitoring.analysis import Analysis
from workbench.engine.monitoring.definition import Monitoring
from workbench.engine.monitoring.issues import Issue
from workbench.engine.monitoring.wording import TITLES
from workbench.store.incidents import ActiveAlert, AnalysedLog, Filed, SeenIssue


def moment(value: datetime | None) -> str | None:
    """Return a moment in UTC, as logs write it: 2025-01-17T08:30:00Z."""
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def seen_issue(issue: Issue, monitoring: Monitoring) -> SeenIssue:
    """Return an issue as the store files it."""
    return SeenIssue(
        kind=issue.kind,
        service=issue.service,
        template=issue.template,
        severity=issue.severity,
        started_at=issue.started_at,
        ended_at=issue.ended_at,
        channels=monitoring.channels.get(issue.severity, ()),
        record=issue_record(issue),
    )


def analysed_log(analysis: Analysis) -> AnalysedLog:
    """Return what the store notes of the log that was analysed."""
    return AnalysedLog(
        lines=analysis.lines,
        services=analysis.services,
        started_at=analysis.started_at,
        ended_at=analysis.ended_at,
    )


def issue_record(issue: Issue) -> dict[str, Any]:
    """Return an issue as plain JSON types."""
    return {
        "type": issue.kind,
        "service": issue.service,
        "severity": issue.severity,
        "description": issue.description,
        "template": issue.template or None,
        "started_at": moment(issue.started_at),
        "ended_at": moment(issue.ended_at),
        "statistics": _statistics(issue),
        "examples": list(issue.examples),
        "affected_components": list(issue.components),
        "possible_causes": list(issue.causes),
        "recommended_actions": [
            {"action": one.action, "priority": one.priority, "command": one.command or None}
            for one in issue.actions
        ],
        "impact_assessment": {
            "affected_users": issue.impact.affected_users or None,
            "business_impact": issue.impact.business_impact or None,
            "estimated_affected_count": issue.affected,
        },
    }


def analysis_document(
    assistant: str,
    analysis: Analysis,
    filed: Sequence[Filed],
    monitoring: Monitoring,
    explained: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """Return an analysis as plain JSON types.

    Args:
        assistant: The assistant's name.
        analysis: What the log shows.
        filed: Where its issues were filed, in their order.
        monitoring: Says where alerts are to go.
        explained: The model's summary and the model; `None` where the plain one is used.
    """
    summary, by = explained or (analysis.summary, "statistics")
    alerts = [one.alert_id for one in filed if one.alert_id]
    channels = [
        channel
        for issue, one in zip(analysis.issues, filed, strict=True)
        if one.alert_id
        for channel in monitoring.channels.get(issue.severity, ())
    ]
    return {
        "assistant": assistant,
        "anomalies_detected": bool(analysis.issues),
        "summary": summary,
        "summary_by": by,
        "issues": [
            {**issue_record(issue), "incident_id": one.incident_id, "opened": one.opened,
             "alert_id": one.alert_id}
            for issue, one in zip(analysis.issues, filed, strict=True)
        ],
        "alert_sent": False,
        "alert_channels": list(dict.fromkeys(channels)),
        "alert_ids": alerts,
        "incident_id": filed[0].incident_id if filed else None,
        "lines": analysis.lines,
        "started_at": moment(analysis.started_at),
        "ended_at": moment(analysis.ended_at),
        "window_minutes": analysis.minutes,
        "windows_judged": analysis.judged,
        "false_alarm_level": analysis.false_alarms,
        "notes": list(analysis.notes),
        "analysis_time_ms": round(analysis.seconds * 1000),
    }  # fmt: skip


def status_document(
    assistant: str, active: Sequence[ActiveAlert], last: datetime | None, monitoring: Monitoring
) -> dict[str, Any]:
    """Return how the watched services are, as plain JSON types."""
    return {
        "assistant": assistant,
        "status": "active" if last else "never_run",
        "active_alerts": len(active),
        "alerts": [
            {
                "id": one.id,
                "incident_id": one.incident_id,
                "severity": one.severity,
                "service": one.service,
                "issue": TITLES.get(one.kind, one.kind),  # type: ignore[call-overload]
                "started_at": moment(one.started_at),
                "status": one.status,
            }
            for one in active
        ],
        "services_monitored": list(monitoring.services),
        "last_analysis": moment(last),
    }


def _statistics(issue: Issue) -> dict[str, Any]:
    worst = issue.worst
    whole = worst.kind == "silence"
    rate = None if whole else worst.count / worst.total
    rate0 = None if whole else worst.count0 / worst.total0
    return {
        "windows": issue.windows,
        "count": worst.count,
        "total": worst.total,
        "rate": rate,
        "baseline_count": worst.count0,
        "baseline_total": worst.total0,
        "baseline_rate": rate0,
        "baseline_windows": worst.windows0,
        "times": rate / rate0 if rate is not None and rate0 else None,
        "chance": worst.chance,
    }
