"""What the stored answers of a workspace used and cost, over all operators; no contents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from workbench.store.database import Database

_TOTALS = """
SELECT count(*), coalesce(sum(prompt_tokens), 0), coalesce(sum(completion_tokens), 0),
       coalesce(sum(cached_tokens), 0),
       count(*) FILTER (WHERE cost_amount IS NULL AND prompt_tokens + completion_tokens > 0)
FROM workbench.messages
WHERE role = 'assistant' AND status = 'finished' AND created_at >= %(since)s
"""
_COSTS = """
SELECT cost_currency, sum(cost_amount) FROM workbench.messages
WHERE role = 'assistant' AND status = 'finished' AND created_at >= %(since)s
  AND cost_amount IS NOT NULL
GROUP BY cost_currency ORDER BY cost_currency
"""
_REQUESTS = """
SELECT c.assistant, coalesce(m.outcome, ''), count(*)
FROM workbench.messages m JOIN workbench.conversations c ON m.conversation_id = c.id
WHERE m.role = 'assistant' AND m.status = 'finished' GROUP BY 1, 2 ORDER BY 1, 2
"""
_WITHIN = """
SELECT bound, count(m.id)
FROM unnest(%(bounds)s::float8[]) AS bound
LEFT JOIN workbench.messages m
    ON m.role = 'assistant' AND m.status = 'finished' AND m.total_s <= bound
GROUP BY bound ORDER BY bound
"""
_DURATIONS = """
SELECT count(total_s), coalesce(sum(total_s), 0) FROM workbench.messages
WHERE role = 'assistant' AND status = 'finished'
"""
_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedAndSpent:
    """What answers used and cost.

    Attributes:
        requests: How many there were, however they ended.
        prompt_tokens: Tokens that the model read.
        completion_tokens: Tokens that it wrote.
        cached_tokens: The part of the read ones that it had seen.
        costs: The cost by currency, of the answers whose price is known.
        unpriced: How many answers used the model at a price that is not known; they are in no
            cost.
    """

    requests: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    costs: Mapping[str, float]
    unpriced: int

    @property
    def tokens(self) -> int:
        """All tokens, read and written."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """How long answers took.

    Attributes:
        within: How many took at most so many seconds.
        count: How many there were.
        seconds: How long all of them took together.
    """

    within: Mapping[float, int]
    count: int
    seconds: float


def cost_today(database: Database, now: datetime | None = None) -> UsedAndSpent:
    """Return what the answers since midnight, in the machine's time zone, used and cost.

    Args:
        database: The open database.
        now: The present, with its time zone; the clock's when `None`.

    Raises:
        DatabaseError: The database went away.
    """
    present = now or datetime.now().astimezone()
    return used_and_spent(database, present.replace(hour=0, minute=0, second=0, microsecond=0))


def used_and_spent(database: Database, since: datetime | None = None) -> UsedAndSpent:
    """Return what the answers since a moment used and cost; of all answers when it is `None`."""
    values = {"since": since or _EVER}
    with database.transaction() as connection:
        [row] = connection.execute(_TOTALS, values).fetchall()
        costs = connection.execute(_COSTS, values).fetchall()
    requests, prompt, completion, cached, unpriced = map(int, row)
    return UsedAndSpent(
        requests=requests,
        prompt_tokens=prompt,
        completion_tokens=completion,
        cached_tokens=cached,
        costs={str(currency): float(amount) for currency, amount in costs},
        unpriced=unpriced,
    )


def requests_by_outcome(database: Database) -> dict[tuple[str, str], int]:
    """Return how many answers each assistant gave, by assistant and outcome."""
    with database.transaction() as connection:
        rows = connection.execute(_REQUESTS).fetchall()
    return {(str(assistant), str(outcome)): int(count) for assistant, outcome, count in rows}


def durations(database: Database, bounds: Sequence[float]) -> Durations:
    """Return how many answers took at most each of some bounds, in seconds."""
    with database.transaction() as connection:
        rows = connection.execute(_WITHIN, {"bounds": list(bounds)}).fetchall()
        [[count, seconds]] = connection.execute(_DURATIONS).fetchall()
    within = {float(bound): int(number) for bound, number in rows}
    return Durations(within=within, count=int(count), seconds=float(seconds))
