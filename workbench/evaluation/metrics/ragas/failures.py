"""How a judgement that failed ends: always with a status and a reason, never with an exception."""

import json
import math
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.evaluation.metrics.score import Score, scored
from workbench.evaluation.questions import Question

if TYPE_CHECKING:
    from workbench.evaluation.metrics.ragas.adapter import RagasTools

Judged = Callable[["RagasTools", Question, Mapping[str, Any]], Awaitable[Score]]
"""A metric of one item: the tools, the question, and the item's record."""

LONGEST_REASON = 200


class UnusableReplyError(WorkbenchError):
    """The judge's reply has the right form and cannot be used."""


class NothingToJudgeError(WorkbenchError):
    """The metric says nothing of this item; the message says why."""


def never_raises(judge: Callable[..., Awaitable[float]]) -> Judged:
    """Turn a function that returns a number, or raises, into one that always returns a score."""

    @wraps(judge)
    async def judged(tools: "RagasTools", question: Question, record: Mapping[str, Any]) -> Score:
        try:
            value = await judge(tools, question, record)
        except Exception as error:  # whatever it is, the other items of the run go on
            return failure(error)
        if not math.isfinite(value):
            return Score("judge_parse", None, "the scoring gave no number")
        return scored(value)

    return judged


def failure(error: Exception) -> Score:
    """Return the score of an item whose judgement ended with an error."""
    if isinstance(error, NothingToJudgeError):
        return Score("not_applicable", None, error.message)
    chain = [*_chain(error)]
    if any(_named(each, "IncompleteOutputException") for each in chain):
        return Score("judge_truncated", None, "the reply was cut off by the limit of tokens")
    if any(isinstance(each, TimeoutError) or _named(each, "APITimeoutError") for each in chain):
        return Score("judge_timeout", None, "the judge did not reply in time")
    cause = chain[-1]
    if any(isinstance(each, UnusableReplyError) or _is_parsing(each) for each in chain):
        return Score("judge_parse", None, _line(cause))
    return Score("system_error", None, _line(cause))


def _chain(error: BaseException) -> list[BaseException]:
    """Return an error and its causes, the first cause last."""
    chain = [error]
    while chain[-1].__cause__ is not None and len(chain) < 10:
        chain.append(chain[-1].__cause__)
    return chain


def _named(error: BaseException, name: str) -> bool:
    """Tell an error of a library that is imported late by its class's name."""
    return name in {kind.__name__ for kind in type(error).__mro__}


def _is_parsing(error: BaseException) -> bool:
    names = ("ValidationError", "ResponseParsingError")
    return isinstance(error, json.JSONDecodeError) or any(_named(error, name) for name in names)


def _line(error: BaseException) -> str:
    text = (
        error.message if isinstance(error, WorkbenchError) else f"{type(error).__name__}: {error}"
    )
    return " ".join(text.split())[:LONGEST_REASON]
