"""One task from its instruction to its summary: planned, checked, confirmed, run and kept."""

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workbench.engine.agent.assistance import RouterSource
from workbench.engine.agent.loop import Emit
from workbench.engine.assistant import Assistant
from workbench.engine.events import ConfirmationGiven, ConfirmationRequested, PlanStep
from workbench.engine.language import detect_language
from workbench.engine.session import checked_question
from workbench.engine.tasks.calling import Caller, Pause
from workbench.engine.tasks.checking import Bounds
from workbench.engine.tasks.declared import Declarations
from workbench.engine.tasks.effects import effect_of, repeating
from workbench.engine.tasks.executor import Before, Executor
from workbench.engine.tasks.given import check_names, check_used, spelt_names
from workbench.engine.tasks.plan import TODAY, Plan
from workbench.engine.tasks.planner import AskModel, Planned, Planner
from workbench.engine.tasks.recipes import found_values, known_values
from workbench.engine.tasks.report import StepState, TaskReport, merged_results
from workbench.engine.tasks.rules import Gate
from workbench.engine.tasks.telling import (
    declined,
    plan_lines,
    summary,
    task_status,
    told_not_planned,
)
from workbench.engine.tools.context import ToolContext
from workbench.engine.tools.running import ToolRunner
from workbench.engine.tools.tool import Tool
from workbench.store.tasks import StoredTask, Tasks

Confirm = Callable[[TaskReport], Awaitable[bool]]
"""Shows the operator a plan that changes something, and asks whether it may be run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What tasks of an assistant work with.

    Attributes:
        assistant: Whose tasks.
        tools: Its tools, and those that only tasks use, by name.
        declared: Its rules and recipes.
        context: What the tools work with, for a language; who asks is read from the store.
        tasks: Keeps what was begun.
        ask_model: Asks the model for a plan.
        router: Gives what tells which tool a clause means; without it no plan is made by rules.
        pause: Waits between two attempts of a call.
    """

    assistant: Assistant
    tools: Mapping[str, Tool]
    declared: Declarations
    context: Callable[[str], Awaitable[ToolContext]]
    tasks: Tasks
    ask_model: AskModel
    router: RouterSource | None = None
    pause: Pause = asyncio.sleep


async def run_task(
    setting: Setting,
    instruction: str,
    given: Mapping[str, str],
    *,
    confirm: Confirm,
    emit: Emit,
    plan_only: bool = False,
    again: bool = False,
) -> TaskReport:
    """Carry out an instruction.

    The same instruction with the same values on the same day goes on where an earlier run of it
    broke off. What tools do once is done once, whoever asks for it, unless it is wished again.

    Args:
        setting: What it works with.
        instruction: What is to be done.
        given: Values that come with it, by the name of an argument.
        confirm: Asks before a plan that changes something.
        emit: Told of every step.
        plan_only: Whether only the plan is wanted; nothing is run or kept then.
        again: Whether what was sent before is sent once more.

    Raises:
        PlanError: The instruction cannot become a plan that may be run.
        UsageError: The instruction or a value is not as it should be, or the task runs just now.
        WorkbenchError: The model or the database cannot be used.
    """
    task = _Task(setting, instruction, given, confirm, emit)
    task.again = again
    return await task.run(plan_only=plan_only)


class _Task:
    def __init__(
        self,
        setting: Setting,
        instruction: str,
        given: Mapping[str, str],
        confirm: Confirm,
        emit: Emit,
    ) -> None:
        self._setting = setting
        self._instruction = checked_question(instruction)
        self._given = dict(given)
        self._confirm = confirm
        self._emit = emit
        self._lang = detect_language(self._instruction, setting.assistant.languages)
        self._started = time.monotonic()
        self._resumed = False
        self.again = False

    async def run(self, *, plan_only: bool) -> TaskReport:
        setting = self._setting
        check_names(self._given, setting.tools, setting.declared)
        context = await setting.context(self._lang)
        runner = ToolRunner(setting.tools, context)
        spelt = await spelt_names(self._instruction, setting.tools, context)
        found = found_values(setting.tools, spelt, context.now.date())
        today = context.now.date().isoformat()
        known = {**known_values(self._given, found), TODAY: today}
        bounds = Bounds(tools=setting.tools, may=runner.may, declared=setting.declared, given=known)
        route = None if setting.router is None else self._route
        planner = Planner(bounds, setting.ask_model, context.now.date(), route)
        key = self._key(today)
        stored = None if plan_only else await setting.tasks.running(setting.assistant.name, key)
        self._resumed = stored is not None
        if stored is not None:
            ruled = planner.ruled(Plan.model_validate(stored.plan), self._instruction)
            planned = Planned(ruled, stored.planned_by)
        else:
            planned = await planner.plan(spelt, found)
            check_used(self._given, planned.plan)
            if self.again:
                planned = replace(
                    planned, plan=repeating(planned.plan, setting.tools, setting.declared.once)
                )
        report = self._report(planned, known)
        if plan_only:
            return report
        if not await self._is_confirmed(report):
            return replace(report, status="declined", summary=declined(self._lang))
        return await self._carry_out(report, planned, known, runner, key)

    async def _route(self, text: str) -> Mapping[str, float]:
        assert self._setting.router is not None
        router = await self._setting.router()
        return (await router.route(text)).probabilities

    async def _is_confirmed(self, report: TaskReport) -> bool:
        """Ask once for the whole plan where it changes something."""
        tools = self._setting.tools
        if not any(tools[state.step.tool].writes for state in report.steps):
            return True
        plan = {"plan": plan_lines(report)}
        self._emit(ConfirmationRequested(confirmation_id="plan", name="run_task", arguments=plan))
        yes = await self._confirm(report)
        self._emit(ConfirmationGiven(confirmation_id="plan", yes=yes))
        return yes

    async def _carry_out(
        self,
        report: TaskReport,
        planned: Planned,
        known: Mapping[str, Any],
        runner: ToolRunner,
        key: str,
    ) -> TaskReport:
        """Run a plan, and keep how far it came."""
        tasks = self._setting.tasks
        content = {
            "instruction": self._instruction,
            "given": self._given,
            "lang": self._lang,
            "planned_by": planned.by,
            "plan": planned.plan.model_dump(mode="json"),
        }
        stored = await tasks.begin(self._setting.assistant.name, key, content)
        async with tasks.claimed(stored):
            kept = await self._kept(stored, planned.plan)
            executor = self._executor(runner, stored, known)
            steps = await executor.run(planned.plan, known, kept)
            status = task_status(steps)
            plan = planned.plan
            text = summary(steps, self._lang, plan.left_out, plan.doubts)
            await tasks.finish(stored, status, merged_results(steps), text)
        return replace(
            report,
            id=stored.id,
            status=status,
            resumed=self._resumed,
            steps=steps,
            summary=text,
            seconds=time.monotonic() - self._started,
        )

    def _executor(
        self, runner: ToolRunner, stored: StoredTask, known: Mapping[str, Any]
    ) -> Executor:
        setting = self._setting
        caller = Caller(runner, setting.pause)
        gate = Gate(caller, setting.declared, self._instruction, known)
        finder = self._finder(str(known[TODAY]))
        return Executor(setting.tools, caller, gate, self._keeper(stored), finder)

    def _keeper(self, stored: StoredTask) -> Callable[[StepState], Awaitable[None]]:
        async def changed(state: StepState) -> None:
            if state.status != "planned":  # what an earlier run kept of it still counts
                record = {**state.to_dict(), "effect": state.effect}
                await self._setting.tasks.save_step(
                    stored, state.number, state.step.tool, state.status, record
                )
            event = PlanStep(number=state.number, action=state.step.name, status=state.status)
            self._emit(event)

        return changed

    def _finder(self, today: str) -> Before:
        setting = self._setting

        async def before(state: StepState, states: Sequence[StepState]) -> Mapping[str, Any] | None:
            state.effect = effect_of(state, states, setting.declared.once, today)
            if not state.effect:
                return None
            return await setting.tasks.done_before(setting.assistant.name, state.effect)

        return before

    async def _kept(self, stored: StoredTask, plan: Plan) -> list[StepState]:
        rows = await self._setting.tasks.steps(stored)
        return [
            StepState.restored(plan.steps[row["number"] - 1], row["record"])
            for row in rows
            if row["status"] == "completed"
            and 0 < row["number"] <= len(plan.steps)
            and row["tool"] == plan.steps[row["number"] - 1].tool
        ]

    def _report(self, planned: Planned, known: Mapping[str, Any]) -> TaskReport:
        steps = [StepState(number=at, step=one) for at, one in enumerate(planned.plan.steps, 1)]
        return TaskReport(
            id=None,
            assistant=self._setting.assistant.name,
            instruction=self._instruction,
            lang=self._lang,
            given=known,
            planned_by=planned.by,
            status="planned",
            steps=steps,
            summary=told_not_planned(planned.plan, self._lang),
            seconds=time.monotonic() - self._started,
        )

    def _key(self, today: str) -> str:
        """Return what tells this task's content from others."""
        words = " ".join(self._instruction.casefold().split())
        parts = [words, sorted(self._given.items()), today, *(["again"] if self.again else [])]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
