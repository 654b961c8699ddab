"""The one event stream that every front end consumes.

`Session.ask` yields these in order. A front end ignores the types that it does not know, so that
new ones can be added. The last event of a turn is always one of `AnswerFinished`, `TurnFailed`
or `TurnCancelled`, and carries the whole `Turn`.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.engine.turn import Source, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStarted:
    """The question was accepted; `turn_id` is the id that its record will have."""

    type: Literal["turn_started"] = "turn_started"
    turn_id: str
    session: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The turn waits for a service, such as a model that is still starting."""

    type: Literal["waiting"] = "waiting"
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryRewritten:
    """A follow-up is searched for as `query`, since it cannot be understood alone."""

    type: Literal["query_rewritten"] = "query_rewritten"
    question: str
    query: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteDecided:
    """Where the question goes, with the probability of each candidate."""

    type: Literal["route_decided"] = "route_decided"
    route: str
    probabilities: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalStarted:
    """The search has begun."""

    type: Literal["retrieval_started"] = "retrieval_started"
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalFinished:
    """The passages found, best first, and the seconds that took."""

    type: Literal["retrieval_finished"] = "retrieval_finished"
    passages: tuple[Source, ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoning:
    """A piece of a reasoning model's thinking, shown apart from the answer."""

    type: Literal["reasoning"] = "reasoning"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCalled:
    """The model calls a tool."""

    type: Literal["tool_called"] = "tool_called"
    call_id: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolReturned:
    """A tool's result, or the safe code of its error."""

    type: Literal["tool_returned"] = "tool_returned"
    call_id: str
    name: str
    result: str
    ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationRequested:
    """A tool that writes waits for `Session.confirm(confirmation_id, yes)`."""

    type: Literal["confirmation_requested"] = "confirmation_requested"
    confirmation_id: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationGiven:
    """The operator's answer to a confirmation."""

    type: Literal["confirmation_given"] = "confirmation_given"
    confirmation_id: str
    yes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep:
    """A step of a task plan and its state."""

    type: Literal["plan_step"] = "plan_step"
    number: int
    action: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of the answer's Markdown, citation numbers included."""

    type: Literal["token"] = "token"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardApplied:
    """A guard changed or stopped the turn, and why."""

    type: Literal["guard_applied"] = "guard_applied"
    guard: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedBack:
    """The assistant needs more before it can answer."""

    type: Literal["asked_back"] = "asked_back"
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFinished:
    """The turn is complete and stored."""

    type: Literal["answer_finished"] = "answer_finished"
    turn: Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnFailed:
    """The turn broke; the partial answer is in `turn`, what to do in `hint`."""

    type: Literal["turn_failed"] = "turn_failed"
    turn: Turn
    message: str
    hint: str = ""
    retryable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnCancelled:
    """The operator stopped the turn; the partial answer is in `turn`."""

    type: Literal["turn_cancelled"] = "turn_cancelled"
    turn: Turn


Event = (
    TurnStarted
    | Waiting
    | QueryRewritten
    | RouteDecided
    | RetrievalStarted
    | RetrievalFinished
    | Reasoning
    | ToolCalled
    | ToolReturned
    | ConfirmationRequested
    | ConfirmationGiven
    | PlanStep
    | Token
    | GuardApplied
    | AskedBack
    | AnswerFinished
    | TurnFailed
    | TurnCancelled
)
