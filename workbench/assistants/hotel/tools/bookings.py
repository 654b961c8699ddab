"""Bookings, shown as far as the operator's role allows.

`policies/data_protection.md` of the hotel says who may see what: name, room and dates are for the
front desk, Reservations, guest relations, the Duty Manager and Security's shift leader; addresses,
prices and wishes for fewer; a guest who stays incognito is invisible to all but the Duty Manager
and the Front Office Manager.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, model_validator

from workbench.assistants.hotel.finders import booking_ids, room_numbers
from workbench.assistants.hotel.wording import clock, day, vnd
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
_STATUS = {
    "en": {"confirmed": "confirmed", "checked_in": "checked in", "checked_out": "checked out",
           "cancelled": "cancelled", "no_show": "a no-show"},
    "vi": {"confirmed": "đã xác nhận", "checked_in": "đang ở", "checked_out": "đã trả phòng",
           "cancelled": "đã hủy", "no_show": "không đến"},
}  # fmt: skip
_MOST = 5


class BookingAsked(ToolArguments):
    """Which booking: by its id or confirmation number first, else by room or by guest."""

    booking_id: Annotated[str | None, FoundBy(booking_ids)] = Field(
        None, description="The id or confirmation number, such as BOOK001 or CONF-2025-001"
    )
    room_number: Annotated[str | None, FoundBy(room_numbers)] = Field(
        None, description="The room in which the guest stays now or arrives today"
    )
    guest_name: str | None = Field(None, description="The guest's whole name, without a title")

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
        raise ToolError("not_found", "there is no such booking that your role may see")
    if len(found) > 1:
        return _several(found, context)
    one = found[0]
    say = _say_vietnamese if context.lang == "vi" else _say_english
    text = say(one, whole=context.operator.may("bookings.contact"))
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
        f"{one['id']} ({day(one['check_in'], context.lang)}, {_nights(one)})"
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


def _nights(one: dict[str, Any]) -> str:
    return f"+{(one['check_out'] - one['check_in']).days}"


def _say_english(one: dict[str, Any], *, whole: bool) -> str:
    room = f"room {one['room']}" if one["room"] else "no room yet"
    leaves = f" at {clock(one['departure_time'])}" if one["departure_time"] else ""
    text = (
        f"Booking {one['id']} ({one['confirmation']}): {one['title']} {one['name']}, {room} "
        f"({one['type']}), check-in {day(one['check_in'], 'en')}, check-out "
        f"{day(one['check_out'], 'en')}{leaves}; status: {_STATUS['en'][one['status']]}."
    )
    if not whole:
        return text
    wishes = f" Requests: {one['special_requests']}." if one["special_requests"] else ""
    return f"{text} Total {vnd(one['total'], 'en')}; {one['email']}, {one['phone']}.{wishes}"


def _say_vietnamese(one: dict[str, Any], *, whole: bool) -> str:
    room = f"phòng {one['room']}" if one["room"] else "chưa có phòng"
    leaves = f" lúc {clock(one['departure_time'])}" if one["departure_time"] else ""
    text = (
        f"Đặt phòng {one['id']} ({one['confirmation']}): khách {one['name']}, {room} "
        f"({one['type']}), nhận phòng {day(one['check_in'], 'vi')}, trả phòng "
        f"{day(one['check_out'], 'vi')}{leaves}; tình trạng: {_STATUS['vi'][one['status']]}."
    )
    if not whole:
        return text
    wishes = f" Yêu cầu: {one['special_requests']}." if one["special_requests"] else ""
    return f"{text} Tổng {vnd(one['total'], 'vi')}; {one['email']}, {one['phone']}.{wishes}"
