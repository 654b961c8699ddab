"""Where the time of an answer goes: waiting, searching, the first token, each further one.

All times are seconds from an item's record, clock from the question. Left out are

- turns that failed or were cancelled, which are counted;
- turns that answered from a cache of the evaluation, wholly or in part: their times are those of
  the cache. Reused verdicts of a judge are no part of the answer and keep it in.

Cold and warm turns stand apart: a turn is warm when the server had part of its prompt in its prefix
cache. A server that does not report this makes every turn a cold one.

The time of a token is that of the answer after its first token over the number of further ones; it
is taken from answers of five tokens or more, and not from refusals, whose text is not the model's.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from workbench.evaluation.metrics.score import NOT_APPLICABLE, Score, scored
from workbench.evaluation.statistics.percentiles import percentile_figures

JUDGING = "judging"
"""The kind of cache that touches no answer."""
UNFINISHED = ("failed", "cancelled")
FEWEST_TOKENS = 5

_FROM_TIMINGS = {
    "queue_s": "queue",
    "retrieval_s": "retrieval",
    "first_token_s": "first_token",
    "latency_total_s": "total",
}
NAMES = ("queue_s", "retrieval_s", "first_token_s", "token_s", "latency_total_s")
"""The names of the times, as metrics."""


def latency(records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the percentiles of all times, cold and warm turns apart, as plain JSON types.

    Args:
        records: Items' records, with `outcome`, `timings`, `usage` and, where something was reused
            from a cache, `reused`.

    Returns:
        Under "cold" and "warm", for each time its percentiles with their intervals, and how many
        turns they are of (null where there is none); under "failed" and "cached" how many turns
        were left out.
    """
    finished, failed = _split(records, lambda record: record["outcome"] not in UNFINISHED)
    fresh, cached = _split(finished, lambda record: not is_cached(record))
    warm, cold = _split(fresh, is_warm)
    return {
        "cold": {"n": len(cold), **_figures(cold)},
        "warm": {"n": len(warm), **_figures(warm)},
        "failed": len(failed),
        "cached": len(cached),
    }


def time_scores(record: Mapping[str, Any]) -> dict[str, Score]:
    """Return the times of one item as scores.

    A turn that failed is a system error; a time that the turn has not, or that a cache made, is
    not applicable.
    """
    if record["outcome"] in UNFINISHED:
        return dict.fromkeys(NAMES, Score("system_error", None, record.get("error", "")))
    if is_cached(record):
        return dict.fromkeys(NAMES, Score("not_applicable", None, "answered from a cache"))
    times = _times(record)
    return {
        name: NOT_APPLICABLE if times[name] is None else scored(float(times[name] or 0.0))
        for name in NAMES
    }


def is_cached(record: Mapping[str, Any]) -> bool:
    """Tell whether a cache of the evaluation answered, wholly or in part."""
    return any(kind != JUDGING for kind in record.get("reused") or ())


def is_warm(record: Mapping[str, Any]) -> bool:
    """Tell whether the server had part of the prompt in its prefix cache."""
    return bool((record.get("usage") or {}).get("cached"))


def token_seconds(record: Mapping[str, Any]) -> float | None:
    """Return the seconds that each token after the first took; `None` where that says nothing."""
    timings, tokens = record.get("timings") or {}, (record.get("usage") or {}).get("completion", 0)
    first, total = timings.get("first_token"), timings.get("total")
    if record["outcome"] != "answered" or first is None or total is None:
        return None
    return float(total - first) / (tokens - 1) if tokens >= FEWEST_TOKENS else None


def _times(record: Mapping[str, Any]) -> dict[str, float | None]:
    timings = record.get("timings") or {}
    found = {name: timings.get(key) for name, key in _FROM_TIMINGS.items()}
    return {**found, "token_s": token_seconds(record)}


def _figures(records: list[Mapping[str, Any]]) -> dict[str, Any]:
    times = [_times(record) for record in records]
    return {
        name: _percentiles([value for each in times if (value := each[name]) is not None])
        for name in NAMES
    }


def _percentiles(values: list[float]) -> dict[str, float | int | None]:
    return {"n": len(values), **percentile_figures(values)}


def _split(
    records: Iterable[Mapping[str, Any]], belongs: Callable[[Mapping[str, Any]], bool]
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    inside: list[Mapping[str, Any]] = []
    outside: list[Mapping[str, Any]] = []
    for record in records:
        (inside if belongs(record) else outside).append(record)
    return inside, outside
