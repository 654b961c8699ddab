"""The items of a run by language, by tag, and by what their turn did.

What a turn did is its kind:

- document: it was answered from documents;
- tool: from tools alone, a question back or a forbidden call included;
- both: documents and tools were chosen;
- refused: the turn ended as a refusal, whatever it had chosen;
- unfinished: it broke before anything was chosen;
- mixed: the repeats of the item are of different kinds.

A turn's own `route` decides; where it has none, as an assistant without tools, what was retrieved
and called does. The kind follows from the answer, not from the question: a question that should
have gone to a tool and was refused stands among the refused.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from workbench.engine.agent.choosing import DOCUMENTS, NOT_IN_TABLES
from workbench.evaluation.metrics.latency import UNFINISHED
from workbench.evaluation.results import Item

GROUPINGS = ("lang", "tag", "route")
"""By what items can be grouped."""
KINDS = ("document", "tool", "both", "refused", "unfinished", "mixed")
"""The kinds of turns, in the order of reports."""
FEWEST = 5
"""Of fewer items a figure is shown, but marked."""
UNKNOWN = "(unknown)"
UNTAGGED = "(no tag)"

_OF_PARTS = {(True, False): "document", (False, True): "tool", (True, True): "both"}


def grouped(items: Iterable[Item], by: str) -> dict[str, list[Item]]:
    """Return the items of each group; an item with several tags is in several groups.

    Args:
        items: The items.
        by: One of `GROUPINGS`.

    Returns:
        Kinds in their order, else groups by name; items of which nothing is known come last. Empty
        where nothing is known of any item.
    """
    found: dict[str, list[Item]] = {}
    for item in items:
        for name in _groups_of(item, by):
            found.setdefault(name, []).append(item)
    if not found.keys() - {UNKNOWN, UNTAGGED}:
        return {}
    return {name: found[name] for name in sorted(found, key=_place)}


def item_lang(item: Item) -> str:
    """Return the language of an item's question; empty where it is not known."""
    lang = item.record.get("lang")
    return lang if isinstance(lang, str) else ""


def item_kind(item: Item) -> str:
    """Return the kind of an item's turn; empty where its record does not tell.

    A baseline keeps the kind itself, under "kind".
    """
    if item.record.get("kind") in KINDS:
        return str(item.record["kind"])
    kinds = {route_kind(each) for each in item.record.get("repeats", [item.record])}
    return kinds.pop() if len(kinds) == 1 else "mixed"


def route_kind(record: Mapping[str, Any]) -> str:
    """Return the kind of one turn; empty for what is no turn, such as a search alone."""
    if "answer" not in record or isinstance(record.get("route"), Mapping):
        return ""
    if record.get("outcome") == "refused":
        return "refused"
    kind = _OF_PARTS.get(_parts(record), "")
    return "unfinished" if not kind and record.get("outcome") in UNFINISHED else kind


def _parts(record: Mapping[str, Any]) -> tuple[bool, bool]:
    """Return whether documents, and whether tools, were chosen."""
    route = record.get("route")
    if isinstance(route, str) and route:
        names = set(route.split(" + "))
        return DOCUMENTS in names, bool(names - {DOCUMENTS, NOT_IN_TABLES})
    read = record.get("retrieved") or record.get("sources")
    return bool(read), bool(record.get("tool_calls"))


def _groups_of(item: Item, by: str) -> tuple[str, ...]:
    if by == "tag":
        return tuple(dict.fromkeys(item.tags)) or (UNTAGGED,)
    return ((item_lang(item) if by == "lang" else item_kind(item)) or UNKNOWN,)


def _place(name: str) -> tuple[bool, int, str]:
    order = KINDS.index(name) if name in KINDS else len(KINDS)
    return name in (UNKNOWN, UNTAGGED), order, name
