"""How a suite is run this time."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from workbench.evaluation.running.budget import Budget


def _unheard(_: str) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a suite is run this time.

    Attributes:
        limit: How many items of the set, from its beginning; all when `None`.
        resume: The run to continue.
        repeats: How often each item is run, where that was asked for; a run that is continued
            must have been begun with as many.
        only: The ids of the items to run; all when `None`.
        fresh: Whether no earlier reply or verdict is reused.
        budget: When to begin no more items.
        smoke: Whether the model stands in for the release model.
        begun: Told the name of every run that begins.
        left: Told the name of every run that the budget stopped before its end.
    """

    limit: int | None = None
    resume: str | None = None
    repeats: int | None = None
    only: Collection[str] | None = None
    fresh: bool = False
    budget: Budget | None = None
    smoke: bool = False
    begun: Callable[[str], None] = _unheard
    left: Callable[[str], None] = _unheard
