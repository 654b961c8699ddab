"""Passages without the sentences that order an assistant about."""

from collections.abc import Sequence
from dataclasses import replace

from workbench.engine.guards.untrusted import order_kind, without_orders
from workbench.engine.retrieval import Passage


def with_orders(passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages that hold such a sentence, in their order."""
    return [one for one in passages if _disarmed(one) != one]


def disarmed(passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages without such sentences; one that is nothing else is left out."""
    kept = map(_disarmed, passages)
    return [one for one in kept if one.text.strip()]


def _disarmed(passage: Passage) -> Passage:
    sentences = tuple(one for one in passage.sentences if order_kind(one.text) is None)
    heading = "" if passage.heading and order_kind(passage.heading) else passage.heading
    title = "" if order_kind(passage.title) else passage.title
    return replace(
        passage,
        title=title,
        heading=heading,
        text=without_orders(passage.text),
        sentences=sentences,
    )
