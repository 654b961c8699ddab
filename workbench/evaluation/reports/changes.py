"""What changed between a baseline and a run: flips, spending and fingerprints."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.reports.figures import NONE, number, signed, signed_interval
from workbench.evaluation.reports.text import one_line

SPENT = ("cost", "prompt_tokens", "completion_tokens", "first_token_s", "latency_total_s")
"""What a run costs in money, tokens and time."""
PERCENTILES = ("p50", "p95")
"""Those of times that are shown: p99 needs a thousand items to mean anything."""


@dataclass(frozen=True, slots=True)
class Flip:
    """An item whose verdict on a metric changed.

    Attributes:
        id: The item's id.
        metric: The metric.
        before: The baseline's score as text.
        after: The run's.
        lost: Whether it became worse.
    """

    id: str
    metric: str
    before: str
    after: str
    lost: bool

    @property
    def change(self) -> str:
        """What happened, in words."""
        return f"{'worse' if self.lost else 'better'} on {self.metric}"


class Difference(NamedTuple):
    """An entry of the fingerprint that differs, both values as text."""

    key: str
    before: str
    after: str


class Spent(NamedTuple):
    """What an item cost in some respect, before and after, as text."""

    name: str
    before: str
    after: str
    difference: str
    interval: str


def find_flips(comparison: Mapping[str, Any], deciding: Collection[str] = ()) -> list[Flip]:
    """Return the flips of a comparison, those that became worse first.

    Args:
        comparison: What `compare` returned.
        deciding: Metrics that go before the others.
    """
    flips = [_flip(given) for given in comparison["flips"]]
    return sorted(flips, key=lambda flip: (flip.metric not in deciding, not flip.lost))


def _flip(given: Mapping[str, Any]) -> Flip:
    metric, before, after = given["metric"], given["before"], given["after"]
    lost = (after < before) == metric_named(metric).higher_is_better
    return Flip(given["id"], metric, number(metric, before), number(metric, after), lost)


def spent_rows(comparison: Mapping[str, Any]) -> list[Spent]:
    """Return by how much the money, tokens and times of an item changed, paired by item."""
    rows = []
    for metric in SPENT:
        figures = comparison["metrics"].get(metric)
        if figures is not None and figures["difference"] is not None:
            rows.append(_spent(metric, metric, figures, ("mean_a", "mean_b")))
            percentiles = figures.get("percentiles", {})
            rows += [
                _spent(f"{metric} {p}", metric, percentiles[p], ("a", "b"))
                for p in PERCENTILES
                if p in percentiles
            ]
        elif metric == "cost":
            rows.append(Spent("cost", "no price", "no price", NONE, NONE))
    return rows


def _spent(name: str, metric: str, figures: Mapping[str, Any], ends: tuple[str, str]) -> Spent:
    before, after = (number(metric, figures[end]) for end in ends)
    return Spent(
        name,
        before,
        after,
        signed(metric, figures["difference"]),
        signed_interval(metric, figures["low"], figures["high"]),
    )


def differing_rows(comparison: Mapping[str, Any]) -> list[Difference]:
    """Return what differs between the fingerprints; of a group, the entries that differ."""
    rows = []
    for key, (before, after) in comparison["differs"].items():
        old, new = flat({key: before}), flat({key: after})
        inner = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
        rows += [Difference(name, old.get(name, NONE), new.get(name, NONE)) for name in inner]
    return rows


def flat(fingerprint: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Return a fingerprint's entries as text, those of a group as "group.entry"."""
    entries: dict[str, str] = {}
    for key, value in fingerprint.items():
        name = one_line(f"{prefix}{key}")
        if isinstance(value, Mapping) and value:
            entries |= flat(value, f"{name}.")
        else:
            written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            entries[name] = one_line(written)
    return entries
