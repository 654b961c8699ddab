"""What the client knows of one question and its answer; widgets only draw it."""

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from workbench.engine.events import Event
    from workbench.engine.turn import Source, Turn

State = Literal["queued", "running", "finished", "stopped", "failed"]
_keys = count(1)


@dataclass
class TurnRecord:
    """One question, the answer as it grows, and how it ended.

    Attributes:
        question: The question as typed.
        state: Where the turn stands.
        note: What is being done, while there is no text to read.
        stopping: Whether the person who asked wants it to stop.
        answer: The answer's Markdown as it came; copying reads this, never the screen.
        turn: The engine's record, once the turn has ended.
        problem: What went wrong, in one line.
        hint: What to do about it.
        key: A number that is unique among the records of this process.
    """

    question: str
    state: State = "queued"
    note: str = ""
    stopping: bool = False
    answer: str = ""
    turn: "Turn | None" = None
    problem: str = ""
    hint: str = ""
    key: int = field(default_factory=lambda: next(_keys))

    @classmethod
    def of(cls, turn: "Turn") -> "TurnRecord":
        """Return the record of a turn that ended earlier."""
        record = cls(turn.question)
        record.problem = turn.error
        states: dict[str, State] = {"failed": "failed", "cancelled": "stopped"}
        record._end(states.get(turn.outcome, "finished"), turn)
        return record

    @property
    def sources(self) -> "tuple[Source, ...]":
        """The sources of the answer; empty until the turn has ended."""
        return self.turn.sources if self.turn else ()

    @property
    def running(self) -> bool:
        """Whether the answer is still being made."""
        return self.state == "running"

    def source(self, number: int) -> "Source | None":
        """Return the source with a citation number, if the answer has it."""
        return next((source for source in self.sources if source.number == number), None)

    def start(self) -> None:
        """Mark the question as being answered."""
        self.state = "running"
        self.note = "sending the question"

    def apply(self, event: "Event") -> None:
        """Take in one event of the turn; types that are not known here change nothing."""
        if event.type == "token":
            self.answer += event.text
            self.note = ""
        elif event.type == "answer_finished":
            self._end("finished", event.turn)
        elif event.type == "turn_cancelled":
            self._end("stopped", event.turn)
        elif event.type == "turn_failed":
            self.problem, self.hint = event.message, event.hint
            self._end("failed", event.turn)
        else:
            self.note = _note(event) or self.note

    def fail(self, problem: str, hint: str) -> None:
        """Mark the turn as broken, keeping what there is of the answer."""
        self.state, self.note = "failed", ""
        self.problem, self.hint = problem, hint

    def stop(self) -> None:
        """Mark the turn as stopped by the person who asked."""
        self.state, self.note = "stopped", ""

    def _end(self, state: State, turn: "Turn") -> None:
        self.state, self.turn, self.note = state, turn, ""
        self.answer = turn.answer or self.answer


def _note(event: "Event") -> str:
    if event.type == "waiting":
        return event.message
    if event.type == "query_rewritten":
        return f"searching for: {event.query}"
    if event.type == "retrieval_started":
        return "searching the documents"
    if event.type == "retrieval_finished":
        count = len(event.passages)
        return f"reading {count} passage{'' if count == 1 else 's'}"
    if event.type == "reasoning":
        return "thinking"
    if event.type == "confirmation_requested":
        return f"waiting for your yes or no to {event.name}"
    return f"using {event.name}" if event.type == "tool_called" else ""
