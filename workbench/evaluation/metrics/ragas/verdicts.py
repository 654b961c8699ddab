"""Verdicts on statements: as many as there are statements, or none at all."""

from collections.abc import Sequence
from typing import Any

from workbench.evaluation.metrics.ragas.failures import UnusableReplyError


def nli_verdicts(reply: Any, statements: Sequence[str]) -> list[bool]:
    """Return the verdict on each statement, in their order.

    Args:
        reply: A judge's reply in the form that ragas uses: a list `statements`, each with its
            `verdict`.
        statements: What was to be judged.

    Raises:
        UnusableReplyError: There are more or fewer verdicts than statements.
    """
    if len(reply.statements) != len(statements):
        raise UnusableReplyError(
            f"the judge gave {len(reply.statements)} verdicts on {len(statements)} statements"
        )
    return [bool(each.verdict) for each in reply.statements]
