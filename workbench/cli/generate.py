"""`workbench generate`: a message to somebody outside, made of facts and checked."""

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from workbench.cli.asking import asked_model
from workbench.cli.output import Progress, guarded, note, print_json, print_line
from workbench.cli.pairs import read_pairs
from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.config import Settings
    from workbench.engine.messages import Asked, Message
    from workbench.engine.messages.sending import Delivery


class Sending(NamedTuple):
    """Whether a message is sent without a question, and though somebody sent it before."""

    yes: bool
    again: bool


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("generate")(guarded(generate))


def generate(  # noqa: PLR0913 - each is an option of the command
    assistant: str = typer.Argument(..., help="The assistant whose messages they are."),
    kind: str = typer.Argument(..., help="Which message, such as booking_confirmation."),
    booking: str | None = typer.Option(None, "--booking", help="The record that it is about."),
    values: list[str] = typer.Option(
        [], "--set", metavar="NAME=VALUE", help="A fact, in the message's language; repeatable."
    ),
    lang: str | None = typer.Option(None, "--lang", help="Its language; else the guest's."),
    tone: str | None = typer.Option(None, "--tone", help="Its tone; else that of the kind."),
    send: bool = typer.Option(False, "--send", help="Put it into the outbox, once."),
    yes: bool = typer.Option(False, "--yes", help="Send it without being asked."),
    again: bool = typer.Option(
        False, "--again", help="Send it once more, though somebody sent it before."
    ),
    plain: bool = typer.Option(False, "--plain", help="Ask no model: the template's own words."),
    model: str | None = typer.Option(None, "--model", help="The model that writes the prose."),
    html: Path | None = typer.Option(None, "--html", help="Save it as an HTML file."),
    json: bool = typer.Option(False, "--json", help="Print it as JSON."),
) -> None:
    """Write a message whose facts are exact; it is checked, shown, and sent if you say so."""
    from workbench.cli.running import run_async
    from workbench.config import load_settings
    from workbench.engine.messages import Asked

    if send and booking is None:
        raise UsageError("--send needs a booking: the stored address is used", "add --booking ID")
    if again and not send:
        raise UsageError("--again sends a message once more", "add --send")
    if html is not None and not html.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {html.absolute().parent}", "make it first")
    asked = Asked(kind=kind, record=booking, given=read_pairs(values, "fact"), lang=lang, tone=tone)
    settings = load_settings(model=model)
    shown = not json
    sending = Sending(yes=yes, again=again) if send else None
    message, delivery = run_async(
        _generate(settings, assistant, asked, sending, plain=plain, shown=shown)
    )
    if html is not None:
        _save(html, message)
    if json:
        sent = {"email_id": delivery.email_id, "new": delivery.new} if delivery else None
        print_json({**message.to_dict(), "sent": sent})
    if send and delivery is None:
        raise typer.Exit(1)


async def _generate(
    settings: "Settings", name: str, asked: "Asked", sending: "Sending | None", *,
    plain: bool, shown: bool,
) -> "tuple[Message, Delivery | None]":  # fmt: skip
    from workbench.assistants import get_assistant
    from workbench.assistants.message_files import load_messages
    from workbench.engine.messages import MessageWriter
    from workbench.engine.messages.opening import open_context
    from workbench.engine.messages.sending import check_sendable, send_message

    assistant = get_assistant(name, settings.workspace)
    messages = load_messages(assistant, settings.workspace)
    messages.kind(asked.kind)
    progress = Progress()
    context = await open_context(settings, assistant, progress)
    sender = check_sendable(messages, assistant.tools, context) if sending else None
    with asked_model(settings, progress) as model:
        complete = None if plain else model.reply
        message = await MessageWriter(messages, context, complete).write(asked)
    _tell(message, shown=shown)
    if sender is None or sending is None:
        return message, None

    async def confirm() -> bool:
        note(f"to the guest of {message.sheet.record}: {message.subject}")
        return _confirmed(yes=sending.yes)

    occasion = f"again-{secrets.token_hex(4)}" if sending.again else ""
    delivery = await send_message(message, messages, sender, context, confirm, again=occasion)
    if delivery is not None:
        _tell_delivery(delivery)
    return message, delivery


def _tell_delivery(delivery: "Delivery") -> None:
    if delivery.new:
        note(f"{delivery.email_id} is in the outbox")
        return
    when = delivery.at.replace("T", " ")[: len("2025-04-17 10:00")]
    note(
        f"{delivery.email_id} was already sent by {delivery.by} at {when}; not sent again"
        " (--again sends it once more)"
    )


def _confirmed(*, yes: bool) -> bool:
    if yes:
        return True
    if _is_terminal():
        return typer.confirm("Send it?", err=True)
    note("not sent without --yes")
    return False


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _tell(message: "Message", *, shown: bool) -> None:
    if shown:
        print_line(f"Subject: {message.subject}\n\n{message.body}")
    metadata = message.metadata
    note(f"{metadata.template}, {metadata.tone}; prose: {metadata.prose}")
    for fault in metadata.faults:
        withheld = fault.startswith("withheld: ")
        note(f"  {fault}" if withheld else f"  refused in the model's prose: {fault}")


def _save(path: Path, message: "Message") -> None:
    from workbench.engine.messages.html import as_document

    document = as_document(message.subject, message.html_body, message.metadata.lang)
    path.write_text(document, encoding="utf-8")
    note(f"saved as {path}")
