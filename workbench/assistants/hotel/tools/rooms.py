"""Rooms: their state, and which can be given to a guest now."""

from typing import Annotated, Any

from pydantic import Field

from workbench.assistants.hotel.finders import room_numbers, room_type_codes
from workbench.assistants.hotel.wording import clock, no_room, no_room_type
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
_ARRIVAL = """
SELECT b.id, g.title, g.name, g.incognito
FROM bookings b JOIN guests g ON g.id = b.guest
WHERE b.room = %(room)s AND b.status = 'confirmed' AND b.check_in = %(today)s
LIMIT 1
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
_TYPES = """
SELECT code, name FROM room_types WHERE code = %(type)s OR category = %(type)s ORDER BY rack_rate
"""
_OCCUPANCY = {"en": {"vacant": "vacant", "occupied": "occupied"},
              "vi": {"vacant": "đang trống", "occupied": "đang có khách"}}  # fmt: skip
_CLEANING = {
    "en": {"dirty": "dirty", "in_progress": "being cleaned (cleaning in progress)",
           "clean": "clean (not yet inspected)", "inspected": "clean and inspected"},
    "vi": {"dirty": "chưa dọn", "in_progress": "đang dọn", "clean": "đã dọn sạch (chưa kiểm tra)",
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
        description="standard_city, superior_garden, deluxe_city, deluxe_ocean, family_suite, "
        "paradise_suite; or a category: standard, deluxe, suite"
    )


@tool(permission="rooms.read")
async def get_room_status(asked: RoomAsked, context: ToolContext) -> ToolResult:
    """Whether a room is occupied, clean, out of order, and ready for a guest."""
    found = await room_status(asked.room_number, context)
    say = _say_vietnamese if context.lang == "vi" else _say_english
    kept = await _kept_for(found, context)
    said = f"{say(found)} {kept}".strip()
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
    kinds = await context.rows(_TYPES, {"type": asked.room_type})
    if not kinds:
        raise ToolError("not_found", no_room_type(asked.room_type, context.lang))
    today = context.now.date()
    free = {
        kind["name"]: [
            each["room"]
            for each in await context.rows(_READY, {"type": kind["code"], "today": today})
        ]
        for kind in kinds
    }
    rooms = [room for each in free.values() for room in each]
    return ToolResult(
        text=" ".join(_say_free(name, each, context.lang) for name, each in free.items()),
        data={"room_type": asked.room_type, "free": len(rooms), "rooms": rooms},
        tables=("room_status", "bookings"),
    )


def _say_free(name: str, free: list[str], lang: str) -> str:
    """Return how many rooms of a type can be given out, and which."""
    shown = ", ".join(free[:_SHOWN]) + (" ..." if len(free) > _SHOWN else "")
    if lang == "vi":
        text = f"Có {len(free)} phòng {name} trống, sạch, chưa giữ cho khách đến hôm nay"
    else:
        text = f"{len(free)} {name} rooms are free, clean and not kept for today's arrivals"
    return f"{text}: {shown}." if free else f"{text}."


async def _kept_for(found: dict[str, Any], context: ToolContext) -> str:
    """Return for whom a room is kept today, as far as the operator may know; empty for nobody."""
    values = {"room": found["room"], "today": context.now.date()}
    arrival = await context.row(_ARRIVAL, values)
    if arrival is None:
        return ""
    operator = context.operator
    known = operator.may("bookings.read") and (
        operator.may("guests.incognito") or not arrival["incognito"]
    )
    if context.lang == "vi":
        whom = f"{arrival['name']} ({arrival['id']})" if known else "một khách"
        return f"Phòng được giữ cho {whom} đến hôm nay."
    whom = f"{arrival['title']} {arrival['name']} ({arrival['id']})" if known else "a guest"
    return f"It is kept for {whom} arriving today."


async def room_status(number: str, context: ToolContext) -> dict[str, Any]:
    """Return a room's state; `ready` tells whether a guest can be let in now.

    Raises:
        ToolError: There is no such room.
    """
    found = await context.row(_STATUS, {"room": number})
    if found is None:
        raise ToolError("not_found", no_room(number, context.lang))
    clean = found["cleaning"] in ("clean", "inspected")
    ready = clean and found["occupancy"] == "vacant" and not found["out_of_order"]
    return {**found, "ready": ready}


def _say_english(found: dict[str, Any]) -> str:
    state = f"{_OCCUPANCY['en'][found['occupancy']]}, {_CLEANING['en'][found['cleaning']]}"
    if found["occupancy"] == "vacant":
        state += ", ready for a guest" if found["ready"] else ", not ready for a guest"
    broken = f" It is out of order: {found['note']}." if found["out_of_order"] else ""
    at = clock(found["updated_at"])
    return f"Room {found['room']} ({found['type']}) is {state} (as of {at}).{broken}"


def _say_vietnamese(found: dict[str, Any]) -> str:
    state = f"{_OCCUPANCY['vi'][found['occupancy']]}, {_CLEANING['vi'][found['cleaning']]}"
    if found["occupancy"] == "vacant":
        state += ", sẵn sàng đón khách" if found["ready"] else ", chưa sẵn sàng đón khách"
    broken = f" Phòng đang ngừng sử dụng: {found['note']}." if found["out_of_order"] else ""
    at = clock(found["updated_at"])
    return f"Phòng {found['room']} ({found['type']}) {state} (cập nhật lúc {at}).{broken}"
