"""What is kept of an item: its question, the answer and what it rests on, as plain JSON types."""

from collections.abc import Sequence
from typing import Any

from workbench.engine.retrieval import Passage
from workbench.engine.turn import Turn
from workbench.evaluation.questions import Question

_OF_TURN = (
    "search_query", "answer", "outcome", "sources", "retrieved", "tool_calls", "route",
    "confidence", "timings", "usage", "cost", "model", "prompt",
)  # fmt: skip


def question_record(question: Question) -> dict[str, Any]:
    """Return what is kept of a question."""
    return {
        "id": question.id,
        "lang": question.lang,
        "cluster": question.cluster,
        "tags": question.tags,
        "critical": question.critical,
        "question": question.user_input,
        "reference": question.reference,
        "answerable": question.answerable,
    }


def turn_record(turn: Turn | None) -> dict[str, Any]:
    """Return what is kept of a turn; `None` stands for one that could not begin."""
    if turn is None:
        return {"answer": "", "outcome": "failed"}
    whole = turn.to_dict()
    return {key: whole[key] for key in _OF_TURN}


def passage_records(passages: Sequence[Passage]) -> list[dict[str, Any]]:
    """Return what is kept of found passages, best first."""
    return [
        {
            "number": number,
            "document": passage.document,
            "title": passage.title,
            "heading": passage.heading,
            "page": passage.page,
            "chunk_id": passage.chunk_id,
            "score": passage.score,
            "score_kind": passage.score_kind,
            "text": passage.text,
        }
        for number, passage in enumerate(passages, start=1)
    ]
