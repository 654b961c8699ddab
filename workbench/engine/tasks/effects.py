"""Telling whether two calls of a tool that writes would do the same thing.

An e-mail that a model words may read differently each time and yet be the same e-mail. A tool that
writes texts therefore tells in its result, as `about`, what its text is about; that stands in the
place of the text.
"""

import hashlib
import json
from collections.abc import Sequence

from workbench.engine.tasks.plan import as_reference
from workbench.engine.tasks.report import StepState

ABOUT = "about"


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
