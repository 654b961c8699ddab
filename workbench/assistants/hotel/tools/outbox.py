"""E-mails: put into the outbox, each once."""

import hashlib
import html
from typing import Annotated

from pydantic import Field

from workbench.assistants.hotel.finders import booking_ids
from workbench.assistants.hotel.wording import no_booking
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
_FIND = "SELECT number FROM outbox WHERE key = %(key)s"
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


@tool(permission="messages.send", writes=True)
async def send_email(asked: EmailMade, context: ToolContext) -> ToolResult:
    """Put an e-mail to the guest of a booking into the outbox; the same one is put there once."""
    values = {"id": asked.booking_id, "incognito": context.operator.may("guests.incognito")}
    booking = await context.row(_BOOKING, values)
    if booking is None:
        raise ToolError("not_found", no_booking(context.lang))
    subject = " ".join(asked.subject.split())
    key = hashlib.sha256("\0".join([booking["id"], subject, asked.body]).encode()).hexdigest()
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
    if context.lang == "vi":
        text = f"E-mail {number} gửi {booking['name']} đã nằm trong hộp thư đi."
    else:
        text = f"The e-mail {number} to {booking['name']} is in the outbox."
    return ToolResult(text=text, data=data, tables=("outbox",))
