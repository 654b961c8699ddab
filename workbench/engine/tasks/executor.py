"""Running a checked plan, step by step."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.engine.tasks.calling import Caller
from workbench.engine.tasks.mixing import mixed
from workbench.engine.tasks.plan import GIVEN, Plan, Step, as_reference
from workbench.engine.tasks.report import StepState
from workbench.engine.tasks.rules import Gate
from workbench.engine.tasks.values import (
    MissingValueError,
    Results,
    holds,
    is_missing,
    read_as,
    resolve,
)
from workbench.engine.tools.running import Call
from workbench.engine.tools.tool import Tool

TASK_SECONDS = 300.0
"""After so many seconds no further step is begun."""

Changed = Callable[[StepState], Awaitable[None]]
"""Told of every change of a step, which is then kept and shown."""
Before = Callable[[StepState, Sequence[StepState]], Awaitable[Mapping[str, Any] | None]]
"""Takes a step and all of them; returns the record of one that did the same before, if it may be
done once only."""
_ENDED_WELL = ("completed",)
_ENDS_THE_TASK = ("stopped", "failed")


class Executor:
    """Runs plans.

    Steps that depend on nothing that is still open run at the same time; a tool that writes waits
    for all steps before it, and all steps after it wait for it.

    Args:
        tools: The tools, by name.
        caller: Calls them.
        gate: Enforces the assistant's rules.
        changed: Told of every change.
        before: Finds what was done before, for tools that do the same thing once.
        seconds: After how long no further step is begun.
    """

    def __init__(
        self,
        tools: Mapping[str, Tool],
        caller: Caller,
        gate: Gate,
        changed: Changed,
        before: Before,
        seconds: float = TASK_SECONDS,
    ) -> None:
        self._tools = tools
        self._caller = caller
        self._gate = gate
        self._changed = changed
        self._before = before
        self._seconds = seconds

    async def run(
        self, plan: Plan, given: Mapping[str, Any], kept: Sequence[StepState] = ()
    ) -> list[StepState]:
        """Run a plan to its end; return what came of each step.

        Args:
            plan: A plan that was checked.
            given: The values that came with the instruction.
            kept: What an earlier run of the same task completed. What wrote something is not done
                again; of the others, only those whose arguments are others now, or at which a
                condition looks.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._seconds
        states = [StepState(number=at, step=one) for at, one in enumerate(plan.steps, start=1)]
        earlier = {one.number: one for one in kept if one.status == "completed"}
        course = _Course(plan, states, given, earlier)
        for state in states:
            await self._changed(state)
            if state.number in earlier and self._tools[state.step.tool].writes:
                await self._keep(state, earlier[state.number])  # what was done is not undone
        while ready := self._ready(states):
            if any(one.status in _ENDS_THE_TASK for one in states):
                break
            if loop.time() > deadline:
                await self._end(ready[0], "failed", f"not begun within {self._seconds:g} s")
                break
            await asyncio.gather(*(self._step(one, course) for one in ready))
        for state in states:
            if state.status == "planned":
                await self._end(state, "not_run", "")
        return states

    def _ready(self, states: Sequence[StepState]) -> list[StepState]:
        """Return the steps that can be run now."""
        is_open = {one.number for one in states if one.status == "planned"}
        return [
            one
            for one in states
            if one.status == "planned" and not self._waits_for(one, states) & is_open
        ]

    def _waits_for(self, state: StepState, states: Sequence[StepState]) -> set[int]:
        before = states[: state.number - 1]
        if self._tools[state.step.tool].writes:
            return {one.number for one in before}
        writing = {one.number for one in before if self._tools[one.step.tool].writes}
        return writing | {one.step for one in state.step.references() if one.step}

    async def _step(self, state: StepState, course: "_Course") -> None:
        """Run one step, or say why not."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        results = course.results()
        if await self._is_held_back(state, course.states, results):
            return
        try:
            state.arguments = self._resolved(state.step, results)
        except MissingValueError as error:
            await self._end(state, "failed", f"{error} is not known")
            return
        if await self._is_done(state, course) or await self._is_refused(state, course):
            return
        state.status = "running"
        await self._changed(state)
        await self._call(state)
        state.seconds = loop.time() - started
        await self._changed(state)

    def _resolved(self, step: Step, results: Results) -> dict[str, Any]:
        """Return the arguments of a step, every reference resolved.

        Raises:
            MissingValueError: One points to something that is not there.
        """
        tool, arguments = self._tools[step.tool], {}
        for name, value in step.arguments.items():
            found, reference = resolve(value, results), as_reference(value)
            from_step = reference is not None and reference.step > 0
            arguments[name] = read_as(tool, name, found, results) if from_step else found
        return arguments

    async def _is_done(self, state: StepState, course: "_Course") -> bool:
        """Tell whether a step was done before, and take its result then."""
        earlier = course.earlier.get(state.number)
        if earlier is not None and _can_be_kept(state, earlier, course.plan):
            await self._keep(state, earlier)
            return True
        record = await self._before(state, course.states)
        if record is not None:
            await self._keep(state, StepState.restored(state.step, record))
        return record is not None

    async def _is_refused(self, state: StepState, course: "_Course") -> bool:
        """Tell whether a call may not be made, and end the step then."""
        other = mixed(state, course.states, self._gate.same(state.step.tool))
        if other:
            await self._end(state, "failed", f"its {other} is not that of what it uses")
            return True
        refusal = await self._gate.refusal(course.plan, state.step, state.arguments)
        if refusal is not None:
            state.failed_condition, state.rule = refusal.condition, refusal.rule
            await self._end(state, "stopped", refusal.text)
        return refusal is not None

    async def _call(self, state: StepState) -> None:
        call = Call(id=f"step-{state.number}", name=state.step.tool, arguments=state.arguments)
        called = await self._caller.call(call)
        returned = called.returned
        state.attempts = called.attempts
        if returned.result is None:
            state.status, state.code, state.text = "failed", returned.code or "", returned.message
            return
        state.status, state.text = "completed", returned.result.text
        state.data = dict(returned.result.data)

    async def _is_held_back(
        self, state: StepState, states: Sequence[StepState], results: Mapping[str, Any]
    ) -> bool:
        """Tell whether a step is not to be run, and end it then."""
        used = {one.step for one in state.step.references() if one.step}
        missing = [one for one in states if one.number in used and one.status not in _ENDED_WELL]
        if missing:
            await self._end(state, "skipped", "")
            return True
        for condition in state.step.conditions:
            if not holds(condition, results):
                unknown = is_missing(condition.of, results)
                state.failed_condition = None if unknown else condition
                stops = state.step.otherwise == "stop"
                text = f"{condition.of} is not known" if unknown else ""
                await self._end(state, "stopped" if stops else "skipped", text)
                return True
        return False

    async def _keep(self, state: StepState, earlier: StepState) -> None:
        state.status, state.kept = "completed", True
        state.arguments, state.data, state.text = earlier.arguments, earlier.data, earlier.text
        state.attempts, state.seconds = earlier.attempts, earlier.seconds
        await self._changed(state)

    async def _end(self, state: StepState, status: Any, text: str) -> None:
        state.status, state.text = status, text
        await self._changed(state)


@dataclass(frozen=True, slots=True)
class _Course:
    """One run of a plan: its steps, its given values, and what an earlier run completed."""

    plan: Plan
    states: Sequence[StepState]
    given: Mapping[str, Any]
    earlier: Mapping[int, StepState]

    def results(self) -> dict[str, Mapping[str, Any]]:
        """Return what references point into now."""
        done = {str(one.number): one.data for one in self.states if one.status in _ENDED_WELL}
        return {GIVEN: self.given, **done}


def _can_be_kept(state: StepState, earlier: StepState, plan: Plan) -> bool:
    """Tell whether an earlier result counts; what a condition looks at is looked up anew."""
    if state.number in _looked_at(plan.steps):
        return False
    return _as_json(earlier.arguments) == _as_json(state.arguments)


def _looked_at(steps: Sequence[Step]) -> set[int]:
    return {
        reference.step
        for step in steps
        for condition in step.conditions
        for reference in Step(tool=step.tool, conditions=(condition,)).references()
        if reference.step
    }


def _as_json(arguments: Mapping[str, Any]) -> str:
    return json.dumps(dict(arguments), sort_keys=True, default=str)
