"""Rows of the store that hold an item's scores."""

from workbench.evaluation.metrics.score import Score
from workbench.store.runs import StoredScore


def score_row(item_id: str, repeat: int, metric: str, score: Score) -> StoredScore:
    """Return the row of one metric's score of an item in a repeat."""
    return StoredScore(
        item_id=item_id,
        repeat=repeat,
        metric=metric,
        status=score.status,
        value=score.value,
        reason=score.reason,
    )
