"""Refusing what an operator's role does not allow, outside of tools."""

from workbench.config import Settings
from workbench.engine.assistant import Assistant
from workbench.engine.recorder import operator_name
from workbench.errors import UsageError
from workbench.store.database import Database
from workbench.store.operators import Operators


def require_permission(
    settings: Settings, database: Database, assistant: Assistant, permission: str, what: str
) -> None:
    """Refuse an operator who lacks a permission.

    Args:
        settings: The workspace's settings; they name the operator.
        database: Where the operator's role is stored.
        assistant: Its folder says what a role may do.
        permission: What is needed; nobody is refused where it is empty.
        what: What is asked for, after "may not", such as "monitor services".

    Raises:
        UsageError: The operator's role lacks the permission.
    """
    name = operator_name(settings)
    roles = {profile.name: profile.role for profile in Operators(database).list()}
    operator = assistant.roles.operator(name, roles.get(name))
    if operator.may(permission):
        return
    able = [role for role, may in assistant.roles.permissions.items() if permission in may]
    raise UsageError(
        f"{name} ({operator.role or 'no role'}) may not {what} of {assistant.name}: "
        f"that needs {permission}",
        f"roles with it: {', '.join(able) or 'none'}; see: workbench operators list",
    )
