"""Choosing the passages that the model reads, within the time that reading them costs."""

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Readable(Protocol):
    """What a passage must have to be put before the model."""

    @property
    def text(self) -> str:
        """The passage's words."""
        ...


P = TypeVar("P", bound=Readable)


def fit_passages(passages: Sequence[P], limit: int) -> list[P]:
    """Return the best passages whose texts fit in `limit` characters together; at least one.

    A passage that does not fit is passed over for a shorter one below it, since prompt length is
    the time to the first token.
    """
    chosen: list[P] = []
    used = 0
    for passage in passages:
        if chosen and used + len(passage.text) > limit:
            continue
        chosen.append(passage)
        used += len(passage.text)
    return chosen
