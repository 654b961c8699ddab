"""Telling whether two calls of a tool that writes would do the same thing.

An e-mail that a model words may read differently each time and yet be the same e-mail. A tool that
writes texts therefore tells in its result, as `about`, what its text is about; that stands in the
place of the text.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence

from workbench.engine.tasks.plan import Plan, as_reference
from workbench.engine.tasks.report import StepState
from workbench.engine.tools.tool import Tool

ABOUT = "about"
AGAIN = "again"
"""The argument of a tool that does the same thing once, which names a further occasion for it."""


def effect_of(state: StepState, states: Sequence[StepState], once: Sequence[str], day: str) -> str:
    """Return the key of what a step does; empty for a tool that may do the same thing again.

    Args:
        state: The step, its arguments resolved.
        states: All steps of the plan.
        once: The tools that do the same thing once a day.
        day: The assistant's date.
    """
    if state.step.tool not in once:
        return ""
    parts = {name: _part(name, state, states) for name in sorted(state.arguments)}
    written = json.dumps([state.step.tool, day, parts], sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()


def _part(name: str, state: StepState, states: Sequence[StepState]) -> object:
    reference = as_reference(state.step.arguments[name])
    if reference is not None and reference.step:
        source = states[reference.step - 1]
        if ABOUT in source.data:
            return [source.step.tool, reference.field, source.data[ABOUT]]
    return state.arguments[name]


def repeating(plan: Plan, tools: Mapping[str, Tool], once: Sequence[str]) -> Plan:
    """Return a plan whose steps that are done once are done on an occasion of their own.

    Args:
        plan: A checked plan.
        tools: The tools, by name.
        once: Those that do the same thing once a day.
    """
    occasion = f"again-{secrets.token_hex(4)}"
    return plan.with_steps(
        tuple(
            step.model_copy(update={"arguments": {**step.arguments, AGAIN: occasion}})
            if step.tool in once and AGAIN in tools[step.tool].arguments.model_fields
            else step
            for step in plan.steps
        )
    )
