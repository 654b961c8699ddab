"""Service requests: noted and looked up."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from workbench.assistants.hotel.finders import room_numbers
from workbench.assistants.hotel.tools.priority_words import request_priority
from workbench.assistants.hotel.tools.request_words import request_category, request_description
from workbench.assistants.hotel.wording import clock, no_room
from workbench.engine.tools import (
    FoundBy,
    ReadBy,
    ToolArguments,
    ToolContext,
    ToolError,
    ToolResult,
    tool,
)

Category = Literal["housekeeping", "maintenance", "concierge", "room_service", "front_desk"]
Priority = Literal["low", "medium", "high", "critical"]

MINUTES: dict[str, int] = {"critical": 5, "high": 15, "medium": 30, "low": 120}
"""Within how many minutes a request is answered (`sops/maintenance_requests.md`)."""

_PRIORITY_VI = {
    "low": "thấp", "medium": "trung bình", "high": "cao", "critical": "khẩn cấp"
}  # fmt: skip
_STATUS_VI = {"open": "chưa làm", "in_progress": "đang làm", "done": "đã xong"}

_ROOM = "SELECT number FROM rooms WHERE number = %(room)s"
_SAME = """
SELECT number, due_at FROM service_requests
WHERE room = %(room)s AND category = %(category)s AND status <> 'done'
  AND lower(description) = lower(%(description)s)
"""
_ADD = """
INSERT INTO service_requests
    (room, category, description, priority, status, created_at, due_at, created_by)
VALUES (%(room)s, %(category)s, %(description)s, %(priority)s, 'open', %(now)s, %(due)s, %(by)s)
RETURNING number, due_at
"""
_OPEN = """
SELECT number, room, category, description, priority, status, due_at FROM service_requests
WHERE status <> 'done' AND (%(room)s::text IS NULL OR room = %(room)s)
ORDER BY due_at LIMIT 10
"""


class RequestMade(ToolArguments):
    """What is wanted, and where."""

    room_number: Annotated[str, FoundBy(room_numbers)] = Field(description="The room's number")
    category: Annotated[Category, ReadBy(request_category)] = Field(description="Who does it")
    description: Annotated[str, ReadBy(request_description)] = Field(
        min_length=3, max_length=200, description="What is wanted, in a few words"
    )
    priority: Annotated[Priority, ReadBy(request_priority)] = Field(
        "medium", description="critical is for danger to people only"
    )


class RequestsAsked(ToolArguments):
    """Of which room; of all without it."""

    room_number: Annotated[str | None, FoundBy(room_numbers)] = Field(
        None, description="The room's number"
    )


@tool(permission="requests.write", writes=True)
async def create_service_request(asked: RequestMade, context: ToolContext) -> ToolResult:
    """Note a request of a room, such as towels or a repair, for the department that does it."""
    values = {
        "room": asked.room_number,
        "category": asked.category,
        "description": asked.description.strip(),
        "priority": asked.priority,
        "now": context.now,
        "due": context.now + timedelta(minutes=MINUTES[asked.priority]),
        "by": context.operator.name,
    }
    if await context.row(_ROOM, values) is None:
        raise ToolError("not_found", no_room(asked.room_number, context.lang))
    known = await context.row(_SAME, values)
    [noted] = [known] if known else await context.write(_ADD, values)
    number, due = f"REQ-{noted['number']:04}", clock(noted["due_at"])
    if context.lang == "vi":
        begin = "Yêu cầu này đã có" if known else "Đã ghi yêu cầu"
        text = f"{begin}: {number}, phòng {asked.room_number}, {asked.description}; hạn {due}."
    else:
        begin = "This request was noted before" if known else "Noted the request"
        text = f"{begin}: {number}, room {asked.room_number}, {asked.description}; due by {due}."
    data = {"request_id": number, "room_number": asked.room_number, "due_at": due}
    return ToolResult(text=text, data=data, tables=("service_requests",))


@tool(permission="requests.read")
async def list_service_requests(asked: RequestsAsked, context: ToolContext) -> ToolResult:
    """Which requests of guests are still open, of one room or of all."""
    values = {"room": asked.room_number}
    if asked.room_number and await context.row(_ROOM, values) is None:
        raise ToolError("not_found", no_room(asked.room_number, context.lang))
    found = await context.rows(_OPEN, values)
    told = "; ".join(_say(one, context) for one in found)
    if context.lang == "vi":
        where = f" của phòng {asked.room_number}" if asked.room_number else ""
        none = f"Không có yêu cầu nào đang mở{where}."
        text = f"Yêu cầu đang mở{where}: {told}." if told else none
    else:
        where = f" for room {asked.room_number}" if asked.room_number else ""
        text = f"Open requests{where}: {told}." if told else f"No request is open{where}."
    ids = [f"REQ-{one['number']:04}" for one in found]
    return ToolResult(text=text, data={"requests": ids}, tables=("service_requests",))


def _say(one: dict[str, Any], context: ToolContext) -> str:
    """Return an open request with when it is due, and whether that is past."""
    number, due, late = f"REQ-{one['number']:04}", clock(one["due_at"]), one["due_at"] < context.now
    if context.lang == "vi":
        state = f"{_PRIORITY_VI[one['priority']]}, {_STATUS_VI[one['status']]}, hạn {due}"
        where = f"phòng {one['room']}: {one['description']}"
        return f"{number} {where} ({state}{', đã quá hạn' if late else ''})"
    state = f"{one['priority']}, {one['status'].replace('_', ' ')}, due {due}"
    where = f"room {one['room']}: {one['description']}"
    return f"{number} {where} ({state}{', overdue' if late else ''})"
