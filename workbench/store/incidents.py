"""Incidents and alerts of an assistant's services: opened once, joined, escalated, over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row

from workbench.store.database import Database
from workbench.store.text import storable, storable_json

SameTemplate = Callable[[str, str], bool]
"""Tells whether two templates may be the same."""

_SEVERITIES = ("low", "medium", "high", "critical")
# Two analyses that open incidents wait for each other; any fixed number.
_LOCK = 0x696E6369

_OPEN = """
SELECT id, template, severity FROM workbench.incidents
WHERE assistant = %(assistant)s AND service = %(service)s AND kind = %(kind)s
  AND status <> 'resolved'
  AND started_at <= %(until)s AND last_seen_at >= %(since)s
ORDER BY last_seen_at DESC, number DESC
"""
_JOIN = """
UPDATE workbench.incidents
SET started_at = least(started_at, %(started_at)s),
    last_seen_at = greatest(last_seen_at, %(ended_at)s),
    severity = %(severity)s, issue = %(issue)s::jsonb
WHERE assistant = %(assistant)s AND id = %(id)s
"""
_NEXT_INCIDENT = """
SELECT coalesce(max(number), 0) + 1 FROM workbench.incidents
WHERE assistant = %(assistant)s AND year = %(year)s
"""
_ADD_INCIDENT = """
INSERT INTO workbench.incidents
    (assistant, id, year, number, kind, service, template, severity, started_at, last_seen_at,
     issue)
VALUES (%(assistant)s, %(id)s, %(year)s, %(number)s, %(kind)s, %(service)s, %(template)s,
        %(severity)s, %(started_at)s, %(ended_at)s, %(issue)s::jsonb)
"""
_NEXT_ALERT = """
SELECT coalesce(max(number), 0) + 1 FROM workbench.alerts WHERE assistant = %(assistant)s
"""
_ADD_ALERT = """
INSERT INTO workbench.alerts (assistant, id, number, incident_id, severity, channels)
VALUES (%(assistant)s, %(alert)s, %(number)s, %(id)s, %(severity)s, %(channels)s)
"""
_NOTE = """
INSERT INTO workbench.log_analyses (assistant, started_at, ended_at, lines, issues)
VALUES (%(assistant)s, %(started_at)s, %(ended_at)s, %(lines)s, %(issues)s)
"""
_RESOLVE = """
UPDATE workbench.incidents SET status = 'resolved'
WHERE assistant = %(assistant)s AND status <> 'resolved'
  AND service = ANY(%(services)s::text[]) AND last_seen_at < %(before)s::timestamptz
"""
_ACTIVE = """
SELECT * FROM (
    SELECT DISTINCT ON (alert.incident_id)
        alert.id, alert.number, alert.incident_id, incident.severity, incident.service,
        incident.kind, incident.started_at, incident.status
    FROM workbench.alerts AS alert
    JOIN workbench.incidents AS incident
      ON incident.assistant = alert.assistant AND incident.id = alert.incident_id
    WHERE alert.assistant = %(assistant)s AND incident.status <> 'resolved'
    ORDER BY alert.incident_id, alert.number DESC
) AS newest ORDER BY number
"""
_LAST = "SELECT max(made_at) FROM workbench.log_analyses WHERE assistant = %(assistant)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenIssue:
    """An issue as an analysis saw it.

    Attributes:
        kind: What kind of issue.
        service: The service.
        template: The message that makes it; empty for a whole service.
        severity: How grave it is.
        started_at: When it began, by the log.
        ended_at: When it was last seen, by the log.
        channels: Where an alert is to go; empty for none.
        record: All that was told about it, as plain JSON types.
    """

    kind: str
    service: str
    template: str
    severity: str
    started_at: datetime
    ended_at: datetime
    channels: Sequence[str]
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysedLog:
    """A log that was analysed.

    Attributes:
        lines: How many lines were read.
        services: The services that wrote them.
        started_at: When it begins; `None` for an empty one.
        ended_at: When it ends.
    """

    lines: int
    services: Sequence[str]
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Filed:
    """Where an issue was filed.

    Attributes:
        incident_id: The incident.
        opened: Whether it is a new one; else the issue joined it.
        alert_id: The alert that this made; `None` where it made none.
    """

    incident_id: str
    opened: bool
    alert_id: str | None


@dataclass(frozen=True, slots=True)
class ActiveAlert:
    """The newest alert of an incident that is not over; see the table for what its values mean."""

    id: str
    number: int
    incident_id: str
    severity: str
    service: str
    kind: str
    started_at: datetime
    status: str


class Incidents:
    """The incidents of one assistant's services.

    Args:
        database: The open database.
        assistant: The assistant's name.
        join: How long after it was last seen an incident is still the same.
        same: Tells whether templates are the same.
    """

    def __init__(
        self, database: Database, assistant: str, join: timedelta, same: SameTemplate
    ) -> None:
        self._database, self._assistant = database, assistant
        self._join, self._same = join, same

    def file(self, issues: Sequence[SeenIssue], log: AnalysedLog) -> list[Filed]:
        """Note an analysis and file its issues; all of it, or nothing where something fails.

        An issue joins the open incident of the same service, kind and template, or opens one. One
        that was opened, or that became graver, makes an alert. Incidents of services of the log
        that it does not show again within the time of joining are over.

        Args:
            issues: What was seen.
            log: In which log.

        Returns:
            Where each issue was filed.
        """
        values = {
            "assistant": self._assistant,
            "started_at": log.started_at,
            "ended_at": log.ended_at,
            "lines": log.lines,
            "issues": len(issues),
            "services": [storable(one) for one in log.services],
            "before": log.ended_at and log.ended_at - self._join,
        }
        with self._database.transaction() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            connection.execute(_NOTE, values)
            filed = [self._file(connection, issue) for issue in issues]
            connection.execute(_RESOLVE, values)
        return filed

    def active(self) -> list[ActiveAlert]:
        """Return the alerts of incidents that are not over, in the order of their numbers."""
        with (
            self._database.transaction() as connection,
            connection.cursor(row_factory=class_row(ActiveAlert)) as cursor,
        ):
            return cursor.execute(_ACTIVE, {"assistant": self._assistant}).fetchall()

    def last_analysis(self) -> datetime | None:
        """Return when a log was last analysed; `None` if never."""
        with self._database.transaction() as connection:
            row = connection.execute(_LAST, {"assistant": self._assistant}).fetchone()
        return row[0] if row else None

    def _file(self, connection: psycopg.Connection, issue: SeenIssue) -> Filed:
        values = {
            "assistant": self._assistant,
            "kind": issue.kind,
            "service": storable(issue.service),
            "template": storable(issue.template),
            "severity": issue.severity,
            "started_at": issue.started_at,
            "ended_at": issue.ended_at,
            "issue": storable_json(dict(issue.record)),
            "channels": list(issue.channels),
        }
        known = self._same_incident(connection, issue, values)
        if known is None:
            self._open(connection, values, issue.started_at.year)
            return Filed(str(values["id"]), True, self._alert(connection, values))
        graver = _SEVERITIES.index(issue.severity) > _SEVERITIES.index(known["severity"])
        values |= {"id": known["id"], "severity": max_severity(issue.severity, known["severity"])}
        connection.execute(_JOIN, values)
        return Filed(known["id"], False, self._alert(connection, values) if graver else None)

    def _same_incident(
        self, connection: psycopg.Connection, issue: SeenIssue, values: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        bounds = {"since": issue.started_at - self._join, "until": issue.ended_at + self._join}
        with connection.cursor(row_factory=dict_row) as cursor:
            found = cursor.execute(_OPEN, {**values, **bounds}).fetchall()
        return next((one for one in found if self._same(one["template"], issue.template)), None)

    def _open(self, connection: psycopg.Connection, values: dict[str, Any], year: int) -> None:
        values["year"] = year
        values["number"] = _number(connection, _NEXT_INCIDENT, values)
        values["id"] = f"INC-{year}-{values['number']:03}"
        connection.execute(_ADD_INCIDENT, values)

    def _alert(self, connection: psycopg.Connection, values: dict[str, Any]) -> str | None:
        if not values["channels"]:
            return None
        number = _number(connection, _NEXT_ALERT, values)
        alert = f"ALERT-{number:03}"
        connection.execute(_ADD_ALERT, {**values, "alert": alert, "number": number})
        return alert


def max_severity(one: str, other: str) -> str:
    """Return the graver of two severities."""
    return max(one, other, key=_SEVERITIES.index)


def _number(connection: psycopg.Connection, query: str, values: Mapping[str, Any]) -> int:
    row = connection.execute(query.encode(), values).fetchone()
    assert row is not None
    return int(row[0])
