"""Whether it is known what a model costs, before a budget of money is relied on."""

from workbench.config import Settings
from workbench.errors import UsageError
from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.running.budget import Budget
from workbench.evaluation.suites.kinds import MODEL_FREE
from workbench.evaluation.suites.suite import Suite
from workbench.services.catalogue import load_catalogue
from workbench.services.endpoints import Endpoint, resolve_model


def require_prices(settings: Settings, suite: Suite, budget: Budget) -> None:
    """Refuse a budget of money that could not be kept.

    Args:
        settings: The settings of a variant.
        suite: What is measured.
        budget: One without an amount is not held to anything.

    Raises:
        UsageError: The price of a model that is asked is not known, or they have several
            currencies, whose amounts cannot be added.
        UnknownNameError: There is no such model.
    """
    if budget.amount is None or suite.kind in MODEL_FREE:
        return
    models = [resolve_model(settings, None)]
    if any(metric_named(name).judged for name in suite.measured()):
        models.append(resolve_model(settings, suite.judge))
    currencies = {}
    for model in models:
        currency = currency_of(settings, model)
        if currency is None:
            raise UsageError(
                f"--budget-cost cannot be kept: the price of {model} is not known",
                "give one in workbench.toml (price, or server.hardware_price_per_hour), or use "
                "--budget-minutes",
            )
        currencies[currency] = model
    if len(currencies) > 1:
        raise UsageError(
            f"--budget-cost cannot be kept: prices are in {' and '.join(currencies)}",
            "give them in one currency, or use --budget-minutes",
        )


def currency_of(settings: Settings, model: str) -> str | None:
    """Return the currency in which a model's calls are priced; `None` where no price is known.

    Args:
        settings: The workspace's settings.
        model: The resolved name of a model or endpoint.
    """
    if model in settings.endpoints:
        price = settings.endpoints[model].price
    else:
        price = load_catalogue(settings.workspace).get(model).price
        if price is None and settings.server.hardware_price_per_hour is not None:
            return settings.server.currency
    return price.currency if price else None


def hourly_price(settings: Settings, endpoint: Endpoint | None) -> float | None:
    """Return what the machine that serves an endpoint costs an hour, where its hours are paid."""
    if endpoint is None or not endpoint.local or endpoint.price is not None:
        return None
    return settings.server.hardware_price_per_hour
