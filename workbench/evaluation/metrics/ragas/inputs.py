"""What of an item is judged, and when there is nothing to judge."""

from collections.abc import Mapping
from typing import Any

from workbench.errors import WorkbenchError
from workbench.evaluation.metrics.canonical import without_citations
from workbench.evaluation.metrics.contexts import read_passages
from workbench.evaluation.metrics.ragas.failures import NothingToJudgeError
from workbench.evaluation.metrics.refusal import is_refusal
from workbench.evaluation.questions import Question

UNFINISHED = ("failed", "cancelled")
NO_ANSWER = ("asked_back", "blocked")
"""Outcomes of turns that finished and answered nothing."""


def answer_of(record: Mapping[str, Any]) -> str:
    """Return the answer without its citation marks, which are no part of what it claims.

    Raises:
        WorkbenchError: The measured system failed.
        NothingToJudgeError: It refused, asked back or said nothing: there is no claim to judge.
            Whether it was right to refuse is measured by `refusal_recall` and `false_refusal`.
    """
    check_finished(record)
    answer = without_citations(record["answer"]).strip()
    if not answer:
        raise NothingToJudgeError("the answer is empty")
    if record["outcome"] in NO_ANSWER or is_refusal(answer):
        raise NothingToJudgeError("it is no answer: a refusal, a question back, or blocked")
    return answer


def check_finished(record: Mapping[str, Any]) -> None:
    """Refuse the item of a turn that broke.

    Raises:
        WorkbenchError: The measured system failed.
    """
    if record["outcome"] in UNFINISHED:
        raise WorkbenchError(record.get("error") or "the measured system failed")


def contexts_of(record: Mapping[str, Any]) -> list[str]:
    """Return the texts of the passages that the model read, else of those that it cited.

    Raises:
        NothingToJudgeError: No text of a passage was kept, or none was read.
    """
    texts = [passage.text for passage in read_passages(record) if passage.text]
    texts = texts or [source["text"] for source in record.get("sources") or () if source["text"]]
    if not texts:
        raise NothingToJudgeError("the record holds no text of a passage")
    return texts


def reference_of(question: Question) -> str:
    """Return the reference answer.

    Raises:
        NothingToJudgeError: There is none.
    """
    reference = question.reference.strip()
    if not reference:
        raise NothingToJudgeError("the question has no reference")
    return reference
