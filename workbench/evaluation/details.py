"""What a run's records tell besides means: times cold and warm, money, routing as a whole."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workbench.evaluation.metrics.latency import latency
from workbench.evaluation.metrics.routing_scores import Routed, routing_scores
from workbench.evaluation.metrics.spending import spending
from workbench.evaluation.results import Item

Record = Mapping[str, Any]


def details(items: Iterable[Item]) -> dict[str, Any]:
    """Return the three parts as plain JSON types, each null where no record tells of it.

    Returns:
        `times` (see `metrics.latency`), `spending` (see `metrics.spending`) and `routing` (see
        `metrics.routing_scores`), over all repeats.
    """
    records = [each for item in items for each in item.record.get("repeats", [item.record])]
    routed = [_routed(record) for record in records if _is_routed(record)]
    asked = [record for record in records if "usage" in record]
    return {
        "times": latency(asked) if asked else None,
        "spending": spending(asked) if asked else None,
        "routing": routing_scores(routed) if routed else None,
    }


def detail_lines(found: Mapping[str, Any]) -> list[str]:
    """Return the same in words, a line each, for every report."""
    return [
        *_time_lines(found["times"]),
        *_spending_lines(found["spending"]),
        *_routing_lines(found["routing"]),
    ]


def _is_routed(record: Record) -> bool:
    return "labels" in record and isinstance(record.get("route"), Mapping)


def _routed(record: Record) -> Routed:
    route = record["route"]
    return Routed(
        expected=frozenset(record["labels"]),
        given=frozenset(route["labels"]),
        confidence=route.get("confidence"),
        seconds=(record.get("timings") or {}).get("total"),
    )


def _time_lines(times: Record | None) -> list[str]:
    if times is None:
        return []
    lines = []
    for kind in ("cold", "warm"):
        first, total = times[kind]["first_token_s"], times[kind]["latency_total_s"]
        if first["n"] and total["n"]:
            answers = _count(times[kind]["n"], f"{kind} answer")
            lines.append(
                f"{answers}: first token p50 {first['p50']:.2f} s,"
                f" p95 {first['p95']:.2f} s; whole p50 {total['p50']:.2f} s,"
                f" p95 {total['p95']:.2f} s."
            )
    if times["cached"]:
        answers = _count(times["cached"], "answer")
        lines.append(f"{answers} from a cache, wholly or in part: left out of all times.")
    return lines


def _spending_lines(spent: Record | None) -> list[str]:
    if spent is None or spent["answers"] == spent["reused"]:
        return []
    tokens = spent["tokens"]
    used = f"{tokens['prompt']:,} tokens read ({tokens['cached']:,} from the server's cache)"
    line = f"{used}, {tokens['completion']:,} written"
    if spent["amount"] is None:
        return [f"{line}; what they cost is not known."]
    money = f"{spent['amount']:.4g} {spent['currency'] or ''}".rstrip()
    return [f"{line}; {money}, {spent['per_answer']:.4g} an answer."]


def _routing_lines(routing: Record | None) -> list[str]:
    if routing is None:
        return []
    figures = (("macro-F1", "macro_f1"), ("calibration error", "ece"))
    told = [f"{name} {routing[key]:.3f}" for name, key in figures if routing[key] is not None]
    wrong = [pair for pair in routing["confusion"] if pair["expected"] != pair["given"]][:3]
    lines = [f"Routing: {', '.join(told)}."] if told else []
    if wrong:
        pairs = "; ".join(
            f"{_labels(pair['expected'])} as {_labels(pair['given'])} ({pair['count']})"
            for pair in wrong
        )
        lines.append(f"Most often confused: {pairs}.")
    return lines


def _labels(names: Sequence[str]) -> str:
    return " and ".join(names) or "out of scope"


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"
