"""The task of the suite `retrieval`: the search alone, without a model."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.engine.finder import Finder
from workbench.errors import WorkbenchError
from workbench.evaluation.metrics.scores import score_record
from workbench.evaluation.questions import Question
from workbench.evaluation.running.memo import RunMemo
from workbench.evaluation.running.runner import Job, Tried, fault
from workbench.evaluation.tasks.records import passage_records, question_record


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalTask:
    """Searches for questions and scores what was found.

    Attributes:
        finder: Gives the search with an item's memo.
        questions: The questions by id.
        metrics: What is measured.
        memo: The memo of a repeat.
    """

    finder: Callable[[RunMemo], Finder]
    questions: Mapping[str, Question]
    metrics: Sequence[str]
    memo: Callable[[int], RunMemo]

    async def __call__(self, job: Job) -> Tried:
        """Search for one question."""
        question = self.questions[job.item]
        memo = self.memo(job.repeat)
        started = time.perf_counter()
        try:
            passages = await self.finder(memo).search(question.user_input)
        except WorkbenchError as error:
            return fault(job, error, question_record(question))
        seconds = time.perf_counter() - started
        record: dict[str, Any] = {
            **question_record(question),
            "outcome": "answered",
            "answer": "",
            "retrieved": passage_records(passages),
            "timings": {"retrieval": seconds},
            "reused": sorted(memo.reused),
            "error": "",
        }
        scores = score_record(question, record, self.metrics)
        return Tried(job=job, outcome="answered", record=record, scores=scores)
