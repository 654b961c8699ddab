"""The task of the suite `routing`: the router alone."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.config import Settings
from workbench.engine.embeddings import load_embedder
from workbench.engine.routing.examples import RoutingExample, load_examples
from workbench.engine.routing.nearest import NearestRouter
from workbench.engine.routing.router import Router
from workbench.errors import UsageError, WorkbenchError
from workbench.evaluation.fingerprint import fingerprint, sha256_of
from workbench.evaluation.metrics.routing_scores import item_scores
from workbench.evaluation.metrics.score import scored
from workbench.evaluation.running.runner import Job, Tried, fault
from workbench.evaluation.suites.suite import Suite
from workbench.evaluation.tasks.building import Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingTask:
    """Routes texts and compares the labels.

    Attributes:
        router: Who routes.
        examples: The texts with their labels, by id.
        metrics: What is measured.
    """

    router: Router
    examples: Mapping[str, RoutingExample]
    metrics: Sequence[str]

    async def __call__(self, job: Job) -> Tried:
        """Route one text."""
        example = self.examples[job.item]
        record: dict[str, Any] = {
            "id": example.id,
            "lang": example.lang,
            "question": example.text,
            "labels": example.labels,
            "cluster": "",
            "tags": [],
            "answer": "",
            "reused": [],
        }
        try:
            route = await self.router.route(example.text)
        except WorkbenchError as error:
            return fault(job, error, record)
        given = list(route.labels)
        scores = item_scores(frozenset(example.labels), frozenset(given))
        scores["latency_total_s"] = scored(route.seconds)
        record |= {
            "outcome": "answered",
            "answer": ", ".join(given),
            "route": {
                "labels": given,
                "probabilities": dict(route.probabilities),
                "confidence": route.confidence,
                "method": route.method,
            },
            "timings": {"total": route.seconds},
            "error": "",
        }
        wanted = {name: score for name, score in scores.items() if name in self.metrics}
        return Tried(job=job, outcome="answered", record=record, scores=wanted)


async def prepare_routing(
    settings: Settings, suite: Suite, examples: Sequence[RoutingExample], say: Callable[[str], None]
) -> Prepared:
    """Train the nearest-neighbour router on the suite's examples, and return the task.

    Raises:
        UsageError: The suite names no training examples, or they are wrong.
    """
    if suite.router is None:
        raise UsageError(
            f"the suite {suite.name} needs examples to route by", "add --router TRAIN.jsonl"
        )
    training = load_examples(suite.router)
    router = await asyncio.to_thread(
        NearestRouter.train, training, load_embedder(settings), None, say
    )
    task = RoutingTask(
        router=router,
        examples={example.id: example for example in examples},
        metrics=suite.measured(),
    )
    measured = {"router": "nearest neighbours", "router_sha256": sha256_of(suite.router)}
    return Prepared(do=task, fingerprint=fingerprint(settings, {}, {}, measured))
