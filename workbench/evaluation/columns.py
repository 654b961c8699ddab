"""One metric of a run, or of a pair of runs, as numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workbench.evaluation.metrics.catalogue import METRICS, Metric, metric_named
from workbench.evaluation.metrics.score import Score
from workbench.evaluation.results import Item
from workbench.evaluation.statistics.clusters import shared
from workbench.evaluation.statistics.intervals import Interval, mean_interval, share_interval
from workbench.evaluation.statistics.paired import Changes

Pair = tuple[Item, Item]

NOT_COMPUTED = Score("system_error", None, "it was not computed")
"""The score of a metric that was computed for other items only, as when a run was stopped."""


def metric_names(items: Iterable[Item]) -> list[str]:
    """Return the metrics that any item has, in the catalogue's order, then those unknown to it."""
    found = {name for item in items for name in item.metrics}
    return [name for name in METRICS if name in found] + sorted(found - METRICS.keys())


def score_of(item: Item, name: str) -> Score:
    """Return an item's score; a metric that was not computed for it is missing, not passed over."""
    return item.metrics.get(name, NOT_COMPUTED)


def cluster_of(item: Item) -> str:
    """Return the cluster of an item; one without is its own."""
    return item.cluster or item.id


def within_unit(metric: Metric, values: Iterable[float]) -> bool:
    """Tell whether a metric's numbers lie from 0 to 1, as shares do."""
    return metric.scale in ("binary", "share") and all(0 <= value <= 1 for value in values)


@dataclass(frozen=True, slots=True)
class Column:
    """A metric over the items to which it applies.

    Attributes:
        metric: The metric.
        values: Of the scored items.
        clusters: Theirs.
        missing: The clusters of the items that it applies to and that have no score.
    """

    metric: Metric
    values: list[float]
    clusters: list[str]
    missing: list[str]

    @property
    def applicable(self) -> int:
        """To how many items the metric applies."""
        return len(self.values) + len(self.missing)

    @property
    def coverage(self) -> float | None:
        """The share of them that was scored; `None` where it applies to none."""
        return len(self.values) / self.applicable if self.applicable else None

    @property
    def bounded(self) -> bool:
        """Whether the numbers lie from 0 to 1."""
        return within_unit(self.metric, self.values)

    def filled(self, value: float) -> "Column":
        """Return the column with a value in the place of every missing score."""
        values = self.values + [value] * len(self.missing)
        return Column(self.metric, values, self.clusters + self.missing, [])

    def mean(self) -> float:
        """Return the mean of the scored items, of which there is at least one."""
        return sum(self.values) / len(self.values)

    def interval(self) -> Interval:
        """Return the mean's 95% interval by the metric's scale."""
        clusters = self.clusters if shared(self.clusters) else None
        if self.metric.scale == "binary" and all(value in (0, 1) for value in self.values):
            return share_interval(self.values, clusters)
        low, high = mean_interval(self.values, clusters, bounded=self.bounded)
        return (low, high) if self.metric.scale in ("binary", "share") else (max(0.0, low), high)


def column(name: str, items: Iterable[Item]) -> Column:
    """Return a metric's column over items."""
    found = Column(metric_named(name), [], [], [])
    for item in items:
        score = score_of(item, name)
        if score.value is not None:
            found.values.append(score.value)
            found.clusters.append(cluster_of(item))
        elif score.status != "not_applicable":
            found.missing.append(cluster_of(item))
    return found


@dataclass(frozen=True, slots=True)
class PairedColumn:
    """A metric over the pairs of two runs.

    Attributes:
        metric: The metric.
        pairs: Those that both runs scored.
        before: The first run's values.
        after: The second's.
        unpaired: Those to which the metric applies in a run, and that one run or none scored.
        missing: Those of them to which it applies in both.
    """

    metric: Metric
    pairs: list[Pair]
    before: list[float]
    after: list[float]
    unpaired: list[Pair]
    missing: list[Pair]

    @property
    def bounded(self) -> bool:
        """Whether the numbers of both runs lie from 0 to 1."""
        return within_unit(self.metric, [*self.before, *self.after])

    def changes(self) -> Changes:
        """Return what changed in the metric's own unit, second minus first."""
        differences = [b - a for a, b in zip(self.before, self.after, strict=True)]
        clusters = [cluster_of(second) for _, second in self.pairs]
        return Changes(differences, clusters if shared(clusters) else None, self.bounded)

    def progress(self) -> Changes:
        """Return what changed, turned so that more is better."""
        changes = self.changes()
        if self.metric.higher_is_better:
            return changes
        return Changes([-value for value in changes.values], changes.clusters, changes.bounded)


def paired_column(name: str, pairs: Sequence[Pair]) -> PairedColumn:
    """Return a metric's column over pairs."""
    found = PairedColumn(metric_named(name), [], [], [], [], [])
    for pair in pairs:
        first, second = (score_of(item, name) for item in pair)
        if first.value is not None and second.value is not None:
            found.pairs.append(pair)
            found.before.append(first.value)
            found.after.append(second.value)
        elif {first.status, second.status} != {"not_applicable"}:
            found.unpaired.append(pair)
            if "not_applicable" not in (first.status, second.status):
                found.missing.append(pair)
    return found
