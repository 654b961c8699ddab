"""The facts that a booking holds, as far as the operator may see it."""

from collections.abc import Sequence
from typing import Any

from workbench.assistants.hotel.tools.bookings import BookingAsked, find_bookings
from workbench.engine.messages.facts import one_line
from workbench.engine.messages.kinds import Found, Sent
from workbench.engine.tools import ToolContext

_COLUMNS = {
    "guest_title": "title",
    "guest_name": "name",
    "confirmation_number": "confirmation",
    "room_type": "type",
    "room_number": "room",
    "check_in": "check_in",
    "check_out": "check_out",
    "adults": "adults",
    "total_amount": "total",
    "breakfast_included": "breakfast",
    "parking_included": "parking",
}
"""The columns of facts; a child's number of zero and an empty wish are no facts."""
_SENT = """
SELECT number, body, created_by, created_at FROM outbox
WHERE booking = %(booking)s AND subject = %(subject)s ORDER BY number
"""
_LONGEST = 400


async def look_up(booking: str, context: ToolContext) -> Found | None:
    """Return what a booking says, by its id or its confirmation number."""
    if not context.operator.may("bookings.contact"):
        return None
    found = await find_bookings(BookingAsked(booking_id=booking.strip().upper() or "-"), context)
    if not found:
        return None
    one = found[0]
    return Found(id=one["id"], facts=_facts(one), state=one["status"], lang=one["language"])


async def sent_before(booking: str, subject: str, context: ToolContext) -> Sequence[Sent]:
    """Return the e-mails in the outbox to the guest of a booking under a subject."""
    values = {"booking": booking, "subject": subject}
    return [
        Sent(
            number=f"EMAIL-{each['created_at'].year}-{each['number']:03}",
            body=each["body"],
            by=each["created_by"],
            at=each["created_at"].isoformat(),
        )
        for each in await context.rows(_SENT, values)
    ]


def _facts(one: dict[str, Any]) -> dict[str, Any]:
    known = {name: one[column] for name, column in _COLUMNS.items()}
    known["children"] = one["children"] or None
    known["special_requests"] = one_line(one["special_requests"])[:_LONGEST] or None
    return {name: value for name, value in known.items() if value is not None}
