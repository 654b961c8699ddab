"""What a question needs: documents, tools, or both.

It is decided through a `Router` that learned from the assistant's own examples, which takes
milliseconds. Where the router is not sure of the tools, those that are possible and whose arguments
the question names are called: a look-up too many costs a few milliseconds, where asking the model
costs seconds. Documents are left out only where they are unlikely to be needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from workbench.engine.routing.router import Route, Router
from workbench.engine.tools.arguments import found_arguments, is_complete
from workbench.engine.tools.tool import Tool

DOCUMENTS = "documents"
"""The label of questions that the documents answer."""
SURE = 0.6
"""The confidence from which a route is followed as it is: in 10-fold cross-validation on the
hotel's examples 87% of such routes were exactly right."""
DOCUMENTS_FROM = 0.25
"""The probability from which documents are read beside what tools find."""
POSSIBLE = 0.25
"""The probability from which a tool is thought of when the route is not sure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a question needs.

    Attributes:
        documents: Whether documents are searched.
        tools: The tools to call, in the order of their likelihood.
        route: What the router said; `None` for an assistant without tools.
        sure: Whether the router was.
    """

    documents: bool
    tools: tuple[Tool, ...] = ()
    route: Route | None = None
    sure: bool = True


ONLY_DOCUMENTS = Need(documents=True)


async def choose_need(
    question: str, router: Router | None, tools: Mapping[str, Tool], today: date
) -> Need:
    """Return what a question needs.

    Args:
        question: As it can be understood alone.
        router: Knows the names of the tools and `DOCUMENTS` as labels; without it documents
            are searched.
        tools: Those of the assistant, by name.
        today: What "tomorrow" counts from.
    """
    if router is None or not tools:
        return ONLY_DOCUMENTS
    route = await router.route(question)
    sure = bool(route.labels) and (route.confidence or 0.0) >= SURE
    if sure:
        chosen = tuple(tools[name] for name in route.labels if name in tools)
    else:
        likely = [name for name, share in route.probabilities.items() if share >= POSSIBLE]
        thought_of = (tools[name] for name in likely if name in tools and not tools[name].writes)
        chosen = tuple(one for one in thought_of if _is_named(one, question, today))
    documents = not chosen or route.probabilities.get(DOCUMENTS, 0.0) >= DOCUMENTS_FROM
    return Need(documents=documents, tools=chosen, route=route, sure=sure)


def _is_named(tool: Tool, question: str, today: date) -> bool:
    """Tell whether a question names what a tool needs, and something of it at all."""
    found = found_arguments(tool, question, today)
    return bool(found) and is_complete(tool, found)
