"""What a run shows of itself while it goes on."""

import time
from collections import deque
from collections.abc import Callable, Sequence

from workbench.evaluation.running.limiter import Limiter
from workbench.evaluation.running.runner import Tried

_PACE_ITEMS = 20
"""The pace is that of so many last items: reused ones, which take no time, come first."""

_HEADLINES = {
    "answer_accuracy": "right",
    "refusal_recall": "refused rightly",
    "false_refusal": "wrongly",
    "hit_at_5": "found",
    "route_accuracy": "routed rightly",
}


class RunProgress:
    """Counts finished items and says the figures so far, and the time that is left.

    Args:
        total: How many items there are.
        metrics: What is measured.
        limiter: How many are under way.
        say: Shows a line.
        label: What is run.
    """

    def __init__(
        self,
        total: int,
        metrics: Sequence[str],
        limiter: Limiter,
        say: Callable[[str], None],
        label: str,
    ) -> None:
        self._total = total
        self._shown = [name for name in _HEADLINES if name in metrics]
        self._limiter = limiter
        self._say = say
        self._label = label
        self._ends = deque([time.monotonic()], maxlen=_PACE_ITEMS + 1)
        self._tried: list[Tried] = []

    def __call__(self, tried: Tried) -> None:
        """Take in a finished item."""
        self._tried.append(tried)
        self._ends.append(time.monotonic())
        self._say(self._line())

    def _line(self) -> str:
        done = len(self._tried)
        pace = (self._ends[-1] - self._ends[0]) / (len(self._ends) - 1)
        minutes = pace * (self._total - done) / 60
        failed = sum(each.outcome in ("failed", "cancelled") for each in self._tried)
        shares = [f"{_HEADLINES[name]} {self._share(name)}" for name in self._shown]
        return "  ".join(
            [
                f"{self._label} {done}/{self._total}",
                ", ".join([*shares, f"failed {failed}"]),
                f"{self._limiter.active} at once, {minutes:.0f} min left",
            ]
        )

    def _share(self, metric: str) -> str:
        scores = [each.scores[metric] for each in self._tried if metric in each.scores]
        values = [score.value for score in scores if score.value is not None]
        return f"{sum(values):.0f}/{len(values)}"
