"""Bookings, shown as far as the operator's role allows.

`policies/data_protection.md` of the hotel says who may see what: name, room and dates are for the
front desk, Reservations, guest relations, the Duty Manager and Security's shift leader; addresses,
prices and wishes for fewer; a guest who stays incognito is invisible to all but the Duty Manager
and the Front Office Manager.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, model_validator

from workbench.assistants.hotel.finders import booking_ids, guest_names, room_numbers
from workbench.assistants.hotel.tools.booking_words import say_booking
from workbench.assistants.hotel.wording import clock, day, nights, no_booking
from workbench.engine.tools import (
    FoundBy,
    ToolArguments,
    ToolContext,
    ToolError,
    ToolResult,
    tool,
)

_SELECT = """
SELECT b.id, b.confirmation, b.room, t.name AS type, b.check_in, b.check_out, b.departure_time,
       b.adults, b.children, b.total, b.breakfast, b.parking, b.status, b.special_requests,
       g.id AS guest, g.title, g.name, g.email, g.phone, g.loyalty, g.language
FROM bookings b JOIN guests g ON g.id = b.guest JOIN room_types t ON t.code = b.type
WHERE (NOT g.incognito OR %(incognito)s)
"""
_BY_ID = f"{_SELECT} AND (b.id = %(id)s OR b.confirmation = %(id)s)"
_BY_ROOM = f"""{_SELECT} AND b.room = %(room)s AND b.status IN ('checked_in', 'confirmed')
  AND b.check_in <= %(today)s AND b.check_out >= %(today)s
ORDER BY b.status = 'checked_in' DESC, b.check_in LIMIT 1
"""
_BY_NAME = f"""{_SELECT} AND lower(g.name) = lower(%(name)s)
ORDER BY abs(b.check_in - %(today)s) LIMIT 6
"""
_NAMES = "SELECT DISTINCT name FROM guests WHERE NOT incognito OR %(incognito)s"
_MOST = 5


async def known_guests(context: ToolContext) -> Sequence[str]:
    """Return the names of the guests that the operator may know of."""
    found = await context.rows(_NAMES, {"incognito": context.operator.may("guests.incognito")})
    return [one["name"] for one in found]


class BookingAsked(ToolArguments):
    """Which booking: by its id or confirmation number first, else by room or by guest."""

    booking_id: Annotated[str | None, FoundBy(booking_ids)] = Field(
        None, description="The id or confirmation number, such as BOOK001 or CONF-2025-001"
    )
    room_number: Annotated[str | None, FoundBy(room_numbers, unless=("booking_id",))] = Field(
        None, description="The room in which the guest stays now or arrives today"
    )
    guest_name: Annotated[
        str | None, FoundBy(guest_names, unless=("booking_id", "room_number"), names=known_guests)
    ] = Field(None, description="The guest's whole name, without a title")

    @model_validator(mode="after")
    def _names_one(self) -> "BookingAsked":
        if not (self.booking_id or self.room_number or self.guest_name):
            raise ValueError("name a booking, a room or a guest")
        return self


@tool(permission="bookings.read")
async def lookup_booking(asked: BookingAsked, context: ToolContext) -> ToolResult:
    """Who has booked, which room and until when: by booking id, by room or by the guest's name."""
    found = await find_bookings(asked, context)
    if not found:
        raise ToolError("not_found", no_booking(context.lang))
    if len(found) > 1:
        return _several(found, context)
    one = found[0]
    whole = context.operator.may("bookings.contact")
    text = say_booking(one, context.lang, context.question, whole=whole)
    return ToolResult(text=text, data=_data(one, context), tables=("bookings", "guests"))


async def find_bookings(asked: BookingAsked, context: ToolContext) -> Sequence[dict[str, Any]]:
    """Return the bookings that are meant, without those that the operator may not see."""
    values = {
        "id": asked.booking_id,
        "room": asked.room_number,
        "name": (asked.guest_name or "").strip(),
        "today": context.now.date(),
        "incognito": context.operator.may("guests.incognito"),
    }
    if asked.booking_id:
        return await context.rows(_BY_ID, values)
    if asked.room_number:
        return await context.rows(_BY_ROOM, values)
    return await context.rows(_BY_NAME, values)


def _data(one: dict[str, Any], context: ToolContext) -> dict[str, Any]:
    data = {
        "booking_id": one["id"],
        "confirmation": one["confirmation"],
        "guest_name": one["name"],
        "room_number": one["room"],
        "room_type": one["type"],
        "check_in": one["check_in"].isoformat(),
        "check_out": one["check_out"].isoformat(),
        "departure_time": clock(one["departure_time"]) if one["departure_time"] else None,
        "status": one["status"],
    }
    if context.operator.may("bookings.contact"):
        data |= {"email": one["email"], "phone": one["phone"], "total_vnd": one["total"]}
    return data


def _several(found: Sequence[dict[str, Any]], context: ToolContext) -> ToolResult:
    """Ask for the id instead of taking the first of several."""
    ids = ", ".join(
        f"{one['id']} ({day(one['check_in'], context.lang)}, {_length(one, context.lang)})"
        for one in found[:_MOST]
    )
    text = (
        f"Khách {found[0]['name']} có nhiều đặt phòng: {ids}. Xin cho biết mã nào."
        if context.lang == "vi"
        else f"{found[0]['name']} has several bookings: {ids}. Please say which one."
    )
    return ToolResult(
        text=text,
        data={"bookings": [one["id"] for one in found[:_MOST]]},
        tables=("bookings", "guests"),
    )


def _length(one: dict[str, Any], lang: str) -> str:
    return nights((one["check_out"] - one["check_in"]).days, lang)
