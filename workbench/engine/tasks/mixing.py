"""Keeping what was written about one thing from being sent to another."""

from collections.abc import Sequence

from workbench.engine.tasks.plan import as_reference
from workbench.engine.tasks.report import StepState


def mixed(state: StepState, states: Sequence[StepState], names: Sequence[str]) -> str:
    """Return the argument in which a step and those whose results it uses differ; else nothing.

    Args:
        state: The step, its arguments resolved.
        states: All steps of the plan.
        names: The arguments that must be the same, such as the booking of a text and of its
            addressee.
    """
    for value in state.step.arguments.values():
        reference = as_reference(value)
        if reference is None or not reference.step:
            continue
        source = states[reference.step - 1]
        for name in names:
            asked = (source.arguments.get(name), source.data.get(name))
            if asked[0] is not None and state.arguments.get(name) not in asked:
                return name
    return ""
