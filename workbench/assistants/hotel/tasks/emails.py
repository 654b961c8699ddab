"""Writing an e-mail to the guest of a booking, all of whose facts are those of the tables.

The templates are those of the hotel's messages, and two more in this folder: an e-mail that says
that a room is ready is written by tasks only, whose rules look whether it is.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from workbench.assistants.hotel.finders import booking_ids
from workbench.assistants.hotel.messages import MESSAGES
from workbench.assistants.hotel.tasks.words import email_kinds
from workbench.engine.messages import Asked, Message, Messages, MessageWriter
from workbench.engine.messages.declared import Declared
from workbench.engine.messages.kinds import read_templates
from workbench.engine.tools import (
    FoundBy,
    ReadBy,
    ToolArguments,
    ToolContext,
    ToolError,
    ToolResult,
    tool,
)
from workbench.engine.tools.tool import Code
from workbench.errors import UnknownNameError, WorkbenchError
from workbench.yaml_text import read_yaml

Kind = Literal["checkin_confirmation", "booking_confirmation"]

_FOLDER = Path(__file__).parent
_REQUEST = """
SELECT number, room, category, description FROM service_requests WHERE number = %(number)s
"""
_ROOM = "SELECT room FROM bookings WHERE id = %(id)s OR confirmation = %(id)s"


class EmailAsked(ToolArguments):
    """To the guest of which booking, and which e-mail."""

    booking_id: Annotated[str, FoundBy(booking_ids)] = Field(
        description="The booking whose guest it is for"
    )
    kind: Annotated[Kind, ReadBy(email_kinds)] = Field(
        description="checkin_confirmation: the room is ready now; "
        "booking_confirmation: the booking is noted"
    )


class RequestEmailAsked(ToolArguments):
    """To the guest of which booking, and about which request."""

    booking_id: Annotated[str, FoundBy(booking_ids)] = Field(
        description="The booking whose guest it is for"
    )
    request_id: str = Field(pattern=r"^REQ-\d{1,9}$", description="The request, such as REQ-0012")


@tool(permission="messages.send", seconds=30.0)
async def write_guest_email(asked: EmailAsked, context: ToolContext) -> ToolResult:
    """Write an e-mail to the guest of a booking, in the guest's language; it is not sent yet."""
    return await _written(asked.kind, asked.booking_id, {}, context)


@tool(permission="messages.send", seconds=30.0)
async def write_request_email(asked: RequestEmailAsked, context: ToolContext) -> ToolResult:
    """Write an e-mail that tells a guest that a service request of the room is noted."""
    number = int(asked.request_id.removeprefix("REQ-"))
    request = await context.row(_REQUEST, {"number": number})
    booking = await context.row(_ROOM, {"id": asked.booking_id})
    if request is None or booking is None or booking["room"] != request["room"]:
        raise ToolError("not_found", "there is no such request of the booking's room")
    given = {
        "request_number": asked.request_id,
        "department": request["category"],
        "request": request["description"],
    }
    return await _written("request_noted", asked.booking_id, given, context)


async def _written(
    kind: str, booking: str, given: Mapping[str, str], context: ToolContext
) -> ToolResult:
    writer = MessageWriter(EMAILS, replace(context, lang="en"))
    try:
        message = await writer.write(Asked(kind=kind, record=booking, given=given))
    except WorkbenchError as error:
        code: Code = "not_found" if isinstance(error, UnknownNameError) else "failed"
        raise ToolError(code, error.message) from error
    name = message.sheet.facts["guest_name"].text
    if context.lang == "vi":
        text = f"Đã soạn e-mail cho {name}: {message.subject}."
    else:
        text = f"The e-mail to {name} is written: {message.subject}."
    data = {
        "booking_id": message.sheet.record,
        "subject": message.subject,
        "body": await _body(message, context),
        "lang": message.metadata.lang,
    }
    return ToolResult(text=text, data=data, tables=("bookings", "guests"))


async def _body(message: Message, context: ToolContext) -> str:
    """Return the body; one that was sent with the same facts in other sentences is kept.

    So whoever sends it again, the outbox knows it as the e-mail that it is.
    """
    sheet = message.sheet
    for sent in await EMAILS.sent_before(sheet.record, message.subject, context):
        if all(line in sent.body.splitlines() for line in sheet.exact):
            return sent.body
    return message.body


def _read() -> Messages:
    """Return the messages that are declared here beside the hotel's others."""
    own: dict[str, Any] = read_yaml((_FOLDER / "kinds.yaml").read_text(encoding="utf-8"))
    shared = MESSAGES.declared.model_dump()
    guarded = {**shared, "facts": {**shared["facts"], **own["facts"]}, "kinds": own["kinds"]}
    declared = Declared.model_validate(guarded)
    templates = read_templates(_FOLDER / "templates", declared)
    every = declared.model_copy(update={"kinds": {**MESSAGES.declared.kinds, **declared.kinds}})
    return replace(MESSAGES, declared=every, templates={**MESSAGES.templates, **templates})


EMAILS = _read()
"""The hotel's messages with those that only tasks write."""
