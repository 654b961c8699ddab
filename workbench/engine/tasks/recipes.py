"""Plans that are ready: found by the words of an instruction, completed with its values."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from workbench.engine.tasks.declared import Declarations, Recipe
from workbench.engine.tasks.plan import GIVEN, Plan, Step, as_reference
from workbench.engine.tools.arguments import FoundBy
from workbench.engine.tools.tool import Tool
from workbench.errors import UsageError


def found_values(tools: Mapping[str, Tool], instruction: str, today: date) -> dict[str, list[Any]]:
    """Return what an instruction names of the tools' arguments, by argument."""
    found: dict[str, list[Any]] = {}
    for tool in tools.values():
        for name, field in tool.arguments.model_fields.items():
            for mark in field.metadata:
                if isinstance(mark, FoundBy) and name not in found:
                    found[name] = list(dict.fromkeys(mark.find(instruction, today)))
    return {name: values for name, values in found.items() if values}


def known_values(given: Mapping[str, Any], found: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Return the given values, and those of which the instruction names exactly one.

    Raises:
        UsageError: The instruction names another value than the given one.
    """
    for name, value in given.items():
        if name in found and str(value) not in map(str, found[name]):
            raise UsageError(
                f"the instruction says {name} {found[name][0]}, --set says {value}",
                "say the same in both",
            )
    single = {name: str(values[0]) for name, values in found.items() if len(values) == 1}
    return {**single, **given}


def matching_recipe(
    declared: Declarations,
    instruction: str,
    known: Mapping[str, Any],
    found: Mapping[str, Sequence[Any]],
) -> Recipe | None:
    """Return the recipe for an instruction, if one fits and has the values that it needs.

    An instruction that names two of something, such as two rooms, wants more than a recipe does.
    """
    for recipe in declared.recipes:
        several = any(len(found.get(name, ())) > 1 for name in _asked(recipe))
        if not several and recipe.matches(instruction) and set(recipe.needs) <= set(known):
            return recipe
    return None


def lacking_values(declared: Declarations, instruction: str, known: Mapping[str, Any]) -> list[str]:
    """Return the values that would make a recipe fit, where its words do."""
    return [
        name
        for recipe in declared.recipes
        if recipe.matches(instruction)
        for name in recipe.needs
        if name not in known
    ]


def fill_recipe(recipe: Recipe, known: Mapping[str, Any]) -> Plan:
    """Return a recipe's plan, without arguments and conditions about values that are not known."""
    return Plan(steps=tuple(_filled(step, known) for step in recipe.steps))


def _filled(step: Step, known: Mapping[str, Any]) -> Step:
    arguments = {name: one for name, one in step.arguments.items() if _is_known(one, known)}
    conditions = tuple(one for one in step.conditions if _is_known(one.value, known))
    return step.model_copy(update={"arguments": arguments, "conditions": conditions})


def _is_known(value: Any, known: Mapping[str, Any]) -> bool:
    reference = as_reference(value)
    return reference is None or reference.source != GIVEN or reference.field in known


def _asked(recipe: Recipe) -> set[str]:
    """Return the names of the given values that a recipe uses."""
    references = (one for step in recipe.steps for one in step.references())
    return {one.field for one in references if one.source == GIVEN}
