"""What an answer costs on hardware that is paid by the hour, when many are written at once."""

import time
from dataclasses import replace

from workbench.evaluation.metrics.score import scored
from workbench.evaluation.metrics.scores import UNFINISHED
from workbench.evaluation.metrics.spending import GENERATION
from workbench.evaluation.running.runner import Tried


class HardwareMeter:
    """Shares the hours of the machine among the answers: the price over the measured throughput.

    A turn's own seconds would count the machine once for every turn that is under way. So an
    answer bears the time since the answer before it; that of failed items falls to the next one.

    Args:
        per_hour: What the machine costs.
        currency: ISO 4217.
    """

    def __init__(self, per_hour: float, currency: str) -> None:
        self._per_hour = per_hour
        self._currency = currency
        self._last = time.monotonic()

    def __call__(self, tried: Tried) -> Tried:
        """Return what came of an item with its share of the hours as its cost."""
        if tried.outcome in UNFINISHED:
            return tried
        now = time.monotonic()
        share, self._last = now - self._last, now
        if GENERATION in tried.record.get("reused", ()):
            return tried
        amount = self._per_hour * share / 3600
        cost = {"amount": amount, "currency": self._currency, "priced": True}
        scores = {
            name: scored(amount) if name == "cost" else score
            for name, score in tried.scores.items()
        }
        return replace(tried, record={**tried.record, "cost": cost}, scores=scores, cost=amount)
