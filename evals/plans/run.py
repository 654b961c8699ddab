"""Runs a set of task plans on fresh sample tables, as `workbench run-task` does, and scores them.

    python -m evals.plans.run datasets/hotel/plans_dev.jsonl [--no-model | --model NAME]
        [--plan-only] [--only ID ...] [--runs runs.jsonl] [--json]

The runs have a workspace, a database and operators of their own in a temporary folder; nothing of
the user's is read or changed but the cache of encoder and weights. With `--no-model` whatever asks
the model gets a refusal at once: what recipes and rules plan is run, the rest is named as needing a
model.
A scoring of a test part is noted in the log of looks.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evals.plans.items import PlanItem, read_items
from evals.plans.marks import Run
from evals.plans.refusing_model import RefusingModel
from evals.plans.score import show, summarise
from evals.plans.state import make_state, read_effects
from workbench.assistants import get_assistant
from workbench.assistants.task_files import load_task_files
from workbench.cli.asking import asked_model
from workbench.config import EndpointSettings, Settings, load_settings
from workbench.engine.assistant import Assistant
from workbench.engine.session import checked_question
from workbench.engine.tasks.opening import open_setting
from workbench.engine.tasks.planner import BY_MODEL
from workbench.engine.tasks.running import run_task
from workbench.errors import (
    DatabaseError,
    ModelServerError,
    ResourceError,
    UsageError,
    WorkbenchError,
)
from workbench.evaluation.datasets.looks import LOG, ensure_look, is_known_test_part, look_at
from workbench.evaluation.fingerprint import code_version
from workbench.locations import WORKSPACE_FILE
from workbench.services.postgres import stop_embedded
from workbench.store.database import Database, open_database
from workbench.store.operators import Operators

ROOT = Path(__file__).parents[2]
ASSISTANT = "hotel"
NO_MODEL = "none"


@dataclass(frozen=True, slots=True)
class Bench:
    """What the runs share.

    Attributes:
        workspace: A folder of their own.
        database: Its database.
        assistant: Whose tools are used.
        overrides: Settings beside the defaults.
        plan_only: Whether nothing but the plan is wanted.
        refusing: What stands in for a model; `None` where a real one plans.
    """

    workspace: Path
    database: Database
    assistant: Assistant
    overrides: dict[str, Any]
    plan_only: bool
    refusing: RefusingModel | None


def run_item(bench: Bench, item: PlanItem) -> Run:
    """Run one instruction on fresh tables; an error is kept as what came of it."""
    before = make_state(bench.database, bench.assistant, item)
    settings = load_settings(bench.workspace, operator=item.role, **bench.overrides)
    asked = bench.refusing.asked if bench.refusing else 0
    report, error = None, ""
    try:
        report = asyncio.run(carry_out(settings, bench, item))
    except WorkbenchError as fault:
        if _is_of_the_machine(fault, bench):
            raise
        error = fault.one_line()
    refused = bench.refusing is not None and bench.refusing.asked > asked
    if report and report["resumed"]:
        raise UsageError(f"{item.id} went on with another item's task", "give it its own words")
    return Run(
        item=item.id,
        report=report,
        error=error,
        effects=read_effects(bench.database, bench.assistant, item, before),
        needs_model=refused and not _planned_without_model(report),
    )


async def carry_out(settings: Settings, bench: Bench, item: PlanItem) -> dict[str, Any]:
    """Return the report of an instruction, confirmed beforehand, as plain JSON types."""
    declared, tools = load_task_files(bench.assistant, settings.workspace)
    checked_question(item.user_input)

    async def confirm(_: object) -> bool:
        return True

    with asked_model(settings) as model:
        setting = await open_setting(
            settings, bench.assistant, tools, declared, model.text, lambda _: None
        )
        report = await run_task(
            setting,
            item.user_input,
            dict(item.given),
            confirm=confirm,
            emit=lambda _: None,
            plan_only=bench.plan_only,
        )
    made: dict[str, Any] = json.loads(json.dumps(report.to_dict()))
    return made


def _is_of_the_machine(fault: WorkbenchError, bench: Bench) -> bool:
    """Tell whether an error says nothing about the instruction, so that no item can be scored."""
    if isinstance(fault, ModelServerError):
        return bench.refusing is None
    return isinstance(fault, DatabaseError | ResourceError)


def _planned_without_model(report: dict[str, Any] | None) -> bool:
    """Tell whether a plan was made without the model, which may still have been asked for words."""
    return report is not None and not report["planned_by"].startswith(BY_MODEL)


def run_items(items: Iterable[PlanItem], given: argparse.Namespace) -> list[Run]:
    """Run instructions one after the other in a workspace that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="plans-") as folder, RefusingModel() as refusing:
        workspace = Path(folder)
        (workspace / WORKSPACE_FILE).touch()
        (workspace / "corpus").symlink_to(ROOT / "corpus")
        overrides: dict[str, Any] = {"model": given.model}
        if given.no_model:
            endpoint = EndpointSettings(base_url=refusing.url, model=NO_MODEL)
            overrides = {"model": NO_MODEL, "endpoints": {NO_MODEL: endpoint}}
        settings = load_settings(workspace, **overrides)
        try:
            bench = Bench(
                workspace=workspace,
                database=open_database(settings),
                assistant=get_assistant(ASSISTANT, workspace),
                overrides=overrides,
                plan_only=given.plan_only,
                refusing=refusing if given.no_model else None,
            )
            return [_run_told(bench, item) for item in _with_operators(bench, items)]
        finally:
            stop_embedded(settings)


def _with_operators(bench: Bench, items: Iterable[PlanItem]) -> list[PlanItem]:
    """Store an operator for each role, called as it is, and return the items."""
    listed = list(items)
    for role in {item.role for item in listed}:
        Operators(bench.database).add(role, role)
    return listed


def _run_told(bench: Bench, item: PlanItem) -> Run:
    run = run_item(bench, item)
    came = run.error or (run.report or {}).get("status")
    print(f"{item.id}: {came}, {len(run.effects.emails)} e-mails", file=sys.stderr)
    return run


def _note_look(given: argparse.Namespace, n: int) -> None:
    now = datetime.now(UTC)
    look = look_at(
        given.items,
        ROOT,
        run=f"plans-{now:%Y%m%d-%H%M%S}",
        suite="plans",
        model="" if given.no_model else (given.model or "auto"),
        prompt="",
        commit=code_version(ROOT)["git_commit"],
        n=n,
    )
    ensure_look(ROOT / LOG, look)


def options() -> argparse.ArgumentParser:
    """Return the command's options."""
    parser = argparse.ArgumentParser(prog="python -m evals.plans.run")
    parser.add_argument("items", type=Path)
    parser.add_argument("--model")
    parser.add_argument("--no-model", action="store_true")
    parser.add_argument("--plan-only", action="store_true")
    parser.add_argument("--only", nargs="+", default=[], metavar="ID")
    parser.add_argument("--runs", type=Path, help="where to write what came of each, a line each")
    parser.add_argument("--json", action="store_true")
    return parser


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, keep what came of it, and print the figures."""
    given = options().parse_args(arguments)
    items = [item for item in read_items(given.items) if not given.only or item.id in given.only]
    if not items:
        raise UsageError("no item has one of these ids", "see the file")
    if is_known_test_part(given.items, ROOT):
        _note_look(given, len(items))
    runs = run_items(items, given)
    if given.runs:
        text = "".join(json.dumps(run.to_dict(), ensure_ascii=False) + "\n" for run in runs)
        given.runs.write_text(text, encoding="utf-8")
    show(summarise(items, runs), as_json=given.json)


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as fault:
        print(fault.one_line(), file=sys.stderr)
        sys.exit(fault.exit_code)
