"""What the table of items holds, as plain JSON types within a bound on the page's size."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from workbench.evaluation.columns import metric_names, score_of
from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.reports.text import clean, cut, one_line
from workbench.evaluation.results import Item, Results

BUDGET = 12_000_000
"""How many characters of questions, answers and sources a page holds at most."""
CAPS = (20_000, 5_000, 2_000, 1_000, 500, 250, 120, 60, 30)
"""To how many characters each text may be cut; the largest that keeps to the budget is used."""
MOST_SOURCES = 10
_LONGEST_ERROR = 300


def page_data(
    results: Results, baseline: Results | None, flipped: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return the data of the table of items.

    Args:
        results: The run.
        baseline: What it is compared with.
        flipped: By item id, what flipped, in words.
    """
    sides = [results, baseline] if baseline else [results]
    names = applying_metrics(sides)
    cap = text_cap(_texts(side.items.values() for side in sides))
    items = []
    for identifier in sorted(results.items):
        before = baseline.items.get(identifier) if baseline else None
        row = _row(results.items[identifier], names, cap)
        if before is not None:
            row["before"] = _side(before, names, cap)
        if identifier in flipped:
            row["flips"] = list(flipped[identifier])
        items.append(row)
    return {
        "metrics": [
            {"name": name, "higher_is_better": metric_named(name).higher_is_better}
            for name in names
        ],
        "compared": baseline is not None,
        "cut_at": cap,
        "items": items,
    }


def applying_metrics(sides: Iterable[Results]) -> list[str]:
    """Return the metrics that apply to any item of the runs, in the catalogue's order."""
    items = [item for side in sides for item in side.items.values()]
    found = {
        name
        for item in items
        for name, score in item.metrics.items()
        if score.status != "not_applicable"
    }
    return [name for name in metric_names(items) if name in found]


def text_cap(lengths: Iterable[int]) -> int:
    """Return to how many characters texts of these lengths are cut, so that all keep to the budget.

    The bound is exceeded only where even the smallest cap does not keep to it.
    """
    known = list(lengths)
    for cap in CAPS:
        if sum(min(length, cap) for length in known) <= BUDGET:
            return cap
    return CAPS[-1]


def sources_of(record: Mapping[str, Any], cap: int) -> list[dict[str, Any]]:
    """Return an item's sources with their excerpts; what was retrieved where it cites nothing."""
    given = record.get("sources") or record.get("retrieved") or []
    return [
        {
            "number": source.get("number"),
            "place": _place(source),
            "excerpt": cut(clean(source.get("quote") or source.get("text") or ""), cap),
        }
        for source in given[:MOST_SOURCES]
    ]


def item_side(item: Item, cap: int) -> dict[str, Any]:
    """Return what differs between two runs of an item, but for its scores."""
    record = item.record
    answer = cut(text_of(record, "answer"), cap)
    return {
        "outcome": one_line(item.outcome),
        "answer": answer,
        "instead": "" if answer else _instead_of_answer(record),
        "cited": bool(record.get("sources")),
        "sources": sources_of(record, cap),
    }


def _instead_of_answer(record: Mapping[str, Any]) -> str:
    """Return what to show where there is no answer: the error, or that none was kept."""
    if error := one_line(text_of(record, "error")):
        return cut(error, _LONGEST_ERROR)
    return "(no answer)" if "answer" in record else "(a baseline file keeps no answers)"


def _texts(sides: Iterable[Iterable[Item]]) -> Iterator[int]:
    for items in sides:
        for item in items:
            for key in ("question", "reference", "answer"):
                yield len(str(item.record.get(key) or ""))
            for source in (item.record.get("sources") or [])[:MOST_SOURCES]:
                yield len(source.get("quote") or source.get("text") or "")


def _row(item: Item, names: Sequence[str], cap: int) -> dict[str, Any]:
    record = item.record
    row = {
        "id": one_line(item.id),
        "question": cut(text_of(record, "question"), cap),
        "reference": cut(text_of(record, "reference"), cap),
        "lang": text_of(record, "lang"),
        "tags": [one_line(tag) for tag in item.tags or record.get("tags") or ()],
        "critical": item.critical,
        **_side(item, names, cap),
    }
    return {key: value for key, value in row.items() if value}


def _side(item: Item, names: Sequence[str], cap: int) -> dict[str, Any]:
    """Return one run of an item without what is empty; a score is a number or a status."""
    reasons = {name: _reason(item, name) for name in names}
    side = {**item_side(item, cap), "reasons": {name: why for name, why in reasons.items() if why}}
    kept = {key: value for key, value in side.items() if value}
    return {**kept, "scores": [_score(item, name) for name in names]}


def _reason(item: Item, name: str) -> str:
    """Return why a metric has no score; empty where it has, or where none is due."""
    score = score_of(item, name)
    due = score.value is None and score.status != "not_applicable"
    return cut(one_line(score.reason), _LONGEST_ERROR) if due else ""


def _score(item: Item, name: str) -> float | str | None:
    score = score_of(item, name)
    if score.status == "not_applicable":
        return None
    return score.status if score.value is None else float(f"{score.value:.6g}")


def _place(source: Mapping[str, Any]) -> str:
    page = source.get("page")
    inner = f"p. {page}" if page is not None else source.get("heading") or ""
    return one_line(f"{source.get('document', '')}  {inner}")


def text_of(record: Mapping[str, Any], key: str) -> str:
    """Return a text of an item's record; a baseline file holds none."""
    return clean(str(record.get(key) or ""))
