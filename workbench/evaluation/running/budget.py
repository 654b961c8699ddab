"""The budget of a run, in minutes and in money."""

import time


class Budget:
    """Says when to stop; items under way are finished, so that the result stays whole.

    Args:
        minutes: How long new items may be begun; `None` for as long as it takes.
        amount: How much may be spent; `None` for whatever it costs.
    """

    def __init__(self, minutes: float | None = None, amount: float | None = None) -> None:
        self._deadline = None if minutes is None else time.monotonic() + minutes * 60
        self._amount = amount
        self.spent = 0.0

    def spend(self, amount: float | None) -> None:
        """Add what an item cost; an unknown cost cannot be held to a budget."""
        self.spent += amount or 0.0

    @property
    def exhausted(self) -> str:
        """What has run out, in words; empty while there is budget left."""
        if self._deadline is not None and time.monotonic() >= self._deadline:
            return "the minutes of the budget are over"
        if self._amount is not None and self.spent >= self._amount:
            return "the money of the budget is spent"
        return ""
