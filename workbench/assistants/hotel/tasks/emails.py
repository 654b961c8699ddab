"""Writing an e-mail to the guest of a booking, all of whose facts are those of the tables."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from workbench.assistants.hotel.finders import booking_ids
from workbench.assistants.hotel.wording import day, vnd
from workbench.engine.tools import (
    FoundBy,
    ToolArguments,
    ToolContext,
    ToolError,
    ToolResult,
    tool,
)

Kind = Literal["checkin_confirmation", "booking_confirmation"]

_FACTS = """
SELECT b.id, b.confirmation, b.room, t.name AS type, b.check_in, b.check_out, b.total, g.title,
       g.name, g.language
FROM bookings b JOIN guests g ON g.id = b.guest JOIN room_types t ON t.code = b.type
WHERE (b.id = %(id)s OR b.confirmation = %(id)s) AND (NOT g.incognito OR %(incognito)s)
"""
_LANGUAGES = ("en", "vi")
_SUBJECTS: dict[str, dict[Kind, str]] = {
    "en": {
        "checkin_confirmation": "Your room is ready: check-in confirmation {confirmation}",
        "booking_confirmation": "Booking confirmation {confirmation}",
    },
    "vi": {
        "checkin_confirmation": "Phòng đã sẵn sàng: xác nhận nhận phòng {confirmation}",
        "booking_confirmation": "Xác nhận đặt phòng {confirmation}",
    },
}
_BODIES: dict[str, dict[Kind, str]] = {
    "en": {
        "checkin_confirmation": (
            "Dear {title} {name},\n\nYour room {room} ({type}) is ready for you. You are welcome "
            "to check in today, {check_in}; your stay is until {check_out}. Your confirmation "
            "number is {confirmation}.\n\nKind regards,\nHotel Paradise Team"
        ),
        "booking_confirmation": (
            "Dear {title} {name},\n\nThank you for your booking. We expect you on {check_in} and "
            "keep a room of the type {type} for you until {check_out}. The total is {total}; your "
            "confirmation number is {confirmation}.\n\nKind regards,\nHotel Paradise Team"
        ),
    },
    "vi": {
        "checkin_confirmation": (
            "Kính gửi Quý khách {name},\n\nPhòng {room} ({type}) của Quý khách đã sẵn sàng. Kính "
            "mời Quý khách nhận phòng hôm nay, {check_in}; ngày trả phòng là {check_out}. Mã xác "
            "nhận: {confirmation}.\n\nTrân trọng,\nHotel Paradise Team"
        ),
        "booking_confirmation": (
            "Kính gửi Quý khách {name},\n\nCảm ơn Quý khách đã đặt phòng. Chúng tôi đón Quý khách "
            "ngày {check_in} với phòng loại {type}, đến ngày {check_out}. Tổng cộng {total}; mã "
            "xác nhận: {confirmation}.\n\nTrân trọng,\nHotel Paradise Team"
        ),
    },
}


class EmailAsked(ToolArguments):
    """To the guest of which booking, and which e-mail."""

    booking_id: Annotated[str, FoundBy(booking_ids)] = Field(
        description="The booking whose guest it is for"
    )
    kind: Kind = Field(
        description="checkin_confirmation: the room is ready now; "
        "booking_confirmation: the booking is noted"
    )


@tool(permission="messages.send", seconds=30.0)
async def write_guest_email(asked: EmailAsked, context: ToolContext) -> ToolResult:
    """Write an e-mail to the guest of a booking, in the guest's language; it is not sent yet."""
    values = {"id": asked.booking_id, "incognito": context.operator.may("guests.incognito")}
    facts = await context.row(_FACTS, values)
    if facts is None:
        raise ToolError("not_found", "there is no such booking that your role may see")
    if asked.kind == "checkin_confirmation" and not facts["room"]:
        raise ToolError("not_found", f"booking {facts['id']} has no room yet")
    lang = facts["language"] if facts["language"] in _LANGUAGES else "en"
    subject, body = compose(asked.kind, facts, lang)
    if context.lang == "vi":
        text = f"Đã soạn e-mail cho {facts['name']}: {subject}."
    else:
        text = f"The e-mail to {facts['name']} is written: {subject}."
    data = {
        "booking_id": facts["id"],
        "subject": subject,
        "body": body,
        "lang": lang,
        "about": _about(asked.kind, facts),
    }
    return ToolResult(text=text, data=data, tables=("bookings", "guests"))


def compose(kind: Kind, facts: Mapping[str, Any], lang: str) -> tuple[str, str]:
    """Return the subject and the text of an e-mail; the same facts give the same text.

    Args:
        kind: Which e-mail.
        facts: The booking and its guest, as the tables have them.
        lang: "en" or "vi".
    """
    written = {
        "title": _one_line(facts["title"]),
        "name": _one_line(facts["name"]),
        "room": facts["room"],
        "type": facts["type"],
        "check_in": day(facts["check_in"], lang),
        "check_out": day(facts["check_out"], lang),
        "total": vnd(facts["total"], lang),
        "confirmation": facts["confirmation"],
    }
    return _SUBJECTS[lang][kind].format(**written), _BODIES[lang][kind].format(**written)


def _about(kind: Kind, facts: Mapping[str, Any]) -> str:
    """Return what tells e-mails with the same facts, however they are worded."""
    parts = [kind, *(str(facts[name]) for name in sorted(facts))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _one_line(text: str) -> str:
    return " ".join(text.split())
