"""Opening a judge: the model is looked up, reached or started, and told apart from all others."""

from workbench.config import Settings
from workbench.evaluation.judges.client import Judge, Memo
from workbench.services.endpoints import Progress, check_endpoint, ensure_endpoint, resolve_model
from workbench.services.identity import serving_identity


def open_judge(
    settings: Settings, model: str | None, progress: Progress, memo: Memo | None = None
) -> Judge:
    """Return a judge that can be asked; blocks while a local server starts.

    Args:
        settings: The workspace's settings.
        model: A model or endpoint; the configured one when `None`.
        progress: Told how far a start is.
        memo: Where verdicts are kept.

    Raises:
        UnknownNameError: There is no such model.
        WeightsError: Its weights are not here.
        ModelServerError: It cannot be reached, or does not start.
    """
    name = resolve_model(settings, model)
    if name in settings.endpoints:
        check_endpoint(settings, name)
    endpoint = ensure_endpoint(settings, name, progress)
    return Judge(endpoint, serving_identity(settings, endpoint), memo)
