"""`workbench monitor`: what the logs of an assistant's services show."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from workbench.cli.asking import asked_model
from workbench.cli.output import Progress, guarded, note, print_json, print_line
from workbench.errors import UsageError, WorkbenchError

if TYPE_CHECKING:
    from workbench.config import Settings
    from workbench.engine.monitoring.explaining import Explanation
    from workbench.engine.monitoring.issues import Issue
    from workbench.store.database import Database
    from workbench.store.incidents import Incidents


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("monitor")(guarded(monitor))


def monitor(
    assistant: str = typer.Argument(..., help="The assistant whose services are watched."),
    logs: Path | None = typer.Argument(None, metavar="[LOGS.jsonl]", help="Log lines, JSONL."),
    window: float | None = typer.Option(None, "--window", help="The length of a window, minutes."),
    baseline: Path | None = typer.Option(
        None, "--baseline", help="Log lines of quiet times; else the earlier windows."
    ),
    explain: bool = typer.Option(False, "--explain", help="Let the model sum up."),
    status: bool = typer.Option(False, "--status", help="Show the alerts that are not over."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Find what is unusual in the logs of an assistant's services; commands are shown, never run.

    Raises:
        UsageError: Neither logs nor --status were given, or both, or the window has no length.
    """
    if status == (logs is not None):
        raise UsageError("give a file of log lines, or --status", "see: workbench monitor --help")
    if window is not None and not 0 < window <= 10_080:
        raise UsageError("a window has a length of up to 10080 minutes", "give --window MINUTES")
    if logs is None:
        _show(_status(assistant), _print_status, json=json)
    else:
        _show(_analysed(assistant, logs, window, baseline, explain=explain), _print, json=json)


def _show(document: dict[str, Any], print_text: Any, *, json: bool) -> None:
    if json:
        print_json(document)
    else:
        print_text(document)


def _status(assistant: str) -> dict[str, Any]:
    from workbench.engine.monitoring.document import status_document

    settings, monitoring = _declared(assistant)
    incidents = _incidents(settings, assistant, monitoring)
    return status_document(assistant, incidents.active(), incidents.last_analysis(), monitoring)


def _analysed(
    assistant: str, logs: Path, window: float | None, baseline: Path | None, *, explain: bool
) -> dict[str, Any]:
    import time
    from dataclasses import replace

    from workbench.engine.monitoring.analysis import analyse
    from workbench.engine.monitoring.document import analysed_log, analysis_document, seen_issue
    from workbench.engine.monitoring.issues import with_causes
    from workbench.engine.monitoring.reading import read_log

    settings, monitoring = _declared(assistant)
    began = time.monotonic()
    analysis = analyse(read_log(logs, baseline, monitoring), monitoring, window)
    analysis = replace(analysis, seconds=time.monotonic() - began)
    explained = None
    if explain and analysis.issues:
        first = analysis.issues[0]
        told, model = _explained(settings, first)
        if told is not None:
            causes = with_causes(first, told.causes)
            analysis = replace(analysis, issues=(causes, *analysis.issues[1:]))
            explained = (told.summary, model) if told.summary else None
    seen = [seen_issue(issue, monitoring) for issue in analysis.issues]
    filed = _incidents(settings, assistant, monitoring).file(seen, analysed_log(analysis))
    return analysis_document(assistant, analysis, filed, monitoring, explained)


def _explained(settings: "Settings", issue: "Issue") -> "tuple[Explanation | None, str]":
    """Return the model's explanation; without a model, or a sound summary, say why on stderr."""
    from workbench.cli.running import run_async

    try:
        told, model = run_async(_explain(settings, issue))
    except WorkbenchError as error:
        note(f"not explained: {error.one_line()}")
        return None, ""
    if told.refused:
        note(f"the model's summary is not used: {told.refused}")
    return told, model


async def _explain(settings: "Settings", issue: "Issue") -> "tuple[Explanation, str]":
    from workbench.engine.monitoring.explaining import explain

    with asked_model(settings) as model:
        told = await explain(issue, model.stream)
        return told, model.name


def _declared(assistant: str) -> "tuple[Settings, Any]":
    from workbench.assistants import assistant_folders, get_assistant
    from workbench.config import load_settings
    from workbench.engine.monitoring.definition import load_monitoring
    from workbench.engine.permitting import require_permission

    settings = load_settings()
    folders = assistant_folders(settings.workspace)
    if assistant not in folders:
        get_assistant(assistant, settings.workspace)  # says that there is none, and which there are
    monitoring = load_monitoring(folders[assistant], assistant)
    if monitoring.permission:
        chosen = get_assistant(assistant, settings.workspace)
        database = _database(settings)
        require_permission(settings, database, chosen, monitoring.permission, "monitor services")
    return settings, monitoring


def _database(settings: "Settings") -> "Database":
    from workbench.store.database import open_database

    progress = Progress()
    database = open_database(settings, progress)
    progress.done()
    return database


def _incidents(settings: "Settings", assistant: str, monitoring: Any) -> "Incidents":
    from datetime import timedelta

    from workbench.engine.monitoring.templates import same_template
    from workbench.store.incidents import Incidents

    join = timedelta(minutes=monitoring.join_minutes)
    return Incidents(_database(settings), assistant, join, same_template)


def _print(document: dict[str, Any]) -> None:
    print_line(document["summary"])
    for issue in document["issues"]:
        _print_issue(issue)
    print_line()
    print_line(
        f"{document['lines']:,} lines, {document['windows_judged']:,} windows of "
        f"{document['window_minutes']:g} minutes judged; a quiet one is flagged with a chance of "
        f"at most {document['false_alarm_level']:g}"
    )
    for text in document["notes"]:
        note(text)


def _print_issue(issue: dict[str, Any]) -> None:
    state = "opened" if issue["opened"] else "joined"
    alert = f", {issue['alert_id']}" if issue["alert_id"] else ""
    print_line(f"\n{issue['incident_id']} ({state}{alert})  {issue['severity']}")
    print_line(f"  {issue['description']}")
    print_line(f"  from {issue['started_at']} to {issue['ended_at']}")
    if issue["affected_components"]:
        print_line(f"  affected: {', '.join(issue['affected_components'])}")
    impact = issue["impact_assessment"]
    if impact["business_impact"]:
        print_line(f"  impact: {impact['affected_users']}. {impact['business_impact']}.")
    if issue["possible_causes"]:
        print_line(f"  possible causes: {'; '.join(issue['possible_causes'])}")
    for action in issue["recommended_actions"]:
        command = f"\n        {action['command']}" if action["command"] else ""
        print_line(f"  {action['priority']}: {action['action']}{command}")


def _print_status(document: dict[str, Any]) -> None:
    last = document["last_analysis"] or "never"
    print_line(f"watched: {', '.join(document['services_monitored'])}; last analysis: {last}")
    for alert in document["alerts"]:
        print_line(
            f"{alert['id']}  {alert['severity']:8} {alert['service']:10} {alert['issue']:22} "
            f"{alert['started_at']}  {alert['status']}  ({alert['incident_id']})"
        )
    if not document["alerts"]:
        print_line("no alert is open")
