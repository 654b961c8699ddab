"""The lines of a set of task plans: an instruction, a state of the hotel, and what must come of it.

A line is a question whose one reference call, `run_task`, holds what a `PlanItem` holds beside the
question itself. It is judged by its effects: `reference_plans` name the orders of tools that are
right (an empty one: no step at all), `emails_to` the bookings whose guests may get an e-mail, and
`emails_expected` how many are sent in this state.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workbench.errors import UsageError
from workbench.evaluation.questions import Question, load_questions

CALL = "run_task"
SENDS = "send_email"
WRITES = (SENDS, "create_service_request")
READS = ("get_room_status", "find_rooms", "lookup_booking", "get_current_pricing",
         "get_checkout_policy", "list_service_requests")  # fmt: skip
TOOLS = frozenset((*READS, *WRITES))
"""The hotel's tools. Steps of others are the engine's own business and not scored by name."""
GUARDED = "checkin_email"
"""The tag of an instruction that asks for a check-in e-mail, which needs a ready room."""

Outcome = Literal["done", "not_done", "asked_back", "refused"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class RoomChange(_Part):
    """What is changed of a room before the run; `None` leaves a column as it is."""

    table: Literal["room_status"]
    room_number: str
    occupancy: str | None = None
    cleaning: str | None = None
    out_of_order: bool | None = None
    note: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The column that names the row, and its value."""
        return "room", self.room_number

    def columns(self) -> dict[str, Any]:
        """Return the changed columns with their values."""
        return self.model_dump(exclude={"table", "room_number"}, exclude_none=True)


class BookingChange(_Part):
    """What is changed of a booking before the run; days as YYYY-MM-DD."""

    table: Literal["bookings"]
    booking_id: str
    status: str | None = None
    check_in: str | None = None
    check_out: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The column that names the row, and its value."""
        return "id", self.booking_id

    def columns(self) -> dict[str, Any]:
        """Return the changed columns with their values."""
        return self.model_dump(exclude={"table", "booking_id"}, exclude_none=True)


class PlannedCall(_Part):
    """A step of a reference plan, with those arguments that are known beforehand."""

    tool: str
    arguments: dict[str, str] = Field(default_factory=dict)


class Wanted(_Part):
    """A service request that must be noted."""

    room_number: str
    category: str


class PlanItem(_Part):
    """A line of the set; `conditions` are for people, all else is scored."""

    id: str
    lang: Literal["en", "vi"]
    user_input: str
    cluster: str
    tags: list[str]
    given: dict[str, str]
    state: list[Annotated[RoomChange | BookingChange, Field(discriminator="table")]]
    reference_plan: list[PlannedCall]
    reference_plans: list[list[PlannedCall]] = Field(default_factory=list)
    conditions: list[str]
    emails_to: list[str]
    emails_expected: int = Field(ge=0)
    requests_expected: list[Wanted]
    forbidden_tools: list[str]
    outcome: Outcome
    outcome_also: list[Outcome]
    role: str

    @property
    def plans(self) -> list[list[PlannedCall]]:
        """The plans that are right."""
        return self.reference_plans or [self.reference_plan]

    @property
    def rooms(self) -> list[str]:
        """The rooms whose state decides, as the reference plans name them."""
        calls = [call for plan in self.plans for call in plan if call.tool == "get_room_status"]
        named = [call.arguments.get("room_number") for call in calls]
        return list(dict.fromkeys(room for room in named if room))

    @property
    def bookings(self) -> set[str]:
        """The bookings that the reference plans name."""
        calls = [call for plan in self.plans for call in plan]
        return {call.arguments["booking_id"] for call in calls if "booking_id" in call.arguments}

    @property
    def guarded(self) -> bool:
        """Whether it asks for a check-in e-mail."""
        return GUARDED in self.tags


def read_items(path: Path) -> list[PlanItem]:
    """Read a set of plans.

    Raises:
        UsageError: The file cannot be read, or a line is wrong; the message names it.
    """
    return [_item(question, path) for question in load_questions(path)]


def _item(question: Question, path: Path) -> PlanItem:
    calls = question.reference_tool_calls
    if [call.name for call in calls] != [CALL]:
        raise UsageError(f"{path}, {question.id}: no plan", f"give one reference call {CALL!r}")
    asked = question.model_dump(include={"id", "lang", "user_input", "cluster", "tags"})
    try:
        return PlanItem.model_validate({**asked, **calls[0].args})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        said = f"{path}, {question.id}: key {key!r}: {first['msg']}"
        raise UsageError(said, "correct it") from error
