"""How well a trained router routes: the figures of its card, and of a labelled set.

Every proportion comes with Wilson's 95% interval; see `metrics/routing_scores.py` for what each
figure is. A figure of nothing is null.
"""

import asyncio
import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbench.engine.embeddings import Embedder
from workbench.engine.routing import deciding, head
from workbench.engine.routing.examples import RoutingExample, load_examples
from workbench.engine.routing.router import Route
from workbench.engine.routing.trained import TrainedRouter
from workbench.engine.routing.training import FOLDS, FOLDS_OF_MANY, MANY, RECIPE, Training, train
from workbench.errors import UsageError
from workbench.evaluation.fingerprint import hardware, sha256_of
from workbench.evaluation.metrics.routing_scores import Routed, routing_scores
from workbench.evaluation.statistics.intervals import wilson
from workbench.evaluation.statistics.percentiles import percentile

Progress = Callable[[str], None]
_WARM_UP = 3
_HOW = (
    "each example judged by a router that had not learned from it; the thresholds were chosen on"
    " the same decisions"
)


@dataclass(frozen=True, slots=True)
class Trained:
    """A router that was trained from a file.

    Attributes:
        router: The router.
        card: What it was made from and what it is worth.
    """

    router: TrainedRouter
    card: dict[str, Any]


def train_from(
    path: Path, embedder: Embedder, progress: Progress, kept: Embedder | None = None
) -> Trained:
    """Train a router from a labelled set.

    Args:
        path: The set.
        embedder: The encoder.
        progress: Told how far it is.
        kept: The same encoder, where it keeps vectors.

    Raises:
        UsageError: The set is wrong, or too small.
    """
    examples = load_examples(path)
    training = train(examples, embedder, progress, kept)
    return Trained(training.router, _card(path, examples, training, embedder))


def evaluate(router: TrainedRouter, name: str, path: Path, progress: Progress) -> dict[str, Any]:
    """Route every text of a labelled set, one after the other, and return the figures.

    Args:
        router: The router.
        name: What it is called.
        path: The set.
        progress: Told how far it is.

    Raises:
        UsageError: The set is wrong, or has a label that the router does not know.
    """
    examples = load_examples(path)
    _check_labels(router, name, path, examples)
    routes = asyncio.run(_route_each(router, examples, progress))
    routed = [
        Routed(frozenset(each.labels), frozenset(route.labels), route.confidence, route.seconds)
        for each, route in zip(examples, routes, strict=True)
    ]
    sure = [one for one, route in zip(routed, routes, strict=True) if not route.doubt]
    times = [route.seconds * 1_000 for route in routes]
    return {
        "router": name,
        "data": str(path),
        "data_sha256": sha256_of(path),
        **figures(routed),
        "sure": {
            "share": proportion(len(sure), len(routed)),
            "accuracy": proportion(sum(one.right for one in sure), len(sure)),
        },
        "p50_ms": percentile(times, 0.5),
        "p95_ms": percentile(times, 0.95),
        "labels": label_recall(routed),
        "confusion": [
            pair
            for pair in routing_scores(routed)["confusion"]
            if pair["expected"] != pair["given"]
        ],
        "hardware": hardware(),
    }


def figures(routed: Sequence[Routed]) -> dict[str, Any]:
    """Return the figures of routed texts as plain JSON types."""
    in_scope = [one for one in routed if one.expected]
    outside = [one for one in routed if not one.expected]
    declined = [one for one in routed if not one.given]
    scores = routing_scores(routed)
    return {
        "n": len(routed),
        "accuracy": proportion(sum(one.right for one in routed), len(routed)),
        "in_scope_accuracy": proportion(sum(one.right for one in in_scope), len(in_scope)),
        "oos_recall": proportion(sum(not one.given for one in outside), len(outside)),
        "oos_precision": proportion(sum(not one.expected for one in declined), len(declined)),
        "macro_f1": scores["macro_f1"],
        "ece": scores["ece"],
    }


def proportion(count: int, n: int) -> dict[str, Any]:
    """Return a proportion with its interval; null where it is of nothing."""
    if not n:
        return {"value": None, "low": None, "high": None, "n": 0}
    low, high = wilson(count, n)
    return {"value": count / n, "low": low, "high": high, "n": n}


def label_recall(routed: Sequence[Routed]) -> list[dict[str, Any]]:
    """Return for each expected label how many of its texts got it, the worst first."""
    names = sorted({label for one in routed for label in one.expected})
    rows = []
    for name in names:
        having = [one for one in routed if name in one.expected]
        found = sum(name in one.given for one in having)
        rows.append({"label": name, "recall": proportion(found, len(having))})
    return sorted(rows, key=lambda row: row["recall"]["value"])


async def _route_each(
    router: TrainedRouter, examples: Sequence[RoutingExample], progress: Progress
) -> list[Route]:
    for each in examples[:_WARM_UP]:
        await router.route(each.text)
    routes = []
    for number, each in enumerate(examples):
        if number % 50 == 0:
            progress(f"routing texts, {number} of {len(examples)}")
        routes.append(await router.route(each.text))
    return routes


def _check_labels(
    router: TrainedRouter, name: str, path: Path, examples: Sequence[RoutingExample]
) -> None:
    for each in examples:
        for label in each.labels:
            if label not in router.labels:
                nearest = difflib.get_close_matches(label, router.labels, n=1, cutoff=0.0)[0]
                raise UsageError(
                    f"{path}, id {each.id!r}: router {name} knows no label {label!r}",
                    f"the nearest of its {len(router.labels)} is {nearest!r}",
                )


def _card(
    path: Path, examples: Sequence[RoutingExample], training: Training, embedder: Embedder
) -> dict[str, Any]:
    routed = [Routed(one.expected, one.given, one.confidence) for one in training.judged]
    labels = training.router.labels
    return {
        "made": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "data": {
            "file": path.name,
            "sha256": sha256_of(path),
            "n": len(examples),
            "out_of_scope": sum(not each.labels for each in examples),
            "several": sum(len(each.labels) > 1 for each in examples),
            "labels": {label: sum(label in each.labels for each in examples) for label in labels},
            "langs": _counted([each.lang for each in examples]),
        },
        "recipe": {"name": RECIPE, "encoder": embedder.name, **_constants()},
        "validation": {
            "how": _HOW,
            **figures(routed),
            "calibration_errors": training.calibration,
        },
        "thresholds": _thresholds(training.router),
        "warnings": list(training.warnings),
        "seconds": training.seconds,
        "hardware": hardware(),
    }


def _constants() -> dict[str, float]:
    return {
        "alone_scale": head.ALONE_SCALE,
        "alone_inverse_penalty": head.ALONE_INVERSE_PENALTY,
        "beside_scale": head.BESIDE_SCALE,
        "beside_inverse_penalty": head.BESIDE_INVERSE_PENALTY,
        "folds": FOLDS,
        "folds_of_many": FOLDS_OF_MANY,
        "many": MANY,
    }


def _thresholds(router: TrainedRouter) -> Mapping[str, Any]:
    rules = router.learned.rules
    return {
        "exclusive": rules.exclusive,
        "temperature": rules.temperature,
        "label_from": rules.label_from,
        "scope": rules.threshold,
        "unsure_below": deciding.UNSURE_BELOW,
        "confidence": rules.curves.way,
    }


def _counted(names: Sequence[str]) -> dict[str, int]:
    return {name: names.count(name) for name in sorted(set(names))}
