"""What was at fault in a wrong answer: the search, or the writing.

A question that was answered wrongly is asked again with the gold passages in place of the search
(a counterfactual). Right then: the search was at fault, since it did not bring what was needed, or
brought too much beside it. Still wrong: the writing was.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from workbench.engine.llm import Delta
from workbench.engine.retrieval import Passage, Retriever
from workbench.engine.retrieval.filters import Filters
from workbench.errors import WorkbenchError
from workbench.evaluation.metrics.score import NOT_APPLICABLE, Score, scored
from workbench.evaluation.metrics.scores import UNFINISHED, score_record
from workbench.evaluation.questions import Question
from workbench.evaluation.running.budget import Account
from workbench.evaluation.running.memo import RunMemo
from workbench.evaluation.running.rows import score_row
from workbench.evaluation.running.runner import Job
from workbench.evaluation.tasks.answers import AnswerTask
from workbench.evaluation.tasks.records import question_record, turn_record
from workbench.store.calls import CallKind
from workbench.store.runs import Runs, StoredItem, StoredScore

BLAMES = ("blame_retrieval", "blame_generation")
"""Shares of the wrong answers; the metrics do not apply to right ones."""
GOLD = 3
"""How many passages of the gold documents are read: as many as an answer reads."""
_AT_ONCE = 8


class GoldMemo:
    """A memo that gives the gold passages whatever is searched for.

    Args:
        gold: The passages.
        memo: Keeps the replies.
    """

    def __init__(self, gold: Sequence[Passage], memo: RunMemo) -> None:
        self._gold = list(gold)
        self._memo = memo

    @property
    def made(self) -> Mapping[CallKind, int]:
        """How many calls were made, by kind."""
        return self._memo.made

    async def passages(
        self, asked: Mapping[str, Any], find: Callable[[], Awaitable[list[Passage]]]
    ) -> list[Passage]:
        """Return the gold passages."""
        return self._gold

    def reply(
        self, asked: Mapping[str, Any], write: Callable[[], AsyncIterator[Delta]]
    ) -> AsyncIterator[Delta]:
        """Return the reply, written now or earlier."""
        return self._memo.reply(asked, write)


async def gold_passages(question: Question, retriever: Retriever, collection: str) -> list[Passage]:
    """Return the passages that hold the answer.

    Those that the question gives; else the passages of the documents that it names, the nearest
    to the question first. Empty where it says neither.
    """
    if question.reference_contexts:
        return [
            Passage(
                chunk_id=f"gold-{number}",
                document=question.places[0][0] if question.places else "gold",
                lang=question.lang or "en",
                text=text,
                score=1.0,
                score_kind="rrf",
            )
            for number, text in enumerate(question.reference_contexts, start=1)
        ]
    documents = sorted({document for document, _ in question.places})
    found = [
        await retriever.search(
            question.user_input, collection, GOLD, filters=Filters(document=document)
        )
        for document in documents
    ]
    # one of each document before the second of any
    return [passage for rank in zip_longest(*found) for passage in rank if passage][:GOLD]


async def blame_items(
    runs: Runs,
    run_id: str,
    task: AnswerTask,
    say: Callable[[str], None],
    account: Account,
) -> str:
    """Ask wrongly answered items again with the gold passages, and store what was at fault.

    An item without an answer gets no blame before it has one.

    Args:
        runs: The store.
        run_id: The run.
        task: Asks the questions.
        say: Told of every item that is asked.
        account: When to begin no more; told what the answers cost.

    Returns:
        Why it stopped early; empty when nothing is left to blame.
    """
    scores = runs.scores(run_id)
    wrong = {
        (each.item_id, each.repeat)
        for each in scores
        if each.metric == "answer_accuracy" and each.value == 0.0
    }
    slots, left = asyncio.Semaphore(_AT_ONCE), 0

    async def work(item: StoredItem) -> None:
        nonlocal left
        verdict = dict.fromkeys(BLAMES, NOT_APPLICABLE)
        if (item.item_id, item.repeat) in wrong:
            async with slots:
                if account.exhausted:
                    left += 1
                    return
                verdict = await blamed(Job(item.item_id, item.repeat), task, account)
            say(f"blaming {item.item_id}")
        runs.add_scores(
            run_id,
            [score_row(item.item_id, item.repeat, name, score) for name, score in verdict.items()],
        )

    await asyncio.gather(*(work(item) for item in _unblamed(runs.items(run_id), scores)))
    return account.exhausted if left else ""


def _unblamed(items: Sequence[StoredItem], scores: Sequence[StoredScore]) -> list[StoredItem]:
    """Return the answered items whose blame is not known, or could not be found out."""
    done = {
        (each.item_id, each.repeat)
        for each in scores
        if each.metric in BLAMES and each.status != "system_error"
    }
    return [
        item
        for item in items
        if item.outcome not in UNFINISHED and (item.item_id, item.repeat) not in done
    ]


async def blamed(job: Job, task: AnswerTask, account: Account) -> dict[str, Score]:
    """Ask one question with its gold passages; return what was at fault."""
    question = task.questions[job.item]
    try:
        collection = task.assistant.collection
        gold = await gold_passages(question, task.engine.retriever, collection)
        if not gold:
            return dict.fromkeys(BLAMES, NOT_APPLICABLE)
        turn, cost = await task.ask(question, GoldMemo(gold, task.memo(job.repeat)), [])
    except WorkbenchError as error:
        return dict.fromkeys(BLAMES, Score("system_error", None, error.one_line()))
    account.spend(cost)
    record = {**question_record(question), **turn_record(turn), "error": turn.error, "reused": []}
    right = score_record(question, record, ("answer_accuracy",))["answer_accuracy"]
    if right.status != "scored":
        return dict.fromkeys(BLAMES, right)
    return {
        "blame_retrieval": scored(right.value or 0.0, f"with gold passages: {turn.answer[:200]}"),
        "blame_generation": scored(1.0 - (right.value or 0.0)),
    }
