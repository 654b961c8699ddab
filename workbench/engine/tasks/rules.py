"""Rules of an assistant put into a plan, and enforced while it runs.

A plan gets the look-ups and conditions that a rule asks for, so that people see them; and when a
guarded call is about to be made, the rule is looked up anew with the call's own arguments, so that
it holds whatever was planned and however long ago.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.engine.tasks.calling import Caller
from workbench.engine.tasks.declared import Declarations, Rule, has_words
from workbench.engine.tasks.plan import Condition, Plan, Step, as_reference, renumbered
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
    """Tell whether a rule guards a step of its tool in this task."""
    exempt = rule.exempt
    if exempt is None or (rule.words and has_words(rule.words, instruction)):
        return True
    named = {name for one in plan.steps if one.tool == exempt.tool for name in one.arguments}
    # what the text was asked for with is no part of the text; `Declarations.same` keeps it equal
    written = (set(declared.gives.get(exempt.tool, ())) - named) & set(step.arguments)
    return not (written and all(_is_exempt(rule, plan, step.arguments[one]) for one in written))


def _is_exempt(rule: Rule, plan: Plan, value: Any) -> bool:
    reference = as_reference(value)
    if rule.exempt is None or reference is None or not 0 < reference.step <= len(plan.steps):
        return False
    source = plan.steps[reference.step - 1]
    if source.tool != rule.exempt.tool:
        return False
    return source.arguments.get(rule.exempt.argument) in rule.exempt.values


def with_rules(plan: Plan, declared: Declarations, instruction: str) -> Plan:
    """Return a plan in which every guarded step waits for what its rules look up.

    Args:
        plan: As it was planned.
        declared: The assistant's rules.
        instruction: What was asked.
    """
    number = 1
    while number <= len(plan.steps):
        step = plan.steps[number - 1]
        for rule in declared.rules_for(step.tool):
            if concerns(rule, plan, step, declared, instruction):
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
    if len(found) == 1:
        condition = rule.condition.model_copy(update={"of": f"${found[0]}.{field}"})
        guarded = step.model_copy(update={"conditions": (condition, *step.conditions)})
        return Plan(steps=(*plan.steps[: number - 1], guarded, *plan.steps[number:]))
    return _inserted(plan, number, rule)


def _inserted(plan: Plan, number: int, rule: Rule) -> Plan:
    """Return a plan with the look-ups of a rule before the step `number`."""
    step, count = plan.steps[number - 1], len(rule.needs)
    needs = []
    for need in rule.needs:
        own = renumbered(need, 1, number - 1)
        arguments = {
            name: step.arguments.get(reference.field)
            if (reference := as_reference(value)) is not None and reference.source == _CALL
            else value
            for name, value in own.arguments.items()
        }
        needs.append(own.model_copy(update={"arguments": arguments}))
    source = as_reference(rule.condition.of)
    assert source is not None
    of = f"${source.step + number - 1}.{source.field}"
    condition = rule.condition.model_copy(update={"of": of})
    later = [renumbered(one, number, count) for one in plan.steps[number - 1 :]]
    guarded = later[0].model_copy(update={"conditions": (condition, *later[0].conditions)})
    return Plan(steps=(*plan.steps[: number - 1], *needs, guarded, *later[1:]))


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
    """

    def __init__(self, caller: Caller, declared: Declarations, instruction: str) -> None:
        self._caller = caller
        self._declared = declared
        self._instruction = instruction

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
            if concerns(rule, plan, step, self._declared, self._instruction):
                refused = await self._try(rule, arguments)
                if refused is not None:
                    return refused
        return None

    async def _try(self, rule: Rule, arguments: Mapping[str, Any]) -> Refusal | None:
        results: dict[str, Mapping[str, Any]] = {_CALL: arguments}
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
