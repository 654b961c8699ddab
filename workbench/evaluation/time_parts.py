"""Where the time of turns went: the parts of it, from what each turn kept of its times.

- queue: from the question until the model's server was ready; tools that are called before the
  model is asked lie within it;
- tools: at least one tool was at work;
- retrieval: the search;
- reading: from the end of queue and search to the first token, where the turn had both;
- writing: from the first token to the end.

Turns that failed, and those that a cache of the evaluation answered, are left out as in all times.
"""

from collections.abc import Iterable, Mapping
from statistics import fmean, median
from typing import Any

from workbench.evaluation.metrics.latency import UNFINISHED, is_cached
from workbench.evaluation.results import Item

PARTS = ("queue", "tools", "retrieval", "reading", "writing")
_KEPT = ("queue", "tools", "retrieval", "first_token", "total")


def item_times(item: Item) -> dict[str, float]:
    """Return the times of an item in seconds, as its turns kept them; means over its repeats.

    Returns:
        Of queue, tools, retrieval, first_token and total those that are known.
    """
    records = item.record.get("repeats", [item.record])
    fresh = [each for each in records if _counts(each, item.outcome)]
    found = {}
    for name in _KEPT:
        values = [each["timings"][name] for each in fresh if _is_time(each["timings"].get(name))]
        if values:
            found[name] = fmean(values)
    return found


def median_parts(items: Iterable[Item]) -> dict[str, dict[str, float | int | None]]:
    """Return each part's median over the items that have it, in seconds, and how many have.

    The median is null for none.
    """
    each = [_parts(item_times(item)) for item in items]
    found: dict[str, dict[str, float | int | None]] = {}
    for name in PARTS:
        values = [parts[name] for parts in each if name in parts]
        found[name] = {"median": median(values) if values else None, "n": len(values)}
    return found


def _parts(times: Mapping[str, float]) -> dict[str, float]:
    parts = {name: times[name] for name in ("queue", "tools", "retrieval") if name in times}
    if {"queue", "retrieval", "first_token"} <= times.keys():
        parts["reading"] = max(0.0, times["first_token"] - times["queue"] - times["retrieval"])
    if {"first_token", "total"} <= times.keys():
        parts["writing"] = max(0.0, times["total"] - times["first_token"])
    return parts


def _counts(record: Mapping[str, Any], outcome: str) -> bool:
    if record.get("outcome", outcome) in UNFINISHED or is_cached(record):
        return False
    return isinstance(record.get("timings"), Mapping)


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
