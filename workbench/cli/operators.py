"""`workbench operators`: who may see and do what."""

from typing import TYPE_CHECKING

import typer

from workbench.cli.output import Progress, guarded, note, print_json, print_line
from workbench.errors import UnknownNameError

if TYPE_CHECKING:
    from workbench.config import Settings
    from workbench.store.operators import Operators


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Operators and their roles.", no_args_is_help=True)
    group.command("add")(guarded(add))
    group.command("use")(guarded(use))
    group.command("list")(guarded(list_operators))
    group.command("remove")(guarded(remove))
    app.add_typer(group, name="operators")


def add(
    name: str = typer.Argument(..., help="The operator's name."),
    role: str = typer.Option(..., "--role", help="A role of an assistant, such as receptionist."),
) -> None:
    """Give an operator a role; a role that an assistant does not know counts as its least one."""
    settings, operators = _open()
    operators.add(name, role)
    known = _roles(settings)
    if role not in known:
        note(f"no assistant here knows the role {role!r}; they know: {', '.join(known)}")
    note(f"{name} is {role} now")


def use(name: str = typer.Argument(..., help="The operator who asks from now on.")) -> None:
    """Choose who asks in this workspace; WORKBENCH_OPERATOR wins over it.

    Raises:
        UnknownNameError: There is no operator of that name.
    """
    from workbench.store.operators import choose_operator

    settings, operators = _open()
    names = [profile.name for profile in operators.list()]
    if name not in names:
        there = f"there are: {', '.join(names)}; " if names else ""
        raise UnknownNameError(
            f"there is no operator {name!r}", f"{there}add: workbench operators add NAME --role R"
        )
    choose_operator(settings.workspace, name)
    note(f"{name} asks from now on")
    if settings.operator and settings.operator != name:
        note(f"but a setting names {settings.operator!r}, which wins: WORKBENCH_OPERATOR")


def list_operators(json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List the operators with their roles; the one who asks is marked."""
    from workbench.engine.recorder import operator_name

    settings, operators = _open()
    current = operator_name(settings)
    profiles = operators.list()
    if json:
        print_json(
            [{"name": one.name, "role": one.role, "asks": one.name == current} for one in profiles]
        )
        return
    for one in profiles:
        print_line(f"{'*' if one.name == current else ' '} {one.name:20} {one.role}")
    if current not in [one.name for one in profiles]:
        note(f"{current} asks, with the least role of each assistant")


def remove(name: str = typer.Argument(..., help="The operator's name.")) -> None:
    """Forget an operator, who has the least role from then on."""
    _, operators = _open()
    operators.remove(name)
    note(f"{name} has no role any more")


def _open() -> "tuple[Settings, Operators]":
    from workbench.config import load_settings
    from workbench.store.database import open_database
    from workbench.store.operators import Operators

    settings = load_settings()
    progress = Progress()
    database = open_database(settings, progress)
    progress.done()
    return settings, Operators(database)


def _roles(settings: "Settings") -> list[str]:
    from workbench.assistants import read_assistants

    found, _ = read_assistants(settings.workspace)
    return sorted({role for one in found for role in one.roles.permissions})
