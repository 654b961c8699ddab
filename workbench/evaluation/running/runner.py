"""Runs the items of a suite: many at once, retried where that may help, kept as they end."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.errors import WorkbenchError
from workbench.evaluation.metrics.score import Score
from workbench.evaluation.running.budget import Budget
from workbench.evaluation.running.limiter import MOST, Limiter

RETRIES = 2
"""How often an item is tried again after a fault that may pass."""
_BACK_OFF_S = 1.0


@dataclass(frozen=True, slots=True)
class Job:
    """One item in one repeat."""

    item: str
    repeat: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of a job.

    Attributes:
        job: Which.
        outcome: How it ended; "failed" and "cancelled" are faults of the system.
        record: What is kept of it, as plain JSON types.
        scores: Each metric's score.
        retryable: Whether the fault may pass.
        cost: What it cost, where that is known.
    """

    job: Job
    outcome: str
    record: dict[str, Any]
    scores: dict[str, Score] = field(default_factory=dict)
    retryable: bool = False
    cost: float | None = None


Do = Callable[[Job], Awaitable[Tried]]


async def run_jobs(
    jobs: Sequence[Job],
    do: Do,
    keep: Callable[[Tried], None],
    limiter: Limiter,
    budget: Budget,
    watch: Callable[[Tried], None],
    back_off_s: float = _BACK_OFF_S,
) -> str:
    """Do all jobs, in their order, as many at once as the limiter lets in.

    When the task is cancelled, the jobs under way are stopped; finished ones were kept.

    Args:
        jobs: What is to be done.
        do: Does one; it raises only what must end the run.
        keep: Stores what came of one at once; what it raises ends the run.
        limiter: How many at once.
        budget: When to begin no more.
        watch: Told of every finished job, for progress.
        back_off_s: Seconds before the first retry; each further one waits four times as long.

    Returns:
        Why it stopped early; empty when all jobs were done.
    """
    waiting = iter(jobs)
    stopped = ""

    async def work() -> None:
        nonlocal stopped
        while not stopped:
            async with limiter.slot():
                stopped = stopped or budget.exhausted
                job = None if stopped else next(waiting, None)
                if job is None:
                    return
                tried = await _try(job, do, limiter, budget, back_off_s)
            keep(tried)
            watch(tried)

    count = min(len(jobs), max(MOST, limiter.width))
    workers = [asyncio.create_task(work()) for _ in range(count)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return stopped


async def _try(job: Job, do: Do, limiter: Limiter, budget: Budget, back_off_s: float) -> Tried:
    reasons: list[str] = []
    while True:
        tried = await do(job)
        budget.spend(tried.cost)
        refused = tried.outcome == "failed" and tried.retryable
        await limiter.report(refused=refused)
        if not refused or len(reasons) == RETRIES or budget.exhausted:
            return replace(tried, record={**tried.record, "retries": reasons})
        reasons.append(str(tried.record.get("error", "")))
        await asyncio.sleep(back_off_s * 4 ** (len(reasons) - 1))


def fault(job: Job, error: WorkbenchError, record: dict[str, Any]) -> Tried:
    """Return what came of a job that could not be done."""
    return Tried(
        job=job,
        outcome="failed",
        record={**record, "outcome": "failed", "error": error.one_line()},
        retryable=error.retryable,
    )
