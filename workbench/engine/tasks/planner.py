"""From an instruction to a plan that may be run."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workbench.engine.tasks.checking import (
    Bounds,
    ForbiddenError,
    check_literals,
    check_size,
    check_steps,
)
from workbench.engine.tasks.clauses import UnclearError, read_clauses
from workbench.engine.tasks.composing import RouteText, compose
from workbench.engine.tasks.declared import Recipe
from workbench.engine.tasks.doubts import doubt_about, forbids, is_plain, mixed_up, without_writes
from workbench.engine.tasks.plan import Plan, PlanError
from workbench.engine.tasks.prompting import (
    MAX_TOKENS,
    CannotError,
    planning_messages,
    planning_schema,
    read_plan,
)
from workbench.engine.tasks.recipes import fill_recipe, lacking_values, matching_recipe
from workbench.engine.tasks.rules import with_rules
from workbench.engine.tasks.times import check_time

AskModel = Callable[[Sequence[tuple[str, str]], dict[str, Any], int], Awaitable[str]]
"""Takes a chat, the JSON Schema of its reply and the most tokens of it; returns the reply."""

BY_MODEL, BY_RULE = "model", "rules"
_TRIES = 2


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and who made it: "model", "rules", or "recipe NAME"."""

    plan: Plan
    by: str


class Planner:
    """Makes plans.

    Args:
        bounds: What they may use.
        ask_model: Asks the model for what neither recipes nor rules plan.
        today: The assistant's date.
        route: Tells which tool a clause means whose words do not; without it no plan is made by
            rules.
    """

    def __init__(
        self, bounds: Bounds, ask_model: AskModel, today: date, route: RouteText | None = None
    ) -> None:
        self._bounds = bounds
        self._ask = ask_model
        self._today = today
        self._route = route

    async def plan(self, instruction: str, found: Mapping[str, Sequence[Any]]) -> Planned:
        """Return a checked plan for an instruction.

        Args:
            instruction: What was asked.
            found: What it names, by argument.

        Raises:
            PlanError: It cannot become a plan that may be run.
            ModelServerError: The model cannot be asked.
        """
        declared, known = self._bounds.declared, self._bounds.given
        recipe = matching_recipe(declared, instruction, known, found)
        doubt = self._doubt(instruction)
        takes = recipe is not None and not doubt and is_plain(instruction)
        if recipe is not None and takes and self._does_all(recipe, instruction):
            plan = self.checked(fill_recipe(recipe, known), instruction)
            return Planned(plan, f"recipe {recipe.name}")
        composed = await self._by_rule(instruction)
        if composed is not None:
            return composed
        lacking = lacking_values(declared, instruction, known)
        if lacking and not any(len(values) > 1 for values in found.values()):
            names = " or ".join(dict.fromkeys(lacking))
            raise PlanError(
                f"the instruction does not say {names}", f"name it, or --set {lacking[0]}=..."
            )
        return await self._by_model(instruction, found)

    def checked(self, plan: Plan, instruction: str) -> Plan:
        """Return a plan with what the rules add, after checking it.

        Raises:
            PlanError: It may not be run.
        """
        check_size(plan)
        return self.ruled(plan, instruction)

    def _doubt(self, instruction: str) -> str:
        """Return the words for which nothing may be written; nothing where all is clear."""
        bounds = self._bounds
        doubt = doubt_about(instruction, bounds.given)
        return doubt or mixed_up(instruction, bounds.declared, bounds.tools, self._today)

    def _safe(self, plan: Plan, doubt: str) -> Plan:
        """Return a plan without its writes where there is a doubt about them."""
        return without_writes(plan, doubt, self._bounds.tools, self._bounds.declared)

    def ruled(self, plan: Plan, instruction: str) -> Plan:
        """Do what `checked` does, for a plan to which rules have added steps already."""
        check_steps(plan, self._bounds)
        ruled = with_rules(plan, self._bounds.declared, instruction, self._bounds.given)
        check_steps(ruled, self._bounds)
        return ruled

    def _does_all(self, recipe: Recipe, instruction: str) -> bool:
        """Tell whether a recipe has a step for each tool that the instruction asks for.

        Raises:
            PlanError: Something is to be done later.
        """
        tools = {step.tool for step in recipe.steps}
        try:
            clauses = read_clauses(instruction, self._bounds.declared)
        except UnclearError:
            return True
        for clause in clauses:
            if clause.tool and self._bounds.tools[clause.tool].writes:
                check_time(clause.text, ())
        return all(not one.tool or one.tool in tools for one in clauses)

    async def _by_rule(self, instruction: str) -> Planned | None:
        """Return a plan made by rule; `None` where the rules cannot make one that may be run."""
        if self._route is None:
            return None
        plan = await compose(instruction, self._bounds, self._route, self._today)
        if plan is None:
            return None
        plan = self._safe(plan, self._doubt(instruction))
        try:
            return Planned(self.checked(plan, instruction), BY_RULE)
        except ForbiddenError:
            raise
        except PlanError:
            return None

    async def _by_model(self, instruction: str, found: Mapping[str, Sequence[Any]]) -> Planned:
        """Ask the model; a plan that is wrong is asked for once more, with what is wrong in it."""
        fault = ""
        for attempt in range(1, _TRIES + 1):
            try:
                return await self._ask_once(instruction, found, fault)
            except PlanError as error:
                if attempt == _TRIES or isinstance(error, CannotError):
                    raise
                fault = error.one_line()
        raise AssertionError("the last attempt returns or raises")

    async def _ask_once(
        self, instruction: str, found: Mapping[str, Sequence[Any]], fault: str
    ) -> Planned:
        bounds = self._bounds
        doubt = self._doubt(instruction)
        doubt = doubt or forbids(instruction, bounds.declared.wishes, bounds.tools)
        tools = bounds.allowed()
        if not tools:
            raise PlanError("your role may use no tool", "ask somebody whose role may")
        names = {tool.name for tool in tools}
        recipes = [
            one
            for one in bounds.declared.recipes
            if set(one.needs) <= set(bounds.given) and {step.tool for step in one.steps} <= names
        ]
        messages = planning_messages(instruction, bounds, recipes, self._today, fault)
        reply = await self._ask(messages, planning_schema(bounds, recipes, found), MAX_TOKENS)
        name, plan = read_plan(reply)
        recipe = next((one for one in recipes if one.name == name), None)
        if recipe is not None:
            if not is_plain(instruction):
                raise PlanError("no recipe does what the instruction asks", "plan its steps")
            filled = self._safe(fill_recipe(recipe, bounds.given), doubt)
            filled = self.checked(filled, instruction)
            return Planned(filled, f"{BY_MODEL}, recipe {recipe.name}")
        check_size(plan)
        check_steps(plan, bounds)
        check_literals(plan, bounds.tools, instruction, self._today)
        return Planned(self.checked(self._safe(plan, doubt), instruction), BY_MODEL)
