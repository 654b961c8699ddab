"""What a question needs: documents, tools, or both.

It is decided through a `Router` that learned from the assistant's own examples, which takes
milliseconds. The whole question is routed and, where it asks for several things, each of its parts
beside it. A tool that is called though documents may hold the answer has to find its arguments in
the question; one that changes something has to be likely, and the operator is asked besides.
Documents are left out only where they are unlikely to be needed.

A question about a thing of the tables that asks for what no table holds, such as the kind of beds
in a room, has the label `NOT_IN_TABLES`: it is refused at once, where a look-up would answer with
all that is known of the thing, and a model would make the rest up.

The probabilities were chosen by cross-validation on the hotel's examples
(`evals/tool_choice.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol, runtime_checkable

from workbench.engine.agent.clauses import clauses_of
from workbench.engine.routing.router import Route, Router
from workbench.engine.tools.arguments import found_arguments, is_complete
from workbench.engine.tools.tool import Tool

DOCUMENTS = "documents"
"""The label of questions that the documents answer."""
NOT_IN_TABLES = "not_in_tables"
"""The label of questions about a thing of the tables that no table answers."""
LIKELY = 0.4
"""The probability from which a tool is called, the model filling in what it lacks."""
LIKELY_IN_PART = 0.6
"""The same for the likeliest tool of a part of the question."""
CLEARER = 0.5
"""By so much the whole question is clearer about documents than about the tool of a part."""
POSSIBLE = 0.25
"""The probability from which the likeliest tool is called if nothing else is likely."""
DOCUMENTS_FROM = 0.3
"""The probability from which documents are read beside what tools find."""
REFUSED_FROM = 0.5
"""The probability from which a question is refused that no table answers."""

Shares = Mapping[str, float]
"""The probability of each label."""


@runtime_checkable
class RoutesAll(Protocol):
    """A router that takes several texts at a time."""

    async def route_all(self, texts: Sequence[str]) -> list[Route]:
        """Return the route of each text."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a question needs.

    Attributes:
        documents: Whether documents are searched.
        tools: The tools to call, in the order of their likelihood.
        likely: The names of those of them for which the model may be asked for arguments.
        route: What the router said; `None` for an assistant without tools.
        parts: By a tool's name, the part of the question that asks for it, where that is known.
        untold: Whether no table holds what is asked of a thing that the tables know.
        question: What was asked, in words that need no history and with names as tables spell them;
            empty for the question as it was.
    """

    documents: bool
    tools: tuple[Tool, ...] = ()
    likely: frozenset[str] = frozenset()
    route: Route | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    untold: bool = False
    question: str = ""


ONLY_DOCUMENTS = Need(documents=True)


async def choose_need(
    question: str,
    router: Router | None,
    tools: Mapping[str, Tool],
    today: date,
    earlier: str = "",
) -> Need:
    """Return what a question needs.

    Args:
        question: As it can be understood alone.
        router: Knows the names of the tools, `DOCUMENTS` and perhaps `NOT_IN_TABLES` as labels;
            without it documents are searched.
        tools: Those of the assistant, by name.
        today: What "tomorrow" counts from.
        earlier: What was asked before, where the question leans on it: "and the suite?" may ask for
            a price or for what a rule says of suites.
    """
    if router is None or not tools:
        return ONLY_DOCUMENTS
    clauses = clauses_of(question)
    route, routes = await _routed(router, question, clauses)
    if earlier:
        route = _mean(route, await router.route(f"{earlier.strip()} {question}"))
    shares = route.probabilities
    documents = shares.get(DOCUMENTS, 0.0) >= DOCUMENTS_FROM
    asked = _Asked(question, clauses, shares, [one.probabilities for one in routes], tools, today)
    untold = shares.get(NOT_IN_TABLES, 0.0)
    if untold >= REFUSED_FROM and untold > max(shares.get(name, 0.0) for name in tools):
        return Need(documents=documents, untold=not documents, route=route, question=question)
    chosen = asked.chosen(documents)
    return Need(
        documents=documents or not chosen,
        tools=tuple(tools[name] for name in chosen),
        likely=frozenset(name for name in chosen if asked.is_likely(name)),
        route=route,
        parts=asked.parts(chosen),
        question=question,
    )


async def _routed(
    router: Router, question: str, clauses: Sequence[str]
) -> tuple[Route, list[Route]]:
    """Return the route of a question and of its parts; none of these for a router of one text."""
    if len(clauses) < 2 or not isinstance(router, RoutesAll):
        return await router.route(question), []
    whole, *parts = await router.route_all([question, *clauses])
    return whole, parts


def _mean(one: Route, other: Route) -> Route:
    """Return the first route with the mean of both probabilities."""
    labels = one.probabilities.keys() | other.probabilities.keys()
    shares = {
        label: (one.probabilities.get(label, 0.0) + other.probabilities.get(label, 0.0)) / 2
        for label in labels
    }
    ordered = dict(sorted(shares.items(), key=lambda pair: -pair[1]))
    return replace(one, probabilities=ordered, seconds=one.seconds + other.seconds)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, its parts, and what the router says of them.

    Attributes:
        question: The whole question.
        clauses: Its parts.
        whole: The shares of the whole.
        routed: The shares of each part; empty where they are not known.
        tools: Those of the assistant, by name.
        today: What "tomorrow" counts from.
    """

    question: str
    clauses: Sequence[str]
    whole: Shares
    routed: Sequence[Shares]
    tools: Mapping[str, Tool]
    today: date

    def chosen(self, documents: bool) -> list[str]:
        """Return the names of the tools to call, the likeliest first."""
        found = {name for name in self.tools if self.share(name) >= LIKELY}
        found |= {name for name, _ in self.in_parts()}
        if any(self.tools[name].writes for name in found):
            found = self._beside_writing(found)
        found = {
            name
            for name in found
            if not documents or self.tools[name].writes or self.is_named(name, self.question)
        }
        if not found and not documents:
            found = self._possible()
        return sorted(found, key=lambda name: -self.share(name))

    def parts(self, chosen: Sequence[str]) -> dict[str, str]:
        """Return the part of the question that asks for each tool, where several are chosen."""
        if len(chosen) < 2 or not self.routed:
            return {}
        parts: dict[str, list[str]] = {}
        current = ""
        for clause, shares in zip(self.clauses, self.routed, strict=True):
            best = max(chosen, key=lambda name: shares.get(name, 0.0))
            if shares.get(best, 0.0) >= LIKELY or not current:
                current = best
            parts.setdefault(current, []).append(clause)
        return {name: ", ".join(clauses) for name, clauses in parts.items()}

    def share(self, name: str) -> float:
        """Return the probability of a label for the whole question."""
        return self.whole.get(name, 0.0)

    def in_parts(self) -> list[tuple[str, int]]:
        """Return the tools that are the likeliest of a part, and which part that is."""
        found = []
        for at, shares in enumerate(self.routed):
            best = max(shares, key=lambda name: shares[name], default="")
            if best not in self.tools or shares[best] < LIKELY_IN_PART:
                continue
            if self.share(best) < self.share(DOCUMENTS) - CLEARER:
                continue  # the part speaks of a thing of the tables, the whole asks of a rule
            if self.tools[best].writes or self.is_named(best, self.clauses[at]):
                found.append((best, at))
        return found

    def is_likely(self, name: str) -> bool:
        """Tell whether the model may be asked for a tool's arguments."""
        return self.share(name) >= LIKELY or name in dict(self.in_parts())

    def is_named(self, name: str, text: str) -> bool:
        """Tell whether a text names what a tool needs, and something of it at all."""
        found = found_arguments(self.tools[name], text, self.today)
        return all(each and is_complete(self.tools[name], each) for each in found)

    def _beside_writing(self, found: set[str]) -> set[str]:
        """Leave out what is only looked up since the words of what is to be done speak of it."""
        all_writing = {name for name in found if self.tools[name].writes}
        writing = {max(all_writing, key=self.share)} | (all_writing & dict(self.in_parts()).keys())
        asked_apart = {
            name
            for name, at in self.in_parts()
            if all(self.routed[at].get(other, 0.0) < LIKELY for other in writing)
        }
        return writing | ((found - all_writing) & asked_apart)

    def _possible(self) -> set[str]:
        """Return the likeliest tool where nothing is likely, if the question names all of it."""
        best = max(self.tools, key=self.share)
        if self.share(best) < max(POSSIBLE, self.share(NOT_IN_TABLES)) or self.tools[best].writes:
            return set()
        return {best} if self.is_named(best, self.question) else set()
