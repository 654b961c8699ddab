"""The trained routers of a workspace, by name."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.engine.embeddings import Embedder
from workbench.engine.routing.saving import CARD, ROUTER, damaged, load_router, save_router
from workbench.engine.routing.trained import TrainedRouter
from workbench.errors import UnknownNameError, UsageError
from workbench.locations import workspace_state

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Shelf:
    """The trained routers of a workspace.

    All that it opens share one encoder, and each is read once.

    Args:
        workspace: The workspace folder.
        embedder: The encoder.
    """

    def __init__(self, workspace: Path, embedder: Embedder) -> None:
        self._folder = workspace_state(workspace) / "routers"
        self._embedder = embedder
        self._open: dict[str, TrainedRouter] = {}

    def names(self) -> list[str]:
        """Return the names of the routers, in order."""
        found = (path.parent.name for path in self._folder.glob(f"*/{ROUTER}"))
        return sorted(name for name in found if _NAME.fullmatch(name))

    def router(self, name: str) -> TrainedRouter:
        """Return a router.

        Raises:
            UnknownNameError: There is none of that name.
            UsageError: It is damaged, or was trained with another encoder.
        """
        if name not in self._open:
            self._open[name] = load_router(self.path(name), self._embedder)
        return self._open[name]

    def card(self, name: str) -> dict[str, Any]:
        """Return the card of a router.

        Raises:
            UnknownNameError: There is none of that name.
            UsageError: It is damaged.
        """
        path = self.path(name) / CARD
        try:
            card = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise damaged(path.parent, str(error)) from error
        if not isinstance(card, dict):
            raise damaged(path.parent, f"{CARD} holds no card")
        return card

    def keep(self, name: str, router: TrainedRouter, card: Mapping[str, Any]) -> dict[str, Any]:
        """Save a router in the place of an earlier one of that name.

        Returns:
            The card with its name, its version (1 for the first) and its size in bytes.

        Raises:
            UsageError: The name cannot be that of a folder.
        """
        check_name(name)
        version = 1
        if name in self.names():
            earlier = self.card(name).get("version")
            version = earlier + 1 if isinstance(earlier, int) else 1
        self._open.pop(name, None)
        named = {"name": name, "version": version, **card}
        return save_router(self._folder / name, router, self._embedder, named)

    def remove(self, name: str) -> None:
        """Remove a router.

        Raises:
            UnknownNameError: There is none of that name.
        """
        shutil.rmtree(self.path(name))
        self._open.pop(name, None)

    def path(self, name: str) -> Path:
        """Return the folder of a router.

        Raises:
            UnknownNameError: There is none of that name.
        """
        if name not in self.names():
            there = ", ".join(self.names()) or "none yet"
            raise UnknownNameError(
                f"there is no router {name!r}",
                f"there are: {there}; train one: workbench route train DATA.jsonl --name NAME",
            )
        return self._folder / name


def check_name(name: str) -> str:
    """Return a name that a router may have.

    Raises:
        UsageError: It may not.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for a router", "use up to 64 letters, digits, dots and dashes"
        )
    return name
