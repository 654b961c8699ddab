"""Sending a message: by the assistant's own tool, after a yes, and once."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from workbench.engine.messages.kinds import Messages
from workbench.engine.messages.message import Message, MessageRefusedError
from workbench.engine.tools.context import ToolContext
from workbench.engine.tools.running import Call, ToolRunner
from workbench.engine.tools.tool import Tool
from workbench.errors import UsageError

Confirm = Callable[[], Awaitable[bool]]
"""Asks the operator whether the message may be sent."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message in the outbox.

    Attributes:
        email_id: Its number there.
        new: Whether it was put there now; the same message lay there before else.
        by: Who put it there, where it lay there before.
        at: When that was.
    """

    email_id: str
    new: bool
    by: str = ""
    at: str = ""


def check_sendable(messages: Messages, tools: Mapping[str, Tool], context: ToolContext) -> Tool:
    """Return the tool that sends messages, before any is written.

    Raises:
        UsageError: The assistant sends none, or the operator's role may not.
    """
    sender = tools.get(messages.declared.send_with)
    if sender is None:
        raise UsageError("this assistant sends no messages", "leave --send out")
    if not context.operator.may(sender.permission):
        raise UsageError(
            f"the role {context.operator.role!r} may not send messages",
            f"it lacks {sender.permission}",
        )
    return sender


async def send_message(
    message: Message,
    messages: Messages,
    sender: Tool,
    context: ToolContext,
    confirm: Confirm,
    *,
    again: str = "",
) -> Delivery | None:
    """Put a message into the outbox.

    The same facts in the same kind of message are sent once, whoever sends them and whatever
    sentences stand around them.

    Args:
        message: What is sent.
        messages: The assistant's messages.
        sender: The tool that sends.
        context: What it works with.
        confirm: Asks the operator.
        again: Names the occasion on which it is sent again, if that is wished.

    Returns:
        Where it lies; `None` where the operator said no.

    Raises:
        MessageRefusedError: The tool failed.
    """
    sheet = message.sheet
    earlier = await messages.sent_before(sheet.record, message.subject, context)
    for sent in () if again else earlier:
        if all(line in sent.body.splitlines() for line in sheet.exact):
            return Delivery(sent.number, new=False, by=sent.by, at=sent.at)
    if not await confirm():
        return None
    arguments = {
        "booking_id": sheet.record,
        "subject": message.subject,
        "body": message.body,
        **({"again": again} if again else {}),
    }
    runner = ToolRunner({sender.name: sender}, context)
    returned = await runner.run(Call(id="send", name=sender.name, arguments=arguments))
    if returned.result is None:
        raise MessageRefusedError(f"the message was not sent ({returned.text})")
    data = returned.result.data
    return Delivery(
        str(data["email_id"]),
        new=bool(data["new"]),
        by=str(data.get("sent_by", "")),
        at=str(data.get("sent_at", "")),
    )
