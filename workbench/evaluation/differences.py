"""What differs between the fingerprints of two runs."""

from collections.abc import Mapping
from typing import Any

_FACTORS = {
    "version": "code",
    "git_commit": "code",
    "git_dirty": "code",
    "engine": "code",
    "dataset": "dataset",
    "dataset_sha256": "dataset",
    "corpus": "corpus",
    "index.content_sha256": "corpus",
    "index.documents": "corpus",
    "index.passages": "corpus",
    "embedder": "encoder",
    "index.embedder": "encoder",
    "index.dimension": "encoder",
    "prompt": "prompt",
    "prompt_sha256": "prompt",
    "model": "model",
    "weights": "model",
    "quantisation": "model",
    "serving.model": "model",
    "serving.weights": "model",
    "serving.weights_sha256": "model",
    "serving.quantisation": "model",
    "packages_sha256": "packages",
}
"""Entries that tell of one thing, and so count as one factor; any other is its own."""
_GROUPS = ("judge",)
"""Groups of entries that are one factor as a whole."""
_NO_FACTORS = ("suite_definition", "variant", "index.collection", "metric_versions")
"""Entries that only repeat what others say, that name without deciding anything, or that are
compared in a way of their own."""


def differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the entries of two fingerprints that differ, each with both values."""
    keys = [*first, *(key for key in second if key not in first)]
    return {
        key: [first.get(key), second.get(key)] for key in keys if first.get(key) != second.get(key)
    }


def changed_factors(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """Return what changed, each factor once; an entry of a group is named "group.entry"."""
    names = [name for name in _leaves("", first, second) if name not in _NO_FACTORS]
    factors = list(dict.fromkeys(map(_factor, names)))
    return [*factors, "metrics"] if _other_metrics(first, second) else factors


def metric_version(fingerprint: Mapping[str, Any], name: str) -> int:
    """Return by which version of its definition a run measured a metric.

    Runs from before versions were kept used the first.
    """
    return int((fingerprint.get("metric_versions") or {}).get(name, 1))


def _other_metrics(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Tell whether a metric that both measured was defined otherwise."""
    known = [each.get("metric_versions") or {} for each in (first, second)]
    shared = known[0].keys() & known[1].keys() if all(known) else known[0].keys() | known[1].keys()
    return any(metric_version(first, name) != metric_version(second, name) for name in shared)


def other_questions(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Tell whether two runs are known to be of different question sets."""
    hashes = {first.get("dataset_sha256"), second.get("dataset_sha256")}
    return len(hashes) == 2 and all(hashes)


def _factor(name: str) -> str:
    group = name.partition(".")[0]
    return group if group in _GROUPS else _FACTORS.get(name, name)


def _leaves(prefix: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    names = []
    for key, (before, after) in differing(first, second).items():
        name = f"{prefix}{key}"
        if name not in _NO_FACTORS and isinstance(before, Mapping) and isinstance(after, Mapping):
            names += _leaves(f"{name}.", before, after)
        else:
            names.append(name)
    return names


def factor_warnings(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """Return a warning when more than one factor changed: none of them alone is the cause then."""
    changed = changed_factors(first, second)
    if len(changed) < 2:
        return []
    return [f"more than one factor changed: {', '.join(changed)}"]
