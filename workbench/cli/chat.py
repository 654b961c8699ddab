"""`workbench chat`: the terminal client."""

import os
import sys

import typer

from workbench.cli.output import guarded


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("chat")(guarded(chat))


def chat(
    assistant: str | None = typer.Argument(None, help="The assistant; the workspace's default."),
    model: str | None = typer.Option(None, "--model", help="The model that answers."),
    prompt: str | None = typer.Option(None, "--prompt", help="The prompt to use."),
    session: str | None = typer.Option(None, "--session", help="Continue this conversation."),
    web: bool = typer.Option(False, "--web", help="Serve the client to a browser on loopback."),
) -> None:
    """Chat with an assistant in the terminal."""
    from workbench.assistants import get_assistant
    from workbench.config import load_settings
    from workbench.errors import UsageError

    settings = load_settings(model=model)
    definition = get_assistant(assistant or settings.assistant, settings.workspace)
    definition.prompt(prompt)
    if web:
        from workbench.tui.web import serve

        serve([argument for argument in sys.argv[1:] if argument != "--web"])
        return
    if not sys.stdout.isatty() and "TEXTUAL_DRIVER" not in os.environ:
        raise UsageError("chat needs a terminal", 'use: workbench ask "question"')
    from workbench.tui.app import ChatApp
    from workbench.tui.backend import EngineBackend

    backend = EngineBackend(settings, definition, session_id=session, prompt=prompt)
    ChatApp(backend).run()
