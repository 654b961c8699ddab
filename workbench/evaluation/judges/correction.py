"""A judged score corrected for the judge's known errors, as its card tells them."""

from collections.abc import Mapping
from typing import Any

from workbench.evaluation.statistics.judge_error import Estimate, Labels, corrected_share


def card_labels(card: Mapping[str, Any]) -> Labels:
    """Return the counts of a card."""
    counts = card["counts"]
    return Labels(
        both=counts["true_positive"],
        only_judge=counts["false_positive"],
        only_people=counts["false_negative"],
        neither=counts["true_negative"],
    )


def corrected_score(good: int, n: int, card: Mapping[str, Any]) -> Estimate | None:
    """Return the true share of good items behind a judge's verdicts, with its 95% interval.

    Args:
        good: How many items the judge called good.
        n: Out of how many; at least one.
        card: The judge's card for the metric.

    Returns:
        `None` where the judge is not shown to be better than chance.
    """
    return corrected_share(good, n, card_labels(card))
