"""The check-out rule, reckoned for a room type and an hour.

The rule itself stands in the hotel's documents (`sops/checkout_procedures.pdf`, page 2, and
`policies/late_checkout.md`); which band an hour falls in and half of a rack rate are arithmetic,
which a table does better than a small model.
"""

from collections.abc import Sequence
from datetime import time
from typing import Annotated, Any

from pydantic import Field

from workbench.assistants.hotel.finders import leaving_hours, room_numbers, room_type_codes
from workbench.assistants.hotel.wording import clock, no_room, no_room_type, vnd
from workbench.engine.tools import (
    FoundBy,
    ToolArguments,
    ToolContext,
    ToolError,
    ToolResult,
    tool,
)

STANDARD = time(12, 0)
_FREE, _FLAT, _HALF = time(13, 0), time(15, 0), time(18, 0)
_TYPES = """
SELECT name, rack_rate, late_fee FROM room_types
WHERE %(type)s::text IS NULL OR code = %(type)s OR category = %(type)s ORDER BY rack_rate
"""
_TYPE_OF = "SELECT type FROM rooms WHERE number = %(room)s"
_APPROVED = {
    "en": ("Front Desk Agent", "Front Office Shift Leader",
           "Front Office Manager, in her absence the Duty Manager", "Front Office Shift Leader"),
    "vi": ("Front Desk Agent", "Front Office Shift Leader",
           "Front Office Manager, khi vắng là Duty Manager", "Front Office Shift Leader"),
}  # fmt: skip


class CheckoutAsked(ToolArguments):
    """For whom the rule is asked; the general rule without any."""

    room_type: Annotated[str | None, FoundBy(room_type_codes, unless=("room_number",))] = Field(
        None, description="The type of room, such as deluxe_city, or its category"
    )
    room_number: Annotated[str | None, FoundBy(room_numbers)] = Field(
        None, description="The room, whose type then counts"
    )
    leaves_at: Annotated[time | None, FoundBy(leaving_hours)] = Field(
        None, description="The hour at which the guest wants to leave, as HH:MM"
    )


@tool(
    permission="policies.read",
    after={"lookup_booking": {"room_number": "room_number", "departure_time": "leaves_at"}},
)
async def get_checkout_policy(asked: CheckoutAsked, context: ToolContext) -> ToolResult:
    """The standard check-out time, and what leaving at a later hour costs and who approves it."""
    code = asked.room_type
    if code is None and asked.room_number:
        room = await context.row(_TYPE_OF, {"room": asked.room_number})
        if room is None:
            raise ToolError("not_found", no_room(asked.room_number, context.lang))
        code = room["type"]
    kinds = await context.rows(_TYPES, {"type": code})
    if not kinds:
        raise ToolError("not_found", no_room_type(str(code), context.lang))
    data: dict[str, Any] = {"standard_check_out": clock(STANDARD)}
    text = _standard(context.lang)
    if asked.leaves_at is not None and asked.leaves_at > STANDARD:
        band = _band(asked.leaves_at)
        fees = {kind["name"]: _fee(kind, band) for kind in kinds}
        approver = _APPROVED["vi" if context.lang == "vi" else "en"][band]
        data |= {"leaves_at": clock(asked.leaves_at), "fees_vnd": fees, "approved_by": approver}
        text = _late(asked.leaves_at, fees, approver, context.lang)
    return ToolResult(text=text, data=data, tables=("room_types",))


def _band(hour: time) -> int:
    """Return which row of the table an hour falls in; its end belongs to the row."""
    return sum(hour > end for end in (_FREE, _FLAT, _HALF))


def _fee(kind: dict[str, Any], band: int) -> int:
    return int((0, kind["late_fee"], kind["rack_rate"] // 2, kind["rack_rate"])[band])


def _standard(lang: str) -> str:
    if lang == "vi":
        return f"Giờ trả phòng tiêu chuẩn là {clock(STANDARD)}."
    return f"The standard check-out time is {clock(STANDARD)}."


def _late(hour: time, fees: dict[str, int], approver: str, lang: str) -> str:
    if lang == "vi":
        told = _told(fees, "miễn phí nếu còn phòng", lang)
        return f"Trả phòng lúc {clock(hour)}: {told}; người duyệt: {approver}."
    told = _told(fees, "free, subject to availability", lang)
    return f"Leaving at {clock(hour)}: {told}; approved by the {approver}."


def _told(fees: dict[str, int], free: str, lang: str) -> str:
    """Return the fees, types with the same fee together."""
    amounts: Sequence[int] = list(dict.fromkeys(fees.values()))
    if amounts == [0]:
        return free
    groups = [
        (", ".join(name for name, fee in fees.items() if fee == amount), vnd(amount, lang))
        for amount in amounts
    ]
    return "; ".join(f"{names} {amount}" for names, amount in groups)
