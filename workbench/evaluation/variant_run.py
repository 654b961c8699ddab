"""One variant of a suite, run over all items."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from workbench.config import Settings
from workbench.engine.routing.examples import RoutingExample
from workbench.evaluation.datasets.looks import LOG, ensure_look, is_known_test_part, look_at
from workbench.evaluation.fingerprint import sha256_of
from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.metrics.scores import UNFINISHED
from workbench.evaluation.questions import Question
from workbench.evaluation.results import Results
from workbench.evaluation.resuming import refuse_change
from workbench.evaluation.running.blaming import BLAMES, blame_items
from workbench.evaluation.running.budget import Account, Budget
from workbench.evaluation.running.judging import JUDGED, judge_items
from workbench.evaluation.running.limiter import Limiter
from workbench.evaluation.running.metering import HardwareMeter
from workbench.evaluation.running.options import RunOptions
from workbench.evaluation.running.prices import hourly_price
from workbench.evaluation.running.progress import RunProgress
from workbench.evaluation.running.rows import score_row
from workbench.evaluation.running.runner import Do, Job, Tried, run_jobs
from workbench.evaluation.stored import load_run
from workbench.evaluation.suites.kinds import ALWAYS_FRESH, ONE_AT_A_TIME
from workbench.evaluation.suites.suite import Suite, Variant
from workbench.evaluation.tasks.answers import AnswerTask
from workbench.evaluation.tasks.building import Prepared, prepare_answers, prepare_retrieval
from workbench.evaluation.tasks.judges import Judges, open_judges
from workbench.evaluation.tasks.routing import prepare_routing
from workbench.services.endpoints import Endpoint, resolve_model
from workbench.store.calls import CallKind
from workbench.store.runs import Runs, StoredItem, StoredRun

Say = Callable[[str], None]
Questions = Sequence[Question]
Examples = Sequence[RoutingExample]
Items = Questions | Examples
ALL_CALLS: tuple[CallKind, ...] = ("retrieval", "generation", "judging")


def measured(settings: Settings, suite: Suite, variant: Variant) -> dict[str, Any]:
    """Return what is known of a run's fingerprint before anything is opened."""
    dataset, corpus = suite.dataset, suite.corpus
    names = (*suite.measured(), *(BLAMES if suite.blame else ()))
    return {
        "suite_definition": suite.definition(settings.workspace),
        "variant": variant.model_dump(mode="json"),
        "metric_versions": {name: metric_named(name).version for name in names},
        "dataset": dataset.name if dataset else "",
        "dataset_sha256": sha256_of(dataset) if dataset else "",
        "corpus": sha256_of(corpus) if corpus else "",
        "concurrency": suite.concurrency,
    }


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
        self._judged = [name for name in suite.measured() if name in JUDGED]

    async def run(self, runs: Runs, budget: Budget) -> Results:
        """Run what is left of the items; nobody else works on the run meanwhile.

        Raises:
            UsageError: Another process continues the run, or it was begun on something else.
            WorkbenchError: A service cannot be used.
        """
        run_id = self._options.resume or run_name(self._suite.name)
        if self._judged:
            resolve_model(self._settings, self._suite.judge)
        with runs.working(run_id):
            prepared = await self._prepare()
            judges: Judges | None = None
            try:
                if self._judged:
                    judges = await open_judges(
                        self._settings, self._suite.judge, prepared, self._say
                    )
                run = self._begin(runs, run_id, prepared, judges)
                await self._stages(runs, run, prepared, judges, budget)
            finally:
                if judges:
                    await judges.close()
                await prepared.close()
        return load_run(runs, run_id)

    async def _stages(
        self,
        runs: Runs,
        run: StoredRun,
        prepared: Prepared,
        judges: Judges | None,
        budget: Budget,
    ) -> None:
        """Answer, then judge, then blame, as long as there is budget."""
        stopped = await self._answer(runs, run, prepared, budget)
        if judges:
            stopped = await self._judge(runs, run, judges, budget) or stopped
        if self._suite.blame and isinstance(prepared.do, AnswerTask):
            account = self._account(prepared.endpoint, budget)
            stopped = await blame_items(runs, run.id, prepared.do, self._say, account) or stopped
        if stopped:
            self._say(f"stopped: {stopped}")
            self._options.left(run.id)

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

    def _begin(
        self, runs: Runs, run_id: str, prepared: Prepared, judges: Judges | None
    ) -> StoredRun:
        """Store the new run, or check that the one to continue is of the same things."""
        current = {
            **measured(self._settings, self._suite, self._variant),
            **prepared.fingerprint,
            "reused": list(self._reuse()),
            "smoke": self._options.smoke,
            "judge": judges.tools.judge.identity if judges else None,
        }
        if self._options.resume is not None:
            run = runs.find(run_id)
            refuse_change(run, current)
            self._note_look(run)
        else:
            run = StoredRun(
                id=run_id,
                suite=self._suite.name,
                variant=self._variant.name,
                fingerprint=current,
                asked=[item.id for item in self._items],
                repeats=self._suite.repeats,
            )
            self._note_look(run)  # first: a run that the log does not know must not be there
            runs.create(run)
        self._options.begun(run.id)
        return run

    def _note_look(self, run: StoredRun) -> None:
        """Write down that a test part is looked at, before anything of it is scored."""
        dataset, workspace = self._suite.dataset, self._settings.workspace
        if dataset is None or not is_known_test_part(dataset, workspace):
            return
        known = run.fingerprint
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
        ensure_look(workspace / LOG, look)

    def _jobs(self, runs: Runs, run: StoredRun) -> list[Job]:
        """Return what is not done: never tried, or failed."""
        ended = {
            (item.item_id, item.repeat)
            for item in runs.items(run.id)
            if item.outcome not in UNFINISHED
        }
        wanted = [Job(item, repeat) for repeat in range(run.repeats) for item in run.asked]
        return [job for job in wanted if (job.item, job.repeat) not in ended]

    async def _answer(self, runs: Runs, run: StoredRun, prepared: Prepared, budget: Budget) -> str:
        """Run what is not done; return why it stopped early, empty when it did not."""
        jobs = self._jobs(runs, run)
        if not jobs:
            return ""
        limiter = Limiter(self._fixed_width(), prepared.load)
        watch = RunProgress(
            len(jobs), self._suite.measured(), limiter, self._say, self._variant.name
        )
        return await run_jobs(
            jobs,
            self._metered(prepared),
            lambda tried: _store(runs, run.id, tried),
            limiter,
            budget,
            watch,
        )

    def _metered(self, prepared: Prepared) -> Do:
        """Return what runs an item; on hardware that is paid by the hour, it tells its share."""
        hourly = hourly_price(self._settings, prepared.endpoint)
        if hourly is None:
            return prepared.do
        meter = HardwareMeter(hourly, self._settings.server.currency)

        async def metered(job: Job) -> Tried:
            return meter(await prepared.do(job))

        return metered

    async def _judge(self, runs: Runs, run: StoredRun, judges: Judges, budget: Budget) -> str:
        asked = {question.id: question for question in cast("Questions", self._items)}
        tools = replace(judges.tools, reuse="judging" in self._reuse())
        account = self._account(tools.judge.endpoint, budget)
        return await judge_items(runs, run.id, asked, self._judged, tools, self._say, account)

    def _account(self, endpoint: Endpoint | None, budget: Budget) -> Account:
        return Account(budget, hourly_price(self._settings, endpoint))

    def _fixed_width(self) -> int | None:
        if self._suite.concurrency != "auto":
            return int(self._suite.concurrency)
        return 1 if self._suite.kind in ONE_AT_A_TIME else None


def _store(runs: Runs, run_id: str, tried: Tried) -> None:
    job = tried.job
    scores = [score_row(job.item, job.repeat, name, score) for name, score in tried.scores.items()]
    item = StoredItem(
        item_id=job.item, repeat=job.repeat, outcome=tried.outcome, record=tried.record
    )
    runs.add_item(run_id, item, scores)


def run_name(suite: str) -> str:
    """Return a new name for a run, which sorts by time within a suite."""
    return f"{suite}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
