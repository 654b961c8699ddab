"""`workbench assistants list | show | new | reset`."""

import typer

from workbench.cli.output import guarded, note, print_json, print_line
from workbench.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="The assistants of this workspace.", no_args_is_help=True)
    group.command("list")(guarded(list_assistants))
    group.command("show")(guarded(show))
    group.command("new")(guarded(new))
    group.command("reset")(guarded(reset))
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
        "tools": [
            f"{tool.name}{' (writes)' if tool.writes else ''}: {tool.description}"
            for tool in one.tools.values()
        ],
        "roles": list(one.roles.permissions),
    }
    if json:
        print_json(facts)
        return
    for key, value in facts.items():
        several = "\n" + " " * 16 if key == "tools" else ", "
        print_line(f"{key:15} {several.join(value) if isinstance(value, list) else value}")


def new(
    name: str = typer.Argument(..., help="Its name: small letters, digits, dashes."),
    title: str | None = typer.Option(None, "--title", help="The name shown to people."),
    corpus: str | None = typer.Option(
        None, "--corpus", help="Its documents, relative to the workspace; a sample without it."
    ),
) -> None:
    """Make a new assistant in this workspace, with a tool of its own; it can be asked at once."""
    from workbench.assistants.scaffold import check_name, scaffold_example
    from workbench.config import load_settings

    workspace = load_settings().workspace
    check_name(name)
    folder = scaffold_example(workspace, name, title or name.replace("-", " ").title(), corpus)
    note(f'made {folder}; ask it: workbench ask {name} "which day is today?"')


def reset(
    name: str = typer.Argument(..., help="The assistant."),
    yes: bool = typer.Option(False, "--yes", help="All that was entered into its tables is lost."),
) -> None:
    """Make an assistant's tables anew, with their sample data.

    Raises:
        UsageError: It has no tables, or `--yes` is missing; nothing was changed.
    """
    from workbench.assistants import get_assistant
    from workbench.cli.output import Progress
    from workbench.config import load_settings
    from workbench.engine.assisting import remake_tables
    from workbench.store.database import open_database

    settings = load_settings()
    one = get_assistant(name, settings.workspace)
    if one.tables is None:
        raise UsageError(f"the assistant {name!r} has no tables", "there is nothing to reset")
    if not yes:
        raise UsageError("what was entered into the tables would be lost", "add --yes to go on")
    progress = Progress()
    remake_tables(open_database(settings, progress), one)
    progress.done()
    note(f"the tables of {name} are as they were at first")
