"""`workbench assistants list | show`."""

import typer

from workbench.cli.output import guarded, print_json, print_line


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="The assistants of this workspace.", no_args_is_help=True)
    group.command("list")(guarded(list_assistants))
    group.command("show")(guarded(show))
    app.add_typer(group, name="assistants")


def list_assistants(json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List the assistants that can be asked."""
    from workbench.assistants import assistant_folders, get_assistant
    from workbench.config import load_settings

    workspace = load_settings().workspace
    found = [get_assistant(name, workspace) for name in sorted(assistant_folders(workspace))]
    if json:
        print_json([{"name": one.name, "title": one.title} for one in found])
        return
    for one in found:
        print_line(f"{one.name:12} {one.title}: {one.description}")


def show(
    name: str = typer.Argument(..., help="The assistant."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Show what an assistant declares."""
    from workbench.assistants import get_assistant
    from workbench.config import load_settings

    one = get_assistant(name, load_settings().workspace)
    facts = {
        "name": one.name,
        "title": one.title,
        "description": one.description,
        "languages": list(one.languages),
        "corpus": str(one.corpus),
        "collection": one.collection,
        "prompts": [prompt.label for prompt in one.prompts.values()],
        "default_prompt": one.default_prompt,
    }
    if json:
        print_json(facts)
        return
    for key, value in facts.items():
        print_line(f"{key:15} {', '.join(value) if isinstance(value, list) else value}")
