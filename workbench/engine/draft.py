"""A turn while it is being made."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.engine.citing import CitingStream
from workbench.engine.retrieval import Passage
from workbench.engine.turn import (
    Confidence,
    Cost,
    ModelInfo,
    Outcome,
    Source,
    Timings,
    ToolCall,
    Turn,
    Usage,
)


@dataclass(slots=True, kw_only=True)
class Draft:
    """What is known of a turn so far; `to_turn` makes the record of it at any time.

    Attributes:
        stands_alone: Whether `search_query` is a full question that needs no history.
    """

    id: str
    session: str
    assistant: str
    lang: str
    question: str
    prompt: str
    model: ModelInfo
    search_query: str = ""
    stands_alone: bool = True
    answer: str = ""
    outcome: Outcome = "answered"
    retrieved: tuple[Source, ...] = ()
    sources: tuple[Source, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    route: str | None = None
    confidence: Confidence = Confidence()
    usage: Usage = Usage()
    cost: Cost = Cost()
    error: str = ""
    started: float = field(default_factory=time.perf_counter)
    queue: float | None = None
    retrieval: float | None = None
    first_token: float | None = None

    def elapsed(self) -> float:
        """Return the seconds since the question was asked."""
        return time.perf_counter() - self.started

    def add_usage(self, usage: Usage | None) -> None:
        """Count the tokens of one more reply."""
        if usage is not None:
            self.usage = Usage(
                prompt=self.usage.prompt + usage.prompt,
                completion=self.usage.completion + usage.completion,
                cached=self.usage.cached + usage.cached,
            )

    def to_turn(self) -> Turn:
        """Return the record of the turn as it stands now."""
        return Turn(
            id=self.id,
            session=self.session,
            assistant=self.assistant,
            lang=self.lang,
            question=self.question,
            search_query=self.search_query,
            answer=self.answer.strip(),
            outcome=self.outcome,
            sources=self.sources,
            retrieved=self.retrieved,
            tool_calls=self.tool_calls,
            route=self.route,
            confidence=self.confidence,
            usage=self.usage,
            timings=Timings(
                queue=self.queue,
                retrieval=self.retrieval,
                first_token=self.first_token,
                total=self.elapsed(),
            ),
            cost=self.cost,
            model=self.model,
            prompt=self.prompt,
            error=self.error,
        )


def as_source(passage: Passage, number: int, quote: str = "") -> Source:
    """Return a passage as a source; the whole passage is the quote when none is given."""
    return Source(
        number=number,
        document=passage.document,
        title=passage.title,
        page=passage.page,
        heading=passage.heading,
        chunk_id=passage.chunk_id,
        score=passage.score,
        score_kind=passage.score_kind,
        quote=quote or passage.text,
        text=passage.text,
    )


def cited_sources(citing: CitingStream, passages: Sequence[Passage]) -> tuple[Source, ...]:
    """Return the passages that the answer cites, numbered as in its text."""
    return tuple(
        as_source(passages[index], number, citing.supports[index].quote)
        for number, index in enumerate(citing.order, start=1)
    )
