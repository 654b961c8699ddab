"""The values that come with an instruction: they must have a name that something uses."""

import difflib
from collections.abc import Mapping

from workbench.engine.tasks.declared import Declarations
from workbench.engine.tasks.plan import GIVEN, TODAY, Plan, PlanError
from workbench.engine.tools.tool import Tool
from workbench.errors import UsageError


def check_names(
    given: Mapping[str, str], tools: Mapping[str, Tool], declared: Declarations
) -> None:
    """Check that every value has the name of an argument of a tool, or of what a recipe uses.

    Raises:
        UsageError: One has not.
    """
    known = {name for tool in tools.values() for name in tool.arguments.model_fields}
    known |= {
        reference.field
        for recipe in declared.recipes
        for step in recipe.steps
        for reference in step.references()
        if reference.source == GIVEN
    }
    known.discard(TODAY)
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            hint = f"the nearest is {near[0]!r}" if near else "no tool takes one"
            raise UsageError(f"nothing is called {name!r} here", hint)


def check_used(given: Mapping[str, str], plan: Plan) -> None:
    """Check that a plan uses every given value, so that none is left out unnoticed.

    Raises:
        PlanError: It leaves one out.
    """
    used = {one.field for step in plan.steps for one in step.references() if one.source == GIVEN}
    literals = {str(value) for step in plan.steps for value in step.arguments.values()}
    for name, value in given.items():
        if name not in used and value not in literals:
            raise PlanError(
                f"the plan does not use the given {name}", f"leave out: --set {name}=..."
            )
