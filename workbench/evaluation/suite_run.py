"""Running a suite: every variant over every item, resumable, within a budget."""

from collections.abc import Callable, Collection
from typing import cast

from workbench.config import Settings
from workbench.engine.routing.examples import load_examples
from workbench.errors import UsageError
from workbench.evaluation.datasets.checking import require_references
from workbench.evaluation.datasets.looks import LOG, is_known_test_part, read_looks
from workbench.evaluation.questions import load_questions
from workbench.evaluation.results import Results
from workbench.evaluation.resuming import as_begun, own_variant, refuse_change
from workbench.evaluation.running.budget import Budget
from workbench.evaluation.running.options import RunOptions
from workbench.evaluation.running.prices import require_prices
from workbench.evaluation.stored import stored_runs
from workbench.evaluation.suites.suite import Suite
from workbench.evaluation.suites.variants import apply_variant
from workbench.evaluation.variant_run import Items, VariantRun, measured
from workbench.store.database import open_database

Say = Callable[[str], None]


async def run_suite(
    settings: Settings, suite: Suite, options: RunOptions, say: Say
) -> list[Results]:
    """Run all variants of a suite, one after another; each becomes a run in the store.

    Raises:
        UsageError: The suite, the set or a name is wrong; nothing was stored.
        WorkbenchError: A service cannot be used.
    """
    suite = suite.located(settings.workspace)
    budget = options.budget or Budget()
    items = chosen_items(suite, options)
    varied = [(variant, apply_variant(settings, variant)) for variant in suite.variants]
    _check(settings, suite, [own for _, own in varied], budget)
    runs = stored_runs(settings, open_database(settings, say))
    if options.resume is not None:
        stored = runs.find(options.resume)
        varied = [own_variant(stored, suite, varied, [each.name for each in suite.variants])]
        options = as_begun(stored, options)
        refuse_change(stored, measured(settings, suite, varied[0][0]))
        items = chosen_items(suite, options)
    results = []
    for variant, own in varied:
        running = VariantRun(own, suite, variant, items, options, say)
        results.append(await running.run(runs, budget))
        if budget.exhausted:
            break
    return results


def _check(settings: Settings, suite: Suite, varied: list[Settings], budget: Budget) -> None:
    """Find what would be noticed only after the work, or never.

    Raises:
        UsageError: The log of looks cannot be read, or the budget cannot be kept.
    """
    for own in varied:
        require_prices(own, suite, budget)
    if suite.dataset is not None and is_known_test_part(suite.dataset, settings.workspace):
        read_looks(settings.workspace / LOG)


async def run_fresh(
    settings: Settings,
    suite: Suite,
    repeats: int,
    say: Say,
    only_ids: Collection[str] | None = None,
) -> list[Results]:
    """Run a suite's first variant several times over, reusing nothing; each time is a run."""
    single = suite.model_copy(update={"repeats": 1, "variants": suite.variants[:1]})
    options = RunOptions(fresh=True, only=only_ids)
    return [(await run_suite(settings, single, options, say))[0] for _ in range(repeats)]


def chosen_items(suite: Suite, options: RunOptions) -> Items:
    """Return the items that are to be run: questions, or routing examples.

    Raises:
        UsageError: The suite has no set, a line of it is wrong, or none of it is chosen.
    """
    if suite.dataset is None:
        raise UsageError(f"the suite {suite.name} needs a question set", "add --dataset FILE")
    routing = suite.kind == "routing"
    items: Items = load_examples(suite.dataset) if routing else load_questions(suite.dataset)
    if suite.kind == "answers" and "answer_accuracy" in suite.measured():
        require_references(suite.dataset)
    wanted = [
        item for item in items[: options.limit] if options.only is None or item.id in options.only
    ]
    if not wanted:
        raise UsageError(f"no item of {suite.dataset} is chosen", "choose others")
    return cast("Items", wanted)
