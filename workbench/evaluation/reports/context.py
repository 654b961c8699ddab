"""What a reader of a run should know besides its figures: looks at its set, and its judges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workbench.errors import ConfigError, UsageError
from workbench.evaluation.columns import column, metric_names
from workbench.evaluation.datasets.looks import LOG, count_looks
from workbench.evaluation.judges.cards import FOLDER, read_cards
from workbench.evaluation.judges.correction import corrected_score
from workbench.evaluation.judges.fitness import why_unfit
from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.reports.text import one_line
from workbench.evaluation.results import Results
from workbench.locations import find_workspace


@dataclass(frozen=True, slots=True)
class Context:
    """What is known around a run.

    Attributes:
        looks: How often its question set was scored as a test part.
        unfit: By judged metric, why its judge is unfit.
        cards: The cards of its judges.
        corrected: What a judge's verdicts are worth by its card, a line each.
        warnings: What of this is not known, since its file cannot be read, a line each.
    """

    looks: int = 0
    unfit: Mapping[str, str] = field(default_factory=dict)
    cards: Sequence[Mapping[str, Any]] = ()
    corrected: Sequence[str] = ()
    warnings: Sequence[str] = ()

    @property
    def lines(self) -> list[str]:
        """What every report says of it, a line each."""
        times = f"{self.looks} time{'' if self.looks == 1 else 's'}"
        looked = [f"This test part was scored {times} so far."] if self.looks else []
        unfit = [f"Unfit judge: {one_line(why)}" for why in self.unfit.values()]
        return [*looked, *unfit, *self.corrected, *self.warnings]


NO_CONTEXT = Context()


def context_of(results: Results, workspace: Path) -> Context:
    """Return what the workspace's log of looks and its judge cards say of a run.

    What cannot be read becomes a warning: it must not cost anybody the figures of a run.

    Args:
        results: The run; the entry "judge" of its fingerprint is the judge's identity.
        workspace: The workspace.
    """
    looks, told = 0, list[str]()
    try:
        looks = count_looks(str(results.fingerprint.get("dataset_sha256", "")), workspace / LOG)
    except UsageError as error:
        told.append(f"How often this set was scored is not known: {_said(error, workspace)}")
    try:
        known = _of_judges(results, workspace / FOLDER)
    except UsageError as error:
        known = NO_CONTEXT
        told.append(f"What its judges are worth is not known: {_said(error, workspace)}")
    return replace(known, looks=looks, warnings=tuple(told))


def _said(error: UsageError, workspace: Path) -> str:
    """Return what is wrong; where the workspace lies is nobody's business in a report."""
    return one_line(error.one_line().replace(f"{workspace}/", ""))


def _of_judges(results: Results, folder: Path) -> Context:
    judge = results.fingerprint.get("judge") or {}
    names = metric_names(results.items.values())
    reasons = {name: why_unfit(name, judge, folder) for name in names}
    cards = [card for card in read_cards(folder) if _concerns(card, names, judge)]
    return Context(
        unfit={name: why for name, why in reasons.items() if why},
        cards=tuple(cards),
        corrected=tuple(line for card in cards if (line := _corrected(card, results))),
    )


def context_here(results: Results) -> Context:
    """Return the same for the workspace that is found from here; nothing where there is none."""
    try:
        return context_of(results, find_workspace())
    except ConfigError:
        return NO_CONTEXT


def _corrected(card: Mapping[str, Any], results: Results) -> str:
    """Return a judged share without the judge's known errors; empty where nothing follows."""
    name = card["metric"]
    values = column(name, results.items.values()).values
    if not values or metric_named(name).scale != "binary":
        return ""
    found = corrected_score(round(sum(values)), len(values), card)
    if found is None:
        return ""
    return (
        f"{name} without its judge's errors, by its card on {card['set']}: {found.value:.3f}"
        f" [{found.low:.3f}, {found.high:.3f}]."
    )


def _concerns(card: Mapping[str, Any], names: Sequence[str], judge: Mapping[str, Any]) -> bool:
    if card["metric"] not in names:
        return False
    return not metric_named(card["metric"]).judged or (
        card["identity"].get("model") == judge.get("model")
    )
