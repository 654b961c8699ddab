import asyncio

import pytest

from workbench.errors import ModelServerError
from workbench.evaluation.metrics.score import Score, scored
from workbench.evaluation.running import progress
from workbench.evaluation.running.budget import Budget
from workbench.evaluation.running.limiter import START, Limiter
from workbench.evaluation.running.progress import RunProgress
from workbench.evaluation.running.runner import RETRIES, Job, Tried, fault, run_jobs

JOBS = [Job(str(number)) for number in range(10)]


def right(job):
    return Tried(job=job, outcome="answered", record={"id": job.item}, cost=1.0)


async def run(do, jobs=JOBS, **given):
    """Run jobs; return what was kept and why it stopped."""
    kept = []
    limiter, budget = given.get("limiter", Limiter(2)), given.get("budget", Budget())
    stopped = await run_jobs(jobs, do, kept.append, limiter, budget, lambda _: None, back_off_s=0.0)
    return kept, stopped


async def test_every_job_ends_once():
    async def do(job):
        return right(job)

    kept, stopped = await run(do)
    assert sorted(tried.job.item for tried in kept) == sorted(job.item for job in JOBS)
    assert stopped == ""
    assert await run(do, jobs=[]) == ([], "")


async def test_a_passing_fault_is_tried_again_and_its_reasons_are_kept():
    tries = []

    async def do(job):
        tries.append(job)
        if len(tries) < 3:
            return fault(job, ModelServerError("it is gone", retryable=True), {"id": job.item})
        return right(job)

    kept, _ = await run(do, jobs=JOBS[:1])
    assert len(tries) == 3
    assert kept[0].outcome == "answered"
    assert kept[0].record["retries"] == ["it is gone", "it is gone"]


async def test_a_lasting_fault_ends_as_failed_and_the_others_go_on():
    tries = []

    async def do(job):
        tries.append(job.item)
        if job.item == "3":
            return fault(job, ModelServerError("it is gone", retryable=True), {})
        if job.item == "4":
            return fault(job, ModelServerError("it refused"), {})
        return right(job)

    kept, _ = await run(do)
    assert tries.count("3") == RETRIES + 1
    assert tries.count("4") == 1
    outcomes = {tried.job.item: tried.outcome for tried in kept}
    assert {item for item, outcome in outcomes.items() if outcome == "failed"} == {"3", "4"}
    assert len(outcomes) == 10


async def test_a_refusing_server_is_asked_less_at_once():
    async def do(job):
        return fault(job, ModelServerError("busy", retryable=True), {})

    limiter = Limiter()
    await run(do, limiter=limiter)
    assert limiter.width < START


async def test_a_spent_budget_stops_with_whole_items():
    async def do(job):
        return right(job)

    kept, stopped = await run(do, limiter=Limiter(1), budget=Budget(amount=3.0))
    assert len(kept) == 3
    assert "money" in stopped
    kept, stopped = await run(do, budget=Budget(minutes=0.0))
    assert (kept, stopped) == ([], "the minutes of the budget are over")


async def test_an_interruption_stops_open_jobs_and_keeps_finished_ones():
    hanging, stopped, kept = asyncio.Event(), [], []

    async def do(job):
        if job.item == "0":
            return right(job)
        hanging.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(job.item)

    task = asyncio.create_task(
        run_jobs(JOBS, do, kept.append, Limiter(2), Budget(), lambda _: None)
    )
    await hanging.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [tried.job.item for tried in kept] == ["0"]
    assert stopped


async def test_a_store_that_refuses_ends_the_run():
    def full(_):
        raise OSError(28, "No space left on device")

    async def do(job):
        return right(job)

    with pytest.raises(OSError, match="No space"):
        await run_jobs(JOBS, do, full, Limiter(2), Budget(), lambda _: None)


def test_progress_says_figures_and_faults():
    lines = []
    watch = RunProgress(2, ("answer_accuracy", "mrr"), Limiter(1), lines.append, "short")
    watch(Tried(job=JOBS[0], outcome="answered", record={}, scores={"answer_accuracy": scored(1)}))
    watch(
        Tried(
            job=JOBS[1],
            outcome="failed",
            record={},
            scores={"answer_accuracy": Score("system_error")},
        )
    )
    assert lines[-1].startswith("short 2/2  right 1/1, failed 1  ")


def test_the_time_left_follows_the_last_items_and_not_those_reused(monkeypatch):
    lines, clock = [], iter([0.0] * 101 + [60.0 * minute for minute in range(1, 21)])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    watch = RunProgress(140, (), Limiter(1), lines.append, "short")
    for _ in range(120):
        watch(Tried(job=JOBS[0], outcome="answered", record={}, scores={}))
    assert lines[-1].endswith("20 min left")
