"""`workbench ask`: one question, one answer, without the client."""

import sys
from typing import TYPE_CHECKING

import typer

from workbench.cli.output import Progress, guarded, note, print_json, print_line

if TYPE_CHECKING:
    from workbench.engine.session import Session
    from workbench.engine.turn import Turn


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ask")(guarded(ask))


def ask(
    first: str = typer.Argument(..., metavar="[ASSISTANT]", help="The assistant; may be left out."),
    second: str | None = typer.Argument(None, metavar="QUESTION", help="'-' reads it from stdin."),
    model: str | None = typer.Option(None, "--model", help="The model that answers."),
    prompt: str | None = typer.Option(None, "--prompt", help="The prompt to use."),
    session: str | None = typer.Option(None, "--session", help="Continue this conversation."),
    yes: bool = typer.Option(False, "--yes", help="Confirm tools that write."),
    json: bool = typer.Option(False, "--json", help="Print the Turn as JSON."),
) -> None:
    """Ask an assistant one question and print its answer with sources."""
    from workbench.cli.running import run_async

    name, question = (first, second) if second is not None else (None, first)
    text = sys.stdin.read() if question == "-" else question
    turn = run_async(_answer(name, text, model, prompt, session, yes=yes, stream=not json))
    if json:
        print_json(turn.to_dict())
    else:
        _print_sources(turn)
    if turn.outcome in ("failed", "cancelled"):
        if turn.outcome == "failed":
            note(f"workbench: {turn.error}")
        raise typer.Exit(1)


async def _answer(
    assistant: str | None,
    question: str,
    model: str | None,
    prompt: str | None,
    session_id: str | None,
    *,
    yes: bool,
    stream: bool,
) -> "Turn":
    from workbench.assistants import get_assistant
    from workbench.config import load_settings
    from workbench.engine.session import checked_question

    settings = load_settings(model=model)
    definition = get_assistant(assistant or settings.assistant, settings.workspace)
    checked_question(question)
    definition.prompt(prompt)
    progress = Progress()
    from workbench.engine.engine import Engine

    engine = await Engine.open(settings, progress)
    try:
        await engine.ensure_index(definition, progress)
        session = await engine.session(definition, session_id=session_id, prompt=prompt)
        return await _last_turn(session, question, progress, yes=yes, stream=stream)
    finally:
        await engine.close()


async def _last_turn(
    session: "Session", question: str, progress: Progress, *, yes: bool, stream: bool
) -> "Turn":
    from workbench.engine.events import ConfirmationRequested, Token, Waiting

    turn: Turn | None = None
    async for event in session.ask(question):
        if isinstance(event, ConfirmationRequested):
            progress.done()
            note(f"{event.name} {event.arguments}: {'done' if yes else 'not done without --yes'}")
            session.confirm(event.confirmation_id, yes)
        elif isinstance(event, Waiting):
            progress(event.message)
        elif isinstance(event, Token) and stream:
            progress.done()
            typer.echo(event.text, nl=False)
        turn = getattr(event, "turn", turn)
    progress.done()
    assert turn is not None, "a turn ends with an event that carries it"
    return turn


def _print_sources(turn: "Turn") -> None:
    print_line()
    for source in turn.sources:
        place = f"page {source.page}" if source.page else source.heading or ""
        print_line(f"\n[{source.number}] {source.document}  {place}")
        print_line(f"    {' '.join(source.quote.split())}")
