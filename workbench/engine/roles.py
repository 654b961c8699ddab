"""Who asks, and what he or she may see and do.

A role comes from the operator's stored profile, never from what is written in a message. What a
role may do is declared by each assistant.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operator:
    """Who asks.

    Attributes:
        name: The operator.
        role: The role, as the assistant calls it; empty where the assistant has no roles.
        permissions: What that role may see and do.
    """

    name: str
    role: str = ""
    permissions: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        """Tell whether the operator has a permission; everybody has the empty one."""
        return not permission or permission in self.permissions


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles of an assistant.

    Attributes:
        permissions: Of each role, the least role first.
    """

    permissions: Mapping[str, frozenset[str]]

    def operator(self, name: str, role: str | None) -> Operator:
        """Return an operator with a role; one whose role is unknown here has the least."""
        if not self.permissions:
            return Operator(name)
        known = role if role in self.permissions else next(iter(self.permissions))
        assert known is not None
        return Operator(name, known, self.permissions[known])


NO_ROLES = Roles({})
"""Of an assistant that tells nobody more than others."""
