"""The record of one question and its answer, shared by front ends, store and suites."""

import dataclasses
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Outcome = Literal["answered", "refused", "asked_back", "blocked", "failed", "cancelled"]
ScoreKind = Literal["rrf", "cosine", "bm25", "lookup"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A passage that an answer rests on.

    Attributes:
        number: The citation number as it stands in the answer, from 1.
        document: The path relative to the corpus root, or the id in a JSONL corpus.
        title: The document's title, empty when it has none.
        page: The page of a PDF, from 1; `None` for other kinds.
        heading: The headings above the passage, joined by " > "; `None` for a PDF.
        chunk_id: The stable id of the indexed passage.
        score: The retrieval score.
        score_kind: What the score is: "rrf" (fused rank), "cosine", "bm25", or "lookup" for rows
            that a tool read from the tables that `document` names.
        quote: The span of the passage that supports the answer, word for word.
        text: The whole passage.
    """

    number: int
    document: str
    title: str = ""
    page: int | None = None
    heading: str | None = None
    chunk_id: str
    score: float
    score_kind: ScoreKind
    quote: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as the model server counted them; `cached` is the part of the prompt it had seen."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Seconds since `Session.ask` was called; `None` where the turn did not get that far.

    Attributes:
        queue: Waiting for services and for the model server's queue.
        retrieval: Time spent in retrieval.
        first_token: When the first piece of the answer arrived.
        total: When the turn ended.
    """

    queue: float | None = None
    retrieval: float | None = None
    first_token: float | None = None
    total: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The price of a turn; `amount` is `None` and `priced` false where no price is known."""

    amount: float | None = None
    currency: str = "USD"
    priced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """Which model answered: its catalogue name, the weights it ran and their quantisation."""

    name: str
    weights: str = ""
    quantisation: str = ""
    endpoint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """How far the answer is supported, and by which method that was computed."""

    value: float | None = None
    method: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A call of a tool: its name, arguments and outcome."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    result: str = ""
    ok: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question and its answer.

    Attributes:
        id: The stored message's id.
        session: The conversation's id.
        assistant: The assistant's name.
        lang: The language of the question: "en", "vi" or "id".
        question: The question as typed.
        search_query: What was searched for; differs from the question for a follow-up.
        answer: The answer's Markdown with citation numbers; the partial text when cancelled.
        outcome: How the turn ended; a refusal has no sources.
        retrieved: Documents of the passages given to the model, best first.
        error: One line that says what failed; empty otherwise.
    """

    id: str
    session: str
    assistant: str
    lang: str
    question: str
    search_query: str = ""
    answer: str = ""
    outcome: Outcome
    sources: tuple[Source, ...] = ()
    retrieved: tuple[Source, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    route: str | None = None
    confidence: Confidence = Confidence()
    usage: Usage = Usage()
    timings: Timings = Timings()
    cost: Cost = Cost()
    model: ModelInfo
    prompt: str
    error: str = ""
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def to_dict(self) -> dict[str, Any]:
        """Return the turn as plain JSON types; the contract of `workbench ask --json`."""
        record = dataclasses.asdict(self)
        record["created_at"] = self.created_at.isoformat()
        return record
