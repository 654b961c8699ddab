"""The metrics that a model or an encoder decides, of the items of a run that have ended."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.evaluation.judges.client import Judge
from workbench.evaluation.judges.correctness import judge_correctness
from workbench.evaluation.judges.faithfulness import judge_faithfulness
from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.metrics.contexts import read_passages
from workbench.evaluation.metrics.ragas import RAGAS_METRICS, RagasTools
from workbench.evaluation.metrics.score import Score
from workbench.evaluation.metrics.scores import UNFINISHED
from workbench.evaluation.questions import Question
from workbench.evaluation.running.budget import Account
from workbench.evaluation.running.keys import call_key
from workbench.evaluation.running.memo import Calls
from workbench.evaluation.running.rows import score_row
from workbench.store.runs import Runs, StoredItem

REPEATABLE = ("scored", "judge_parse", "judge_truncated", "not_applicable")
"""What the same call would give again; only that is kept for reuse."""
_AT_ONCE = 32
"""Items whose metrics are computed at once; the calls of each are limited by the judge."""

OWN = ("judged_correctness", "judged_faithfulness")
JUDGED = (*OWN, *RAGAS_METRICS)
"""All metrics that are computed here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeTools:
    """What the judged metrics need.

    Attributes:
        judge: Our own judge.
        ragas: The tools of ragas' metrics.
        served: What is served at the judge's endpoint.
        calls: Where verdicts are kept.
        reuse: Whether kept verdicts are used.
    """

    judge: Judge
    ragas: RagasTools
    served: Mapping[str, Any]
    calls: Calls
    reuse: bool = True

    def spent(self) -> float | None:
        """Return what the calls so far cost by their tokens; `None` without a price of those."""
        price = self.judge.endpoint.price
        if price is None:
            return None
        used = (self.ragas.usage, self.judge.usage)
        prompts = sum(each.prompt for each in used) * price.prompt_per_million
        completions = sum(each.completion for each in used) * price.completion_per_million
        return (prompts + completions) / 1_000_000


async def judge_items(
    runs: Runs,
    run_id: str,
    questions: Mapping[str, Question],
    metrics: Sequence[str],
    tools: JudgeTools,
    say: Callable[[str], None],
    account: Account,
) -> str:
    """Compute what is wanted and not there yet; every score is stored as soon as it is known.

    A score that failed in a way that may pass (no reply in time, no server) is wanted again.

    Args:
        runs: The store.
        run_id: The run.
        questions: The questions by id.
        metrics: Names out of `JUDGED`.
        tools: What they need.
        say: Told how far it is.
        account: When to begin no more; told what the calls cost.

    Returns:
        Why it stopped early; empty when all was computed.
    """
    done = {
        (score.item_id, score.repeat, score.metric)
        for score in runs.scores(run_id)
        if score.status in REPEATABLE
    }
    jobs = [
        (item, metric)
        for item in runs.items(run_id)
        for metric in metrics
        if (item.item_id, item.repeat, metric) not in done
    ]
    slots, finished = asyncio.Semaphore(_AT_ONCE), 0

    async def work(item: StoredItem, metric: str) -> None:
        nonlocal finished
        async with slots:
            if account.exhausted:
                return
            score = await judged_score(metric, questions[item.item_id], item.record, tools)
            account.reach(tools.spent())
        runs.add_scores(run_id, [score_row(item.item_id, item.repeat, metric, score)])
        finished += 1
        say(f"judging {finished}/{len(jobs)}")

    await asyncio.gather(*(work(item, metric) for item, metric in jobs))
    return account.exhausted if finished < len(jobs) else ""


async def judged_score(
    metric: str, question: Question, record: Mapping[str, Any], tools: JudgeTools
) -> Score:
    """Return one metric's score of one item, computed now or earlier."""
    if record["outcome"] in UNFINISHED:
        return Score("system_error", None, str(record.get("error", "")))
    key = call_key(
        {
            "metric": metric,
            "version": metric_named(metric).version,
            "tools": _identity(metric, tools),
            "question": question.model_dump(mode="json"),
            "answer": record["answer"],
            "outcome": record["outcome"],
            "contexts": _contexts(record),
        }
    )
    kept = await tools.calls.get("judging", key) if tools.reuse else None
    if kept is not None:
        return Score(**kept)
    score = await _compute(metric, question, record, tools)
    if score.status in REPEATABLE:
        await tools.calls.put("judging", key, dataclasses.asdict(score))
    return score


def _compute(
    metric: str, question: Question, record: Mapping[str, Any], tools: JudgeTools
) -> Awaitable[Score]:
    if metric in RAGAS_METRICS:
        return RAGAS_METRICS[metric](tools.ragas, question, record)
    if metric == "judged_correctness":
        return judge_correctness(tools.judge, question, record["answer"])
    return judge_faithfulness(tools.judge, record["answer"], _contexts(record))


def _identity(metric: str, tools: JudgeTools) -> dict[str, Any]:
    if metric in OWN:
        return tools.judge.identity
    return {**tools.ragas.identity(metric), "served": dict(tools.served)}


def _contexts(record: Mapping[str, Any]) -> list[str]:
    return [passage.text for passage in read_passages(record)]
