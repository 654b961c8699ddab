"""The suite of a run as it can be run anew: by the run's own system, on its own questions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workbench.config import Settings
from workbench.errors import UsageError
from workbench.evaluation.fingerprint import sha256_of
from workbench.evaluation.results import Results
from workbench.evaluation.suites.suite import Suite, Variant
from workbench.services.endpoints import resolve_model


def suite_again(run: Results, settings: Settings) -> Suite:
    """Return a run's suite with its own variant and its own model, its paths resolved.

    Raises:
        UsageError: The run does not say what it is of, or its set, its documents or its model are
            not here as they were.
    """
    known = run.fingerprint
    suite = _definition(run).located(settings.workspace)
    _refuse_other("question set", suite.dataset, known.get("dataset_sha256"))
    if suite.corpus is not None:
        _refuse_other("corpus", suite.corpus, known.get("corpus"))
    variant = _variant(known, suite)
    if known.get("model"):
        variant = variant.model_copy(update={"model": _name_here(known, settings)})
    return suite.model_copy(update={"variants": (variant,)})


def _definition(run: Results) -> Suite:
    hint = "its critical items cannot be run anew"
    try:
        return Suite.model_validate(run.fingerprint["suite_definition"])
    except KeyError as error:
        raise UsageError(f"run {run.run} does not say which suite it is of", hint) from error
    except ValidationError as error:
        raise UsageError(f"the suite that run {run.run} holds cannot be read", hint) from error


def _variant(known: Mapping[str, Any], suite: Suite) -> Variant:
    if not known.get("variant"):
        return suite.variants[0]
    try:
        return Variant.model_validate(known["variant"])
    except ValidationError as error:
        raise UsageError("the variant that the run holds cannot be read") from error


def _refuse_other(what: str, path: Path | None, sha256: Any) -> None:
    if path is None or not path.exists() or sha256_of(path) != sha256:
        raise UsageError(f"the {what} {path} is not here as it was")


def _name_here(known: Mapping[str, Any], settings: Settings) -> str:
    """Return by which name the run's model is chosen here: an endpoint's own, or the model's.

    Raises:
        UnknownNameError: It is not known here.
    """
    model, server = known["model"], (known.get("serving") or {}).get("server")
    for name, endpoint in settings.endpoints.items():
        if (endpoint.model, endpoint.base_url.rstrip("/")) == (model, server):
            return name
    return resolve_model(settings, model)
