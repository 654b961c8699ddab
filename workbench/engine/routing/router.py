"""What every router offers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Outcome = Literal["routed", "out_of_scope", "unsure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a text goes.

    Attributes:
        labels: The purposes that it has, the likeliest first; empty means out of scope.
        probabilities: How likely each label is, from 0 to 1; labels that are not there have none.
            Several may be high at once where a text can have several purposes.
        confidence: How likely it is that `labels` is exactly right; `None` where the router cannot
            tell.
        method: How it was decided, in a word.
        seconds: How long that took.
        doubt: Why it is better to ask back than to follow `labels`; empty where it is not.
    """

    labels: tuple[str, ...]
    probabilities: Mapping[str, float] = field(default_factory=dict)
    confidence: float | None = None
    method: str
    seconds: float
    doubt: str = ""

    @property
    def outcome(self) -> Outcome:
        """What to do: follow the labels, decline, or ask back."""
        if self.doubt:
            return "unsure"
        return "routed" if self.labels else "out_of_scope"


class Router(Protocol):
    """Decides where a text goes."""

    async def route(self, text: str) -> Route:
        """Return the route of a text."""
        ...
