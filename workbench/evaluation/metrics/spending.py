"""What the answers of a run cost: tokens, and money where a price is known.

Each answer's cost is in its record: by the price of its tokens, or by its share of the hours of a
machine that has a price an hour. An unknown price makes the sum null, never zero; amounts of
several currencies are never added.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

GENERATION = "generation"
"""The kind of cache whose answers were paid for earlier."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Sums over answers; `cached` is the part of the prompts that the server had seen."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0


def tokens_used(records: Iterable[Mapping[str, Any]]) -> Tokens:
    """Return the sums of the tokens of items' records; a failed item has used none."""
    usages = [record.get("usage") or {} for record in records]
    return Tokens(*(sum(usage.get(key) or 0 for usage in usages) for key in Tokens.__slots__))


def spending(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return tokens and cost of the answers of a run as plain JSON types.

    Args:
        records: Items' records, with `model`, `usage`, `cost` and, where a cache answered,
            `reused`; one without a model could not begin, and cost nothing.

    Returns:
        `answers`; of them `reused` came from the cache of generations and cost nothing now; the
        `tokens` of the other ones; `amount` in `currency`, `per_answer` and
        `per_million_tokens`, null where a price is missing or there are several currencies. An
        answer for which no model was asked, since nothing was found, is free.
    """
    answers = [record for record in records if record.get("model")]
    paid = [record for record in answers if GENERATION not in (record.get("reused") or ())]
    used = tokens_used(paid)
    costs = [record.get("cost") or {} for record in paid if tokens_used([record]).completion]
    currencies = {str(cost["currency"]) for cost in costs if cost.get("priced")}
    known = [float(cost["amount"]) for cost in costs if cost.get("priced")]
    whole = bool(known) and len(known) == len(costs) and len(currencies) == 1
    amount = sum(known) if whole else None
    total = used.prompt + used.completion
    return {
        "answers": len(answers),
        "reused": len(answers) - len(paid),
        "tokens": {name: getattr(used, name) for name in Tokens.__slots__},
        "currency": currencies.pop() if whole else None,
        "amount": amount,
        "per_answer": None if amount is None else amount / len(paid),
        "per_million_tokens": None if amount is None or not total else amount / total * 1_000_000,
    }
