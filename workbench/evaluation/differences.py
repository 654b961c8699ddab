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
_NO_FACTORS = ("suite_definition", "variant", "index.collection")
"""Entries that only repeat what others say, or that name without deciding anything."""


def differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the entries of two fingerprints that differ, each with both values."""
    keys = [*first, *(key for key in second if key not in first)]
    return {
        key: [first.get(key), second.get(key)] for key in keys if first.get(key) != second.get(key)
    }


def changed_factors(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """Return what changed, each factor once; an entry of a group is named "group.entry"."""
    names = [name for name in _leaves("", first, second) if name not in _NO_FACTORS]
    return list(dict.fromkeys(map(_factor, names)))


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
