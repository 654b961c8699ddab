"""What a turn costs."""

from workbench.engine.turn import Cost, Usage
from workbench.services.endpoints import Endpoint


def turn_cost(
    endpoint: Endpoint,
    usage: Usage,
    seconds: float,
    hourly: float | None,
    currency: str = "USD",
) -> Cost:
    """Return the cost of a turn; unknown, never zero, where no price is known.

    Args:
        endpoint: Where the model is served; its price is per million tokens.
        usage: The tokens of the turn.
        seconds: How long the model worked on it.
        hourly: The price of this machine an hour, for a local model without a price a token.
        currency: Of that price.
    """
    price = endpoint.price
    if price is not None:
        amount = (
            usage.prompt * price.prompt_per_million
            + usage.completion * price.completion_per_million
        ) / 1_000_000
        return Cost(amount=amount, currency=price.currency, priced=True)
    if endpoint.local and hourly is not None:
        return Cost(amount=hourly * seconds / 3600, currency=currency, priced=True)
    return Cost()
