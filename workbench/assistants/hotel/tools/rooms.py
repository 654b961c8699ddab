"""Rooms: their state, and which can be given to a guest now."""

from typing import Annotated, Any

from pydantic import Field

from workbench.assistants.hotel.finders import room_numbers, room_type_codes
from workbench.assistants.hotel.wording import clock
from workbench.engine.tools import (
    FoundBy,
    ToolArguments,
    ToolContext,
    ToolError,
    ToolResult,
    tool,
)

_STATUS = """
SELECT s.room, t.name AS type, r.floor, r.accessible, s.occupancy, s.cleaning, s.out_of_order,
       s.note, s.updated_at
FROM room_status s JOIN rooms r ON r.number = s.room JOIN room_types t ON t.code = r.type
WHERE s.room = %(room)s
"""
_READY = """
SELECT s.room FROM room_status s JOIN rooms r ON r.number = s.room
WHERE r.type = %(type)s AND s.occupancy = 'vacant' AND NOT s.out_of_order
  AND s.cleaning IN ('clean', 'inspected')
  AND NOT EXISTS (
      SELECT FROM bookings b
      WHERE b.room = s.room AND b.status = 'confirmed' AND b.check_in = %(today)s
  )
ORDER BY r.floor, s.room
"""
_TYPE = "SELECT name FROM room_types WHERE code = %(type)s"
_OCCUPANCY = {"en": {"vacant": "vacant", "occupied": "occupied"},
              "vi": {"vacant": "đang trống", "occupied": "đang có khách"}}  # fmt: skip
_CLEANING = {
    "en": {"dirty": "dirty", "in_progress": "being cleaned", "clean": "clean",
           "inspected": "clean and inspected"},
    "vi": {"dirty": "chưa dọn", "in_progress": "đang dọn", "clean": "đã dọn sạch",
           "inspected": "đã dọn sạch và đã kiểm tra"},
}  # fmt: skip
_SHOWN = 8


class RoomAsked(ToolArguments):
    """Which room."""

    room_number: Annotated[str, FoundBy(room_numbers)] = Field(
        description="The room's number, such as 201"
    )


class RoomTypeAsked(ToolArguments):
    """Which type of room."""

    room_type: Annotated[str, FoundBy(room_type_codes)] = Field(
        description="standard_city, superior_garden, deluxe_city, deluxe_ocean, family_suite or "
        "paradise_suite"
    )


@tool(permission="rooms.read")
async def get_room_status(asked: RoomAsked, context: ToolContext) -> ToolResult:
    """Whether a room is occupied, clean, out of order, and ready for a guest."""
    found = await room_status(asked.room_number, context)
    said = _say_vietnamese(found) if context.lang == "vi" else _say_english(found)
    data = {
        "room_number": found["room"],
        "type": found["type"],
        "occupancy": found["occupancy"],
        "cleaning": found["cleaning"],
        "out_of_order": found["out_of_order"],
        "ready_for_guest": found["ready"],
    }
    return ToolResult(text=said, data=data, tables=("room_status",))


@tool(permission="rooms.read")
async def find_rooms(asked: RoomTypeAsked, context: ToolContext) -> ToolResult:
    """Which rooms of a type are free, clean and not promised to an arrival of today."""
    kind = await context.row(_TYPE, {"type": asked.room_type})
    if kind is None:
        raise ToolError("not_found", f"there is no room type {asked.room_type!r}")
    values = {"type": asked.room_type, "today": context.now.date()}
    free = [each["room"] for each in await context.rows(_READY, values)]
    shown = ", ".join(free[:_SHOWN]) + (" ..." if len(free) > _SHOWN else "")
    if context.lang == "vi":
        text = f"Có {len(free)} phòng {kind['name']} trống, sạch, chưa giữ cho khách đến hôm nay"
    else:
        text = f"{len(free)} {kind['name']} rooms are free, clean and not kept for today's arrivals"
    text += f": {shown}." if free else "."
    return ToolResult(
        text=text,
        data={"room_type": asked.room_type, "free": len(free), "rooms": free},
        tables=("room_status", "bookings"),
    )


async def room_status(number: str, context: ToolContext) -> dict[str, Any]:
    """Return a room's state; `ready` tells whether a guest can be let in now.

    Raises:
        ToolError: There is no such room.
    """
    found = await context.row(_STATUS, {"room": number})
    if found is None:
        raise ToolError("not_found", f"there is no room {number}")
    clean = found["cleaning"] in ("clean", "inspected")
    ready = clean and found["occupancy"] == "vacant" and not found["out_of_order"]
    return {**found, "ready": ready}


def _say_english(found: dict[str, Any]) -> str:
    state = f"{_OCCUPANCY['en'][found['occupancy']]}, {_CLEANING['en'][found['cleaning']]}"
    broken = f" It is out of order: {found['note']}." if found["out_of_order"] else ""
    ready = "ready for a guest" if found["ready"] else "not ready for a guest"
    return (
        f"Room {found['room']} ({found['type']}) is {state} and {ready} "
        f"(as of {clock(found['updated_at'])}).{broken}"
    )


def _say_vietnamese(found: dict[str, Any]) -> str:
    state = f"{_OCCUPANCY['vi'][found['occupancy']]}, {_CLEANING['vi'][found['cleaning']]}"
    broken = f" Phòng đang ngừng sử dụng: {found['note']}." if found["out_of_order"] else ""
    ready = "sẵn sàng đón khách" if found["ready"] else "chưa sẵn sàng đón khách"
    return (
        f"Phòng {found['room']} ({found['type']}) {state}, {ready} "
        f"(cập nhật lúc {clock(found['updated_at'])}).{broken}"
    )
