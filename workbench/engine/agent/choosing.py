"""What a question needs: documents, tools, or both.

It is decided through a `Router` that learned from the assistant's own examples, which takes
milliseconds. Tools that are only possible are called where the question names their arguments: a
look-up too many costs a few milliseconds, where asking the model costs seconds. A tool that changes
something has to be likely, and the operator is asked besides. Documents are left out only where
they are unlikely to be needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from workbench.engine.routing.router import Route, Router
from workbench.engine.tools.arguments import found_arguments, is_complete
from workbench.engine.tools.tool import Tool

DOCUMENTS = "documents"
"""The label of questions that the documents answer."""
LIKELY = 0.5
"""The probability from which a tool is called, the model filling in what it lacks."""
POSSIBLE = 0.25
"""The probability from which a tool is called if the question names all that it needs."""
DOCUMENTS_FROM = 0.25
"""The probability from which documents are read beside what tools find."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a question needs.

    Attributes:
        documents: Whether documents are searched.
        tools: The tools to call, in the order of their likelihood.
        likely: The names of those of them for which the model may be asked for arguments.
        route: What the router said; `None` for an assistant without tools.
    """

    documents: bool
    tools: tuple[Tool, ...] = ()
    likely: frozenset[str] = frozenset()
    route: Route | None = None


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
    shares = {name: share for name, share in route.probabilities.items() if name in tools}
    documents = route.probabilities.get(DOCUMENTS, 0.0) >= DOCUMENTS_FROM
    named = {name for name in shares if _is_named(tools[name], question, today)}
    likely = [
        name
        for name, share in shares.items()
        if share >= LIKELY and (name in named or tools[name].writes or not documents)
    ]
    possible = [
        name
        for name, share in shares.items()
        if POSSIBLE <= share < LIKELY and name in named and not tools[name].writes
    ]
    if any(tools[name].writes for name in likely):
        possible = []
    chosen = tuple(tools[name] for name in (*likely, *possible))
    return Need(
        documents=documents or not chosen, tools=chosen, likely=frozenset(likely), route=route
    )


def _is_named(tool: Tool, question: str, today: date) -> bool:
    """Tell whether a question names what a tool needs, and something of it at all."""
    found = found_arguments(tool, question, today)
    return all(each and is_complete(tool, each) for each in found)
