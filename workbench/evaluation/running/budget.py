"""The budget of a run, in minutes and in money."""

import time


class Budget:
    """Says when to stop; items under way are finished, so that the result stays whole.

    Args:
        minutes: How long new items may be begun; `None` for as long as it takes.
        amount: How much may be spent; `None` for whatever it costs.

    Attributes:
        amount: The same.
        spent: What was spent so far.
    """

    def __init__(self, minutes: float | None = None, amount: float | None = None) -> None:
        self._deadline = None if minutes is None else time.monotonic() + minutes * 60
        self.amount = amount
        self.spent = 0.0

    def spend(self, amount: float | None) -> None:
        """Add what something cost; an unknown cost cannot be held to a budget."""
        self.spent += amount or 0.0

    @property
    def exhausted(self) -> str:
        """What has run out, in words; empty while there is budget left."""
        if self._deadline is not None and time.monotonic() >= self._deadline:
            return "the minutes of the budget are over"
        if self.amount is not None and self.spent >= self.amount:
            return "the money of the budget is spent"
        return ""


class Account:
    """A budget as the calls of one stage draw on it.

    Args:
        budget: The budget.
        per_hour: What the machine that answers the calls costs an hour, where it is paid so: the
            stage costs its time then, however many calls are under way at once. `None` where
            each call has a price of its own, or none is known.
    """

    def __init__(self, budget: Budget, per_hour: float | None = None) -> None:
        self._budget = budget
        self._per_hour = per_hour
        self._last = time.monotonic()
        self._total = 0.0

    def spend(self, amount: float | None) -> None:
        """Add what a call cost, or the time since the one before it.

        Args:
            amount: The price of the call; it does not count where hours are paid.
        """
        if self._per_hour is None:
            self._budget.spend(amount)
            return
        now = time.monotonic()
        self._budget.spend(self._per_hour * (now - self._last) / 3600)
        self._last = now

    def reach(self, total: float | None) -> None:
        """Add what was spent since the last time.

        Args:
            total: What all calls of the stage cost so far; `None` where that is not known.
        """
        self.spend(None if total is None else total - self._total)
        self._total = total or 0.0

    @property
    def exhausted(self) -> str:
        """What of the budget has run out, in words; empty while there is some left."""
        return self._budget.exhausted
