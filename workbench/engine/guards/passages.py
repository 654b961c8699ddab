"""Passages without the sentences that order an assistant about."""

from collections.abc import Sequence
from dataclasses import replace

from workbench.engine.guards.untrusted import order_kind, orders_among, without_orders
from workbench.engine.retrieval import Passage


def with_orders(passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages that hold such a sentence, in their order."""
    return [one for one in passages if _disarmed(one) != one]


def disarmed(passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages without such sentences; one that is nothing else is left out."""
    kept = map(_disarmed, passages)
    return [one for one in kept if one.text.strip()]


def _disarmed(passage: Passage) -> Passage:
    ordering = {
        place
        for first, last, _ in orders_among([one.text for one in passage.sentences])
        for place in range(first, last + 1)
    }
    sentences = tuple(one for at, one in enumerate(passage.sentences) if at not in ordering)
    heading = "" if passage.heading and order_kind(passage.heading) else passage.heading
    title = "" if order_kind(passage.title) else passage.title
    return replace(
        passage,
        title=title,
        heading=heading,
        text=without_orders(passage.text),
        sentences=sentences,
    )
