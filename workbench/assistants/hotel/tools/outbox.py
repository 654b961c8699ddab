"""E-mails: put into the outbox, each once, whoever sends it."""

import hashlib
import html
from typing import Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from workbench.assistants.hotel.finders import booking_ids
from workbench.assistants.hotel.wording import clock, day, no_booking
from workbench.engine.tools import (
    FoundBy,
    ToolArguments,
    ToolContext,
    ToolError,
    ToolResult,
    tool,
)

_BOOKING = """
SELECT b.id, g.email, g.name FROM bookings b JOIN guests g ON g.id = b.guest
WHERE (b.id = %(id)s OR b.confirmation = %(id)s) AND (NOT g.incognito OR %(incognito)s)
"""
_FIND = "SELECT number, created_by, created_at FROM outbox WHERE key = %(key)s"
_ADD = """
INSERT INTO outbox (key, booking, recipient, subject, body, html, created_at, created_by)
VALUES (%(key)s, %(booking)s, %(recipient)s, %(subject)s, %(body)s, %(html)s, %(now)s, %(by)s)
ON CONFLICT (key) DO NOTHING RETURNING number
"""


class EmailMade(ToolArguments):
    """To the guest of which booking, and what."""

    booking_id: Annotated[str, FoundBy(booking_ids)] = Field(
        description="The booking whose guest gets it; the address is the stored one"
    )
    subject: str = Field(min_length=3, max_length=150, description="The subject, one line")
    body: str = Field(min_length=10, max_length=5_000, description="The whole text")
    again: SkipJsonSchema[str] = Field(  # the operator's wish, which no model fills in
        "", max_length=40, description="Names the occasion on which the same e-mail is sent again"
    )


@tool(permission="messages.send", writes=True)
async def send_email(asked: EmailMade, context: ToolContext) -> ToolResult:
    """Put an e-mail to the guest of a booking into the outbox; the same one is put there once."""
    values = {"id": asked.booking_id, "incognito": context.operator.may("guests.incognito")}
    booking = await context.row(_BOOKING, values)
    if booking is None:
        raise ToolError("not_found", no_booking(context.lang))
    subject = " ".join(asked.subject.split())
    parts = [booking["id"], subject, asked.body, *([asked.again] if asked.again else [])]
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    added = await context.write(
        _ADD,
        {
            "key": key,
            "booking": booking["id"],
            "recipient": booking["email"],
            "subject": subject,
            "body": asked.body,
            "html": f"<p>{html.escape(asked.body).replace(chr(10), '<br>')}</p>",
            "now": context.now,
            "by": context.operator.name,
        },
    )
    noted = added[0] if added else await context.row(_FIND, {"key": key})
    assert noted is not None
    number = f"EMAIL-{context.now.year}-{noted['number']:03}"
    data = {"email_id": number, "email_sent": True, "new": bool(added)}
    if not added:
        data |= {"sent_by": noted["created_by"], "sent_at": noted["created_at"].isoformat()}
    text = _said(number, booking["name"], None if added else noted, context.lang)
    return ToolResult(text=text, data=data, tables=("outbox",))


def _said(number: str, name: str, before: dict[str, Any] | None, lang: str) -> str:
    """Return that an e-mail is in the outbox, or who put it there before."""
    if before is None:
        if lang == "vi":
            return f"E-mail {number} gửi {name} đã nằm trong hộp thư đi."
        return f"The e-mail {number} to {name} is in the outbox."
    by, at = before["created_by"], before["created_at"]
    if lang == "vi":
        when = f"{clock(at)} ngày {day(at, lang)}"
        return f"E-mail {number} gửi {name} đã được {by} gửi lúc {when}; không gửi lại."
    when = f"{clock(at)} on {day(at, lang)}"
    return (
        f"The e-mail {number} to {name} was already sent by {by} at {when}; it is not sent again."
    )
