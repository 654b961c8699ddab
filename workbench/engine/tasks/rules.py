"""Rules of an assistant put into a plan, and enforced while it runs.

A plan gets the look-ups and conditions that a rule asks for, so that people see them; and when a
guarded call is about to be made, the rule is looked up anew with the call's own arguments, so that
it holds whatever was planned and however long ago.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.engine.tasks.calling import Caller
from workbench.engine.tasks.declared import Declarations, Exempt, Rule, has_words
from workbench.engine.tasks.plan import (
    GIVEN,
    Condition,
    Plan,
    Step,
    as_reference,
    renumbered,
)
from workbench.engine.tasks.values import MissingValueError, holds, resolve
from workbench.engine.tools.running import Call

_CALL = "call"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a rule does not let a call be made.

    Attributes:
        rule: Its name.
        condition: What had to hold.
        text: What was found, in the operator's language.
    """

    rule: str
    condition: Condition
    text: str


def concerns(rule: Rule, plan: Plan, step: Step, declared: Declarations, instruction: str) -> bool:
    """Tell whether a rule that guards the calls of a step concerns it in this task."""
    if rule.words and has_words(rule.words, instruction):
        return True
    return not any(_is_exempt(one, plan, step, declared) for one in rule.exempt)


def _is_exempt(exempt: Exempt, plan: Plan, step: Step, declared: Declarations) -> bool:
    """Tell whether all that a step sends was written by a call that is let pass."""
    named = {name for one in plan.steps if one.tool == exempt.tool for name in one.arguments}
    # what the text was asked for with is no part of the text; `Declarations.same` keeps it equal
    written = (set(declared.gives.get(exempt.tool, ())) - named) & set(step.arguments)
    return bool(written) and all(_passes(exempt, plan, step.arguments[one]) for one in written)


def _passes(exempt: Exempt, plan: Plan, value: Any) -> bool:
    reference = as_reference(value)
    if reference is None or not 0 < reference.step <= len(plan.steps):
        return False
    source = plan.steps[reference.step - 1]
    return source.tool == exempt.tool and exempt.lets_pass(source)


def with_rules(
    plan: Plan, declared: Declarations, instruction: str, given: Mapping[str, Any]
) -> Plan:
    """Return a plan in which every guarded step waits for what its rules look up.

    Args:
        plan: As it was planned.
        declared: The assistant's rules.
        instruction: What was asked.
        given: The values that came with it.
    """
    number = 1
    while number <= len(plan.steps):
        step = plan.steps[number - 1]
        for rule in declared.rules_for(step.tool):
            step = plan.steps[number - 1]
            guards = rule.guards(step.arguments, given)
            if guards and concerns(rule, plan, step, declared, instruction):
                before = len(plan.steps)
                plan = _guarded(plan, number, rule)
                number += len(plan.steps) - before
        number += 1
    return plan


def _guarded(plan: Plan, number: int, rule: Rule) -> Plan:
    """Return a plan whose step `number` has the condition of a rule."""
    step = plan.steps[number - 1]
    if _looked_at(plan, step, rule):
        return plan
    field = _field(rule)
    tool = _source(rule).tool
    found = [at for at, one in enumerate(plan.steps[: number - 1], start=1) if one.tool == tool]
    found = [at for at in found if _may_tell(plan.steps[at - 1], at, step, rule)]
    if len(found) == 1 or (found and _asks_by_call(rule)):
        condition = rule.condition.model_copy(update={"of": f"${found[-1]}.{field}"})
        guarded = step.model_copy(update={"conditions": (*step.conditions, condition)})
        return plan.with_steps((*plan.steps[: number - 1], guarded, *plan.steps[number:]))
    return _inserted(plan, number, rule)


def _may_tell(look_up: Step, at: int, step: Step, rule: Rule) -> bool:
    """Tell whether a look-up may be about the thing that a guarded step is about.

    One that is asked for by an argument of the call shares it with the call, or gives it.
    """
    if not _asks_by_call(rule):
        return True
    for one in map(as_reference, _source(rule).arguments.values()):
        value = step.arguments.get(one.field) if one else None
        reference = as_reference(value)
        if value in look_up.arguments.values() or (reference and reference.step == at):
            return True
    return False


def _asks_by_call(rule: Rule) -> bool:
    """Tell whether the look-up of a rule is asked by nothing but the guarded call's arguments."""
    asked = map(as_reference, _source(rule).arguments.values())
    return all(one is not None and one.source == _CALL for one in asked)


def _inserted(plan: Plan, number: int, rule: Rule) -> Plan:
    """Return a plan with those look-ups of a rule before the step `number` that it lacks."""
    step = plan.steps[number - 1]
    needs: list[Step] = []
    places: list[int] = []
    for need in rule.needs:
        arguments = {name: _own(one, step, places) for name, one in need.arguments.items()}
        own = need.model_copy(update={"arguments": arguments})
        found = _same_step(plan.steps[: number - 1], own)
        if not found:
            needs.append(own)
        places.append(found or number - 1 + len(needs))
    source = as_reference(rule.condition.of)
    assert source is not None
    of = f"${places[source.step - 1]}.{source.field}"
    condition = rule.condition.model_copy(update={"of": of})
    first, *later = [renumbered(one, number, len(needs)) for one in plan.steps[number - 1 :]]
    guarded = first.model_copy(update={"conditions": (*first.conditions, condition)})
    return plan.with_steps((*plan.steps[: number - 1], *needs, guarded, *later))


def _own(value: Any, step: Step, places: Sequence[int]) -> Any:
    """Return an argument of a look-up in the place of the one that a rule declares."""
    reference = as_reference(value)
    if reference is not None and reference.source == _CALL:
        return step.arguments.get(reference.field)
    if reference is not None and reference.step:
        return f"${places[reference.step - 1]}.{reference.field}"
    return value


def _same_step(steps: Sequence[Step], wanted: Step) -> int:
    """Return the number of a step that makes the same call whatever happens; 0 for none."""
    for number, step in enumerate(steps, start=1):
        same = step.tool == wanted.tool and step.arguments == wanted.arguments
        if same and not step.conditions:
            return number
    return 0


def _looked_at(plan: Plan, step: Step, rule: Rule) -> bool:
    """Tell whether a step already waits for what a rule asks for."""
    for condition in step.conditions:
        reference = as_reference(condition.of)
        if reference is None or not 0 < reference.step <= len(plan.steps):
            continue
        same = (reference.field, condition.operator, condition.value) == (
            _field(rule), rule.condition.operator, rule.condition.value,
        )  # fmt: skip
        if same and plan.steps[reference.step - 1].tool == _source(rule).tool:
            return True
    return False


def _source(rule: Rule) -> Step:
    reference = as_reference(rule.condition.of)
    assert reference is not None and 0 < reference.step <= len(rule.needs)
    return rule.needs[reference.step - 1]


def _field(rule: Rule) -> str:
    reference = as_reference(rule.condition.of)
    assert reference is not None
    return reference.field


class Gate:
    """Looks up what rules ask for, right before a guarded call.

    Args:
        caller: Calls the tools.
        declared: The assistant's rules.
        instruction: What was asked.
        given: The values that came with it.
    """

    def __init__(
        self,
        caller: Caller,
        declared: Declarations,
        instruction: str,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        self._caller = caller
        self._declared = declared
        self._instruction = instruction
        self._given = given or {}

    def same(self, tool: str) -> tuple[str, ...]:
        """Return the arguments that a call shares with the steps whose results it uses."""
        return self._declared.same.get(tool, ())

    async def refusal(self, plan: Plan, step: Step, arguments: Mapping[str, Any]) -> Refusal | None:
        """Return why a call may not be made; `None` when it may.

        Args:
            plan: The whole plan.
            step: The step of the call.
            arguments: What the call is given, every reference resolved.
        """
        for rule in self._declared.rules_for(step.tool):
            guards = rule.guards(arguments, self._given)
            if guards and concerns(rule, plan, step, self._declared, self._instruction):
                refused = await self._try(rule, arguments)
                if refused is not None:
                    return refused
        return None

    async def _try(self, rule: Rule, arguments: Mapping[str, Any]) -> Refusal | None:
        results: dict[str, Mapping[str, Any]] = {_CALL: arguments, GIVEN: self._given}
        text = ""
        for number, need in enumerate(rule.needs, start=1):
            try:
                asked = {name: resolve(value, results) for name, value in need.arguments.items()}
            except MissingValueError as error:
                return Refusal(rule.name, rule.condition, f"{error} is not known")
            call = Call(id=f"rule-{number}", name=need.tool, arguments=asked)
            returned = (await self._caller.call(call)).returned
            text = returned.text
            if returned.result is None:
                return Refusal(rule.name, rule.condition, text)
            results[str(number)] = returned.result.data
        return None if holds(rule.condition, results) else Refusal(rule.name, rule.condition, text)
