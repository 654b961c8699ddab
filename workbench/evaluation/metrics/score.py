"""What a metric says of one item: a status, and a number exactly when it was scored."""

from dataclasses import dataclass
from typing import Literal

Status = Literal[
    "scored", "judge_parse", "judge_truncated", "judge_timeout", "system_error", "not_applicable"
]
"""How the scoring of an item ended.

- scored: with a number;
- judge_parse, judge_truncated, judge_timeout: the judge's reply could not be read, was cut off by
  its token limit, or did not come;
- system_error: the measured system failed, or the judge could not be asked;
- not_applicable: the metric says nothing of such an item.
"""


@dataclass(frozen=True, slots=True)
class Score:
    """What a metric says of an item.

    Attributes:
        status: How the scoring ended.
        value: The number when it is scored, else `None`; never NaN.
        reason: Why it was not scored, or what the judge said; may be empty.
    """

    status: Status
    value: float | None = None
    reason: str = ""


NOT_APPLICABLE = Score("not_applicable")


def scored(value: float, reason: str = "") -> Score:
    """Return the score of an item that was scored."""
    return Score("scored", value, reason)
