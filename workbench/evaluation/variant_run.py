"""One variant of a suite, run over all items."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from workbench.config import Settings
from workbench.engine.routing.examples import RoutingExample
from workbench.errors import UsageError
from workbench.evaluation.datasets.looks import LOG, append_look, is_test_part, look_at
from workbench.evaluation.differences import differing
from workbench.evaluation.fingerprint import BINDING, sha256_of
from workbench.evaluation.metrics.scores import UNFINISHED
from workbench.evaluation.questions import Question
from workbench.evaluation.results import Results
from workbench.evaluation.running.blaming import blame_items
from workbench.evaluation.running.budget import Budget
from workbench.evaluation.running.judging import JUDGED, judge_items
from workbench.evaluation.running.limiter import Limiter
from workbench.evaluation.running.metering import HardwareMeter
from workbench.evaluation.running.options import RunOptions
from workbench.evaluation.running.progress import RunProgress
from workbench.evaluation.running.runner import Do, Job, Tried, run_jobs
from workbench.evaluation.stored import load_run
from workbench.evaluation.suites.kinds import ALWAYS_FRESH, ONE_AT_A_TIME
from workbench.evaluation.suites.suite import Suite, Variant
from workbench.evaluation.tasks.answers import AnswerTask
from workbench.evaluation.tasks.building import Prepared, prepare_answers, prepare_retrieval
from workbench.evaluation.tasks.judges import Judges, open_judges
from workbench.evaluation.tasks.routing import prepare_routing
from workbench.services.endpoints import resolve_model
from workbench.store.calls import CallKind
from workbench.store.runs import Runs, StoredItem, StoredRun, StoredScore

Say = Callable[[str], None]
Questions = Sequence[Question]
Examples = Sequence[RoutingExample]
Items = Questions | Examples
ALL_CALLS: tuple[CallKind, ...] = ("retrieval", "generation", "judging")


class VariantRun:
    """One variant of a suite.

    Args:
        settings: The settings with the variant's own.
        suite: What is measured.
        variant: Of which system.
        items: The questions, or the routing examples.
        options: How it is run this time.
        say: Shows what goes on.
    """

    def __init__(
        self,
        settings: Settings,
        suite: Suite,
        variant: Variant,
        items: Items,
        options: RunOptions,
        say: Say,
    ) -> None:
        self._settings = settings
        self._suite = suite
        self._variant = variant
        self._items = items
        self._options = options
        self._say = say

    async def run(self, runs: Runs, budget: Budget) -> Results:
        """Run what is left of the items."""
        judged = [name for name in self._suite.measured() if name in JUDGED]
        if judged:
            resolve_model(self._settings, self._suite.judge)
        prepared = await self._prepare()
        judges: Judges | None = None
        try:
            if judged:
                judges = await open_judges(self._settings, self._suite.judge, prepared, self._say)
            run = self._begin(runs, prepared, judges)
            jobs = self._jobs(runs, run)
            if jobs:
                await self._work(runs, run, jobs, prepared, budget)
            if judges and not budget.exhausted:
                await self._judge(runs, run, judged, judges)
            if self._suite.blame and isinstance(prepared.do, AnswerTask) and not budget.exhausted:
                await blame_items(runs, run.id, prepared.do, self._say)
        finally:
            if judges:
                await judges.close()
            await prepared.close()
        return load_run(runs, run.id)

    async def _prepare(self) -> Prepared:
        reuse = self._reuse()
        settings, suite, say = self._settings, self._suite, self._say
        if suite.kind == "routing":
            return await prepare_routing(settings, suite, cast("Examples", self._items), say)
        questions = cast("Questions", self._items)
        if suite.kind == "retrieval":
            return await prepare_retrieval(settings, suite, questions, reuse, say)
        return await prepare_answers(settings, suite, self._variant, questions, reuse, say)

    def _reuse(self) -> tuple[CallKind, ...]:
        if self._suite.kind in ALWAYS_FRESH:
            return ()
        return ("retrieval",) if self._options.fresh else ALL_CALLS

    def _begin(self, runs: Runs, prepared: Prepared, judges: Judges | None) -> StoredRun:
        """Store the new run, or check that the one to continue is of the same things."""
        current = {**self._measured(), **prepared.fingerprint}
        current["judge"] = judges.tools.judge.identity if judges else None
        if self._options.resume is not None:
            stored = runs.find(self._options.resume)
            _refuse_change(stored, current)
            self._options.begun(stored.id)
            return stored
        run = StoredRun(
            id=run_name(self._suite.name),
            suite=self._suite.name,
            variant=self._variant.name,
            fingerprint=current,
            asked=[item.id for item in self._items],
            repeats=self._suite.repeats,
        )
        runs.create(run)
        self._options.begun(run.id)
        self._note_look(run)
        return run

    def _note_look(self, run: StoredRun) -> None:
        """Write down that a test part is looked at, before anything of it is scored."""
        dataset = self._suite.dataset
        if dataset is None or not is_test_part(dataset):
            return
        known = run.fingerprint
        workspace = self._settings.workspace
        look = look_at(
            dataset,
            workspace,
            run=run.id,
            suite=run.suite,
            model=known["model"],
            prompt=known.get("prompt", ""),
            commit=known["git_commit"],
            n=len(run.asked),
        )
        append_look(workspace / LOG, look)

    def _measured(self) -> dict[str, Any]:
        dataset, corpus = self._suite.dataset, self._suite.corpus
        return {
            "suite_definition": self._suite.definition(self._settings.workspace),
            "variant": self._variant.model_dump(mode="json"),
            "dataset": dataset.name if dataset else "",
            "dataset_sha256": sha256_of(dataset) if dataset else "",
            "corpus": sha256_of(corpus) if corpus else "",
            "reused": list(self._reuse()),
            "concurrency": self._suite.concurrency,
            "smoke": self._options.smoke,
        }

    def _jobs(self, runs: Runs, run: StoredRun) -> list[Job]:
        """Return what is not done: never tried, or failed."""
        ended = {
            (item.item_id, item.repeat)
            for item in runs.items(run.id)
            if item.outcome not in UNFINISHED
        }
        wanted = [Job(item, repeat) for repeat in range(run.repeats) for item in run.asked]
        return [job for job in wanted if (job.item, job.repeat) not in ended]

    async def _work(
        self, runs: Runs, run: StoredRun, jobs: list[Job], prepared: Prepared, budget: Budget
    ) -> None:
        limiter = Limiter(self._fixed_width(), prepared.load)
        watch = RunProgress(
            len(jobs), self._suite.measured(), limiter, self._say, self._variant.name
        )
        stopped = await run_jobs(
            jobs,
            self._metered(prepared),
            lambda tried: _store(runs, run.id, tried),
            limiter,
            budget,
            watch,
        )
        if stopped:
            self._say(f"stopped: {stopped}; continue with --resume {run.id}")

    def _metered(self, prepared: Prepared) -> Do:
        """Return what runs an item; on hardware that is paid by the hour, it tells its share."""
        server, endpoint = self._settings.server, prepared.endpoint
        if server.hardware_price_per_hour is None or endpoint is None:
            return prepared.do
        if not endpoint.local or endpoint.price is not None:
            return prepared.do
        meter = HardwareMeter(server.hardware_price_per_hour, server.currency)

        async def metered(job: Job) -> Tried:
            return meter(await prepared.do(job))

        return metered

    async def _judge(
        self, runs: Runs, run: StoredRun, metrics: Sequence[str], judges: Judges
    ) -> None:
        asked = {question.id: question for question in cast("Questions", self._items)}
        tools = replace(judges.tools, reuse="judging" in self._reuse())
        await judge_items(runs, run.id, asked, metrics, tools, self._say)

    def _fixed_width(self) -> int | None:
        if self._suite.concurrency != "auto":
            return int(self._suite.concurrency)
        return 1 if self._suite.kind in ONE_AT_A_TIME else None


def _store(runs: Runs, run_id: str, tried: Tried) -> None:
    job = tried.job
    scores = [
        StoredScore(
            item_id=job.item,
            repeat=job.repeat,
            metric=name,
            status=score.status,
            value=score.value,
            reason=score.reason,
        )
        for name, score in tried.scores.items()
    ]
    item = StoredItem(
        item_id=job.item, repeat=job.repeat, outcome=tried.outcome, record=tried.record
    )
    runs.add_item(run_id, item, scores)


def _refuse_change(stored: StoredRun, current: dict[str, Any]) -> None:
    changed = differing(stored.fingerprint, current)
    for key in BINDING:
        if key in changed:
            before, now = changed[key]
            raise UsageError(
                f"{stored.id} was made with another {key} ({before} there, {now} now)",
                "use the same as then, or begin a new run without --resume",
            )


def run_name(suite: str) -> str:
    """Return a new name for a run, which sorts by time within a suite."""
    return f"{suite}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
