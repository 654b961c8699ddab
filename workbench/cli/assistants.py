"""`workbench assistants list | show | new | reset`."""

from dataclasses import asdict

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
    """List the assistants; of one that cannot be used, why."""
    from workbench.assistants import read_assistants
    from workbench.config import load_settings

    found, faults = read_assistants(load_settings().workspace)
    if json:
        listed = [{"name": one.name, "title": one.title} for one in found]
        broken = [
            {"name": name, "title": name, "problem": fault.one_line()}
            for name, fault in faults.items()
        ]
        print_json(sorted([*listed, *broken], key=lambda one: one["name"]))
        return
    lines = {one.name: f"{one.title}: {one.description}" for one in found}
    lines |= {name: f"cannot be used: {fault.one_line()}" for name, fault in faults.items()}
    for name, line in sorted(lines.items()):
        print_line(f"{name:12} {line}")


def show(
    name: str = typer.Argument(..., help="The assistant."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Show what an assistant declares."""
    from workbench.assistants import get_assistant
    from workbench.config import load_settings
    from workbench.engine.own_settings import effective_settings

    settings = load_settings()
    one = get_assistant(name, settings.workspace)
    effective = effective_settings(settings, one)
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
        print_json({**facts, "settings": [asdict(each) for each in effective]})
        return
    told = [
        f"{each.key} = {'not set' if each.value is None else each.value} ({each.source})"
        for each in effective
    ]
    for key, value in {**facts, "settings": told}.items():
        several = "\n" + " " * 16 if key in ("tools", "settings") else ", "
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
