"""The three things that a judge is asked, and the metric that each gives."""

from typing import Literal, get_args

Kind = Literal["correctness", "faithfulness", "preference"]
"""Is the answer right; does the context support it; which of two answers is better."""

KINDS: tuple[Kind, ...] = get_args(Kind)

METRIC: dict[Kind, str] = {
    "correctness": "judged_correctness",
    "faithfulness": "judged_faithfulness",
    "preference": "judged_preference",
}
"""The metric of each kind; "judged_preference" is not a metric of suites, which ask one system."""
