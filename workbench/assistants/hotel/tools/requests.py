"""Service requests: noted and looked up."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from workbench.assistants.hotel.finders import room_numbers
from workbench.assistants.hotel.wording import clock
from workbench.engine.tools import (
    FoundBy,
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
    category: Category = Field(description="Who does it")
    description: str = Field(
        min_length=3, max_length=200, description="What is wanted, in a few words"
    )
    priority: Priority = Field("medium", description="critical is for danger to people only")


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
        raise ToolError("not_found", f"there is no room {asked.room_number}")
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
    found = await context.rows(_OPEN, {"room": asked.room_number})
    lines = [
        f"REQ-{one['number']:04} room {one['room']}: {one['description']} "
        f"({one['priority']}, {one['status']}, due {clock(one['due_at'])})"
        for one in found
    ]
    if context.lang == "vi":
        text = "Yêu cầu đang mở: " + "; ".join(lines) if lines else "Không có yêu cầu nào đang mở."
    else:
        text = "Open requests: " + "; ".join(lines) if lines else "No request is open."
    ids = [f"REQ-{one['number']:04}" for one in found]
    return ToolResult(text=text, data={"requests": ids}, tables=("service_requests",))
