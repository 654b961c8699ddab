"""What answers cost: tokens, and money where a price is known.

A model's price is per million tokens, from a table; a model without one may run on hardware with a
price per hour, whose cost is the hours that the run took: over the answers of that time it is the
price of the measured throughput. Where neither is known the amount is null, never zero; amounts of
several currencies are never added.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.errors import UsageError
from workbench.services.endpoints import Price

GENERATION = "generation"
"""The kind of cache whose answers were paid for earlier."""


@dataclass(frozen=True, slots=True)
class Hardware:
    """What the machine costs.

    Attributes:
        per_hour: Its price an hour.
        currency: ISO 4217.
        wall_seconds: How long it worked for the answers that are priced.
    """

    per_hour: float
    currency: str
    wall_seconds: float

    @property
    def amount(self) -> float:
        """The price of that time."""
        return self.per_hour * self.wall_seconds / 3600


@dataclass(frozen=True, slots=True)
class Tokens:
    """Sums over answers; `cached` is the part of the prompts that the server had seen."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0


def tokens_used(records: Iterable[Mapping[str, Any]]) -> Tokens:
    """Return the sums of the tokens of items' records; a failed item has used none."""
    usages = [record.get("usage") or {} for record in records]
    return Tokens(*(sum(usage.get(key, 0) for usage in usages) for key in Tokens.__slots__))


def price_of(tokens: Tokens, price: Price | None) -> float | None:
    """Return the price of tokens; `None` where the price is not known."""
    if price is None:
        return None
    prompt = tokens.prompt * price.prompt_per_million
    return (prompt + tokens.completion * price.completion_per_million) / 1_000_000


def one_currency(currencies: Iterable[str]) -> str | None:
    """Return the currency that amounts are in; `None` where there is no amount.

    Raises:
        UsageError: They are in several.
    """
    found = sorted(set(currencies))
    if len(found) > 1:
        raise UsageError(
            f"costs are in {' and '.join(found)} and cannot be added", "give prices in one currency"
        )
    return found[0] if found else None


def spending(
    records: Sequence[Mapping[str, Any]],
    table: Mapping[str, Price],
    hardware: Hardware | None = None,
) -> dict[str, Any]:
    """Return tokens and cost of the answers of a run as plain JSON types.

    Args:
        records: Items' records, with `model`, `usage` and, where a cache answered, `reused`; one
            without a model could not begin, and cost nothing.
        table: Prices by the models' names.
        hardware: For models that the table lacks.

    Returns:
        `answers`; of them `reused` came from the cache of generations and cost nothing now; the
        `tokens` of the other ones; `amount` in `currency`, `per_answer` and
        `per_million_tokens`, null where a price is missing; `unpriced`, the models that lack one.

    Raises:
        UsageError: The prices are in several currencies.
    """
    answers = [record for record in records if record.get("model")]
    paid = [record for record in answers if GENERATION not in (record.get("reused") or ())]
    by_model: dict[str, list[Mapping[str, Any]]] = {}
    for record in paid:
        by_model.setdefault(record["model"]["name"], []).append(record)
    by_the_hour = [name for name in by_model if name not in table]
    unpriced = by_the_hour if hardware is None else []
    listed = [(table[name], tokens_used(of)) for name, of in by_model.items() if name in table]
    hours = [hardware] if hardware is not None and by_the_hour else []
    currencies = [price.currency for price, _ in listed] + [each.currency for each in hours]
    currency = one_currency(currencies)
    amounts = [price_of(tokens, price) or 0.0 for price, tokens in listed]
    amounts += [each.amount for each in hours]
    amount = sum(amounts) if paid and not unpriced else None
    used = tokens_used(paid)
    return {
        "answers": len(answers),
        "reused": len(answers) - len(paid),
        "tokens": {name: getattr(used, name) for name in Tokens.__slots__},
        "currency": currency,
        "amount": amount,
        "per_answer": None if amount is None else amount / len(paid),
        "per_million_tokens": _per_million(amount, used),
        "unpriced": sorted(unpriced),
    }


def _per_million(amount: float | None, used: Tokens) -> float | None:
    total = used.prompt + used.completion
    return None if amount is None or not total else amount / total * 1_000_000
