"""Checking a plan before anything of it runs."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from workbench.engine.tasks.declared import Declarations, has_words
from workbench.engine.tasks.plan import (
    GIVEN,
    MAX_STEPS,
    Condition,
    Plan,
    PlanError,
    Reference,
    Step,
    as_reference,
    holds_a_reference,
)
from workbench.engine.text import fold
from workbench.engine.tools.arguments import FoundBy
from workbench.engine.tools.tool import Tool

_WITHOUT_VALUE = ("is_true", "is_false")


class ForbiddenError(PlanError):
    """A plan uses a tool that the operator's role may not use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What plans may use.

    Attributes:
        tools: The tools, by name.
        may: Tells whether the operator may use one.
        declared: What the assistant declares.
        given: The values that came with the instruction.
    """

    tools: Mapping[str, Tool]
    may: Callable[[Tool], bool]
    declared: Declarations
    given: Mapping[str, Any]

    def allowed(self) -> list[Tool]:
        """Return the tools that the operator may use."""
        return [tool for tool in self.tools.values() if self.may(tool)]


def check_size(plan: Plan) -> None:
    """Check that a plan has one to eight steps.

    Raises:
        PlanError: It has none, or too many.
    """
    if not plan.steps:
        raise PlanError("the plan has no step", "say what is to be done")
    if len(plan.steps) > MAX_STEPS:
        raise PlanError(
            f"the plan has {len(plan.steps)} steps, at most {MAX_STEPS} are allowed",
            "ask for a part of it",
        )


def check_steps(plan: Plan, bounds: Bounds) -> None:
    """Check every step of a plan.

    Raises:
        PlanError: A tool is unknown or forbidden, an argument is missing, unknown or wrong, or a
            reference does not point to an earlier step or a given value.
    """
    for number, step in enumerate(plan.steps, start=1):
        tool = _tool(number, step, bounds)
        for reference in step.references():
            _check_reference(number, reference, plan, bounds)
        for condition in step.conditions:
            _check_condition(number, condition)
        _check_arguments(number, step, tool, bounds.given)


def check_literals(plan: Plan, tools: Mapping[str, Tool], text: str, today: date) -> None:
    """Check that a planned literal which rules can find in a text does occur in the instruction.

    Raises:
        PlanError: The plan names a room, a booking or the like that nobody named, or sets what only
            the operator sets.
    """
    for number, step in enumerate(plan.steps, start=1):
        fields = tools[step.tool].arguments.model_fields
        offered = tools[step.tool].schema()["properties"]
        for name, value in step.arguments.items():
            if name not in offered:
                raise PlanError(f"step {number} of the plan may not set {name}", "leave it out")
            marks = [one for one in fields[name].metadata if isinstance(one, FoundBy)]
            if as_reference(value) is not None or not marks:
                continue
            named = [found for mark in marks for found in mark.find(text, today)]
            if not _is_named(value, fields[name].annotation, named, text):
                raise PlanError(
                    f"step {number} of the plan has {name} {value!r}, which was not named",
                    f"name it, or give it: --set {name}=...",
                )


def _is_named(value: Any, kind: Any, named: Sequence[Any], text: str) -> bool:
    """Tell whether a literal is one of the values that a text names, or occurs in it as it is."""
    if has_words(re.escape(fold(str(value).replace("_", " "))), text):
        return True
    try:
        return TypeAdapter(kind).validate_python(value) in named
    except ValidationError:
        return False


def _tool(number: int, step: Step, bounds: Bounds) -> Tool:
    tool = bounds.tools.get(step.tool)
    if tool is None:
        raise PlanError(
            f"step {number} of the plan uses an unknown tool {step.tool!r}",
            f"there are: {', '.join(sorted(bounds.tools))}",
        )
    if not bounds.may(tool):
        raise ForbiddenError(
            f"step {number} of the plan uses {step.tool}, which your role may not use",
            "ask somebody whose role may",
        )
    return tool


def _check_reference(number: int, reference: Reference, plan: Plan, bounds: Bounds) -> None:
    what = f"step {number} of the plan refers to {reference}"
    if reference.source == GIVEN:
        if reference.field not in bounds.given:
            raise PlanError(f"{what}, which was not given", f"--set {reference.field}=...")
        return
    if reference.step == 0:
        raise PlanError(f"{what}, which is nothing", "refer to $1.name or $given.name")
    if reference.step >= number:
        raise PlanError(f"{what}, which does not come before it", "plan it the other way round")
    source = plan.steps[reference.step - 1].tool
    names = bounds.declared.gives.get(source, ())
    if reference.field not in names:
        raise PlanError(f"{what}, but {source} gives no {reference.field!r}", _they(names))


def _they(names: Sequence[str]) -> str:
    return f"it gives: {', '.join(names)}" if names else "nothing of it can be referred to"


def _check_condition(number: int, condition: Condition) -> None:
    reference = as_reference(condition.of)
    if reference is None or reference.step == 0:
        raise PlanError(
            f"a condition of step {number} of the plan is not about an earlier result",
            "it is about $1.name or the like",
        )
    if (condition.value is None) != (condition.operator in _WITHOUT_VALUE):
        wants = "takes no value" if condition.operator in _WITHOUT_VALUE else "needs a value"
        raise PlanError(
            f"a condition of step {number} of the plan: {condition.operator} {wants}",
            "correct the plan",
        )


def _check_arguments(number: int, step: Step, tool: Tool, given: Mapping[str, Any]) -> None:
    """Check arguments as far as they are known: literals and given values."""
    known: dict[str, Any] = {}
    later = set()
    for name, value in step.arguments.items():
        if holds_a_reference(value):
            raise PlanError(
                f"step {number} of the plan has a reference within the text of {name}",
                "an argument is a reference or a text, not both",
            )
        reference = as_reference(value)
        known[name] = value
        if reference is not None and reference.source == GIVEN:
            known[name] = given[reference.field]
        elif reference is not None:
            later.add(name)
    try:
        tool.arguments.model_validate(known)
    except ValidationError as error:
        faults = [one for one in error.errors() if not one["loc"] or one["loc"][0] not in later]
        if faults:
            raise _wrong_argument(number, step, faults[0]) from error


def _wrong_argument(number: int, step: Step, fault: Any) -> PlanError:
    name = str(fault["loc"][0]) if fault["loc"] else "its arguments"
    what = f"step {number} of the plan, {step.tool}: {name}"
    if fault["type"] == "missing":
        return PlanError(f"{what} is not known", f"say it, or give it: --set {name}=...")
    if fault["type"] == "extra_forbidden":
        return PlanError(f"{what} is no argument of it", "say it otherwise")
    return PlanError(f"{what}: {fault['msg'].removeprefix('Value error, ')}", "say it otherwise")
