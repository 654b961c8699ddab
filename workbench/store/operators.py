"""The stored profiles of operators: who has which role."""

from dataclasses import dataclass
from pathlib import Path

from psycopg.rows import class_row

from workbench.errors import UnknownNameError, UsageError
from workbench.locations import private_folder, workspace_state
from workbench.store.database import Database
from workbench.store.text import storable

_ADD = """
INSERT INTO workbench.operators (name, role) VALUES (%(name)s, %(role)s)
ON CONFLICT (name) DO UPDATE SET role = excluded.role
"""
_LIST = "SELECT name, role FROM workbench.operators ORDER BY name"
_ROLE = "SELECT role FROM workbench.operators WHERE name = %(name)s"
_CHOSEN = "operator"
_REMOVE = "DELETE FROM workbench.operators WHERE name = %(name)s"


def choose_operator(workspace: Path, name: str) -> None:
    """Make an operator the one who asks in a workspace where no setting names another."""
    folder = private_folder(workspace_state(workspace))
    (folder / _CHOSEN).write_text(f"{name}\n", encoding="utf-8")


def chosen_operator(workspace: Path) -> str:
    """Return the operator who was chosen for a workspace; empty when none was."""
    try:
        return (workspace_state(workspace) / _CHOSEN).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


@dataclass(frozen=True, slots=True)
class Profile:
    """An operator and the role that was given to him or her."""

    name: str
    role: str


class Operators:
    """The operators of a workspace.

    Args:
        database: The open database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, role: str) -> None:
        """Give an operator a role, in place of an earlier one.

        Raises:
            UsageError: The name or the role is empty.
        """
        values = {"name": storable(name).strip(), "role": storable(role).strip()}
        if not all(values.values()):
            raise UsageError("an operator has a name and a role", "name both")
        with self._database.transaction() as connection:
            connection.execute(_ADD, values)

    def remove(self, name: str) -> None:
        """Forget an operator, who has the least role from then on.

        Raises:
            UnknownNameError: There is none of that name.
        """
        with self._database.transaction() as connection:
            if connection.execute(_REMOVE, {"name": name}).rowcount == 0:
                raise UnknownNameError(
                    f"there is no operator {name!r}", "see: workbench operators list"
                )

    def list(self) -> "list[Profile]":
        """Return all profiles, by name."""
        with (
            self._database.transaction() as connection,
            connection.cursor(row_factory=class_row(Profile)) as cursor,
        ):
            return cursor.execute(_LIST).fetchall()

    async def role_of(self, name: str) -> str | None:
        """Return an operator's role; `None` for one who has none."""
        async with self._database.atransaction() as connection:
            cursor = await connection.execute(_ROLE, {"name": name})
            row = await cursor.fetchone()
        return None if row is None else str(row[0])
