"""The values that come with an instruction or that it names, and that something must use."""

import difflib
import unicodedata
from collections.abc import Mapping

from workbench.engine.tasks.declared import Declarations
from workbench.engine.tasks.plan import GIVEN, TODAY, Plan, PlanError, as_reference
from workbench.engine.tools.arguments import name_readers
from workbench.engine.tools.context import ToolContext
from workbench.engine.tools.people import spell_names
from workbench.engine.tools.tool import Tool
from workbench.errors import UsageError


def check_names(
    given: Mapping[str, str], tools: Mapping[str, Tool], declared: Declarations
) -> None:
    """Check that every value is an argument of a tool, or what a recipe or a rule uses.

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
    wanted = (as_reference(rule.condition.value) for rule in declared.rules)
    known |= {one.field for one in wanted if one is not None and one.source == GIVEN}
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


async def spelt_names(text: str, tools: Mapping[str, Tool], context: ToolContext) -> str:
    """Return a text in NFC, names that the operator may know spelt as the tables spell them."""
    text = unicodedata.normalize("NFC", text)
    for permission, read in name_readers(tools):
        if context.operator.may(permission):
            text = spell_names(text, await read(context))
    return text
