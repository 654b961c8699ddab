"""Two runs side by side, paired by item id."""

from collections.abc import Sequence
from typing import Any

from workbench.errors import UsageError
from workbench.evaluation.bootstrap import bootstrap_mean
from workbench.evaluation.metrics.scores import METRICS, PROPORTIONS
from workbench.evaluation.results import Item, Results
from workbench.evaluation.statistics import mcnemar

Pair = tuple[Item, Item]


def compare(first: Results, second: Results) -> dict[str, Any]:
    """Compare two runs over the items that both have; differences are second minus first.

    A pair counts for a metric when both runs scored it; the others are counted as unpaired.

    Raises:
        UsageError: The runs share no item.
    """
    shared = [identifier for identifier in first.items if identifier in second.items]
    if not shared:
        raise UsageError(
            f"runs {first.run} and {second.run} share no item", "compare runs of one question set"
        )
    pairs = [(first.items[identifier], second.items[identifier]) for identifier in shared]
    return {
        "run_a": first.run,
        "run_b": second.run,
        "n": len(shared),
        "only_a": len(first.items) - len(shared),
        "only_b": len(second.items) - len(shared),
        "metrics": {name: _compare_metric(name, pairs) for name in METRICS},
        "differs": differing(first.fingerprint, second.fingerprint),
    }


def differing(first: dict[str, Any], second: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the entries of two fingerprints that differ, each with both values."""
    keys = [*first, *(key for key in second if key not in first)]
    return {
        key: [first.get(key), second.get(key)] for key in keys if first.get(key) != second.get(key)
    }


def _compare_metric(name: str, pairs: Sequence[Pair]) -> dict[str, Any]:
    scored = [
        (a, b) for a, b in pairs if a.metrics[name].status == b.metrics[name].status == "scored"
    ]
    applicable = sum(
        any(item.metrics[name].status != "not_applicable" for item in pair) for pair in pairs
    )
    figures: dict[str, Any] = {"n": len(scored), "unpaired": applicable - len(scored)}
    if not scored:
        return figures | {"mean_a": None, "mean_b": None, "difference": None}
    before = [a.metrics[name].value or 0.0 for a, _ in scored]
    after = [b.metrics[name].value or 0.0 for _, b in scored]
    changes = [b - a for a, b in zip(before, after, strict=True)]
    low, high = bootstrap_mean(changes, [a.cluster or a.id for a, _ in scored])
    figures |= {
        "mean_a": sum(before) / len(before),
        "mean_b": sum(after) / len(after),
        "difference": sum(changes) / len(changes),
        "low": low,
        "high": high,
    }
    if name in PROPORTIONS:
        lost, gained = sum(c < 0 for c in changes), sum(c > 0 for c in changes)
        figures |= {"lost": lost, "gained": gained, "p": mcnemar(lost, gained)}
    return figures
