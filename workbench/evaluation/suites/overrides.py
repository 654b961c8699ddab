"""What the command line changes in a suite."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workbench.errors import UsageError
from workbench.evaluation.datasets.loading import resolve_dataset
from workbench.evaluation.suites.loading import find_suite
from workbench.evaluation.suites.suite import Suite
from workbench.evaluation.suites.variants import expand, parse_set


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What was given on the command line; `None` and empty mean "as the suite says".

    Attributes:
        dataset: The question set.
        corpus: Documents of one's own.
        assistant: Who is asked.
        models: Models to compare.
        prompts: Prompts to compare.
        settings: Options `key=v1,v2`.
        metrics: What is measured.
        judge: The model that judges.
        router: The training examples of a router.
        repeats: How often each item is run.
        concurrency: How many items at once.
        smoke: The short form, on the smallest model.
    """

    dataset: Path | None = None
    corpus: Path | None = None
    assistant: str | None = None
    models: Sequence[str] = ()
    prompts: Sequence[str] = ()
    settings: Sequence[str] = ()
    metrics: Sequence[str] = ()
    judge: str | None = None
    router: Path | None = None
    repeats: int | None = None
    concurrency: int | None = None
    smoke: bool = False


def chosen_suite(workspace: Path, name: str, given: Overrides) -> Suite:
    """Return a suite as it is to be run, its paths resolved.

    Raises:
        UnknownNameError: There is no such suite.
        UsageError: An override is wrong.
    """
    suite = find_suite(workspace, name)
    single = {
        key: value
        for key in ("dataset", "corpus", "assistant", "judge", "router", "repeats", "concurrency")
        if (value := getattr(given, key)) is not None
    }
    for key in ("dataset", "corpus", "router"):
        if key in single:  # what is typed is meant from where it is typed
            single[key] = Path.cwd() / single[key]
    changes: dict[str, Any] = dict(single)
    if given.metrics:
        changes |= {"metrics": list(given.metrics), "gate": {}}
    suite = _changed(suite, changes)
    suite = suite.located(workspace)
    if suite.dataset is not None:
        suite = suite.model_copy(update={"dataset": resolve_dataset(suite.dataset)})
    models = given.models or ([suite.smoke.model] if given.smoke else [])
    return expand(suite, models, given.prompts, parse_set(given.settings))


def _changed(suite: Suite, changes: dict[str, Any]) -> Suite:
    try:
        return Suite.model_validate({**suite.model_dump(), **changes})
    except ValidationError as error:
        message = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise UsageError(
            f"the suite {suite.name}: {message}", "see: workbench eval list"
        ) from error
