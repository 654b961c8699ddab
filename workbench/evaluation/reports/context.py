"""What a reader of a run should know besides its figures: looks at its set, and its judges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.errors import ConfigError
from workbench.evaluation.columns import metric_names
from workbench.evaluation.datasets.looks import LOG, count_looks
from workbench.evaluation.judges.cards import FOLDER, read_cards
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
    """

    looks: int = 0
    unfit: Mapping[str, str] = field(default_factory=dict)
    cards: Sequence[Mapping[str, Any]] = ()

    @property
    def lines(self) -> list[str]:
        """What every report says of it, a line each."""
        times = f"{self.looks} time{'' if self.looks == 1 else 's'}"
        looked = [f"This test part was scored {times} so far."] if self.looks else []
        return looked + [f"Unfit judge: {one_line(why)}" for why in self.unfit.values()]


NO_CONTEXT = Context()


def context_of(results: Results, workspace: Path) -> Context:
    """Return what the workspace's log of looks and its judge cards say of a run.

    Args:
        results: The run; the entry "judge" of its fingerprint is the judge's identity.
        workspace: The workspace.

    Raises:
        UsageError: The log or a card cannot be read.
    """
    judge = results.fingerprint.get("judge") or {}
    names = metric_names(results.items.values())
    reasons = {name: why_unfit(name, judge, workspace / FOLDER) for name in names}
    return Context(
        looks=count_looks(str(results.fingerprint.get("dataset_sha256", "")), workspace / LOG),
        unfit={name: why for name, why in reasons.items() if why},
        cards=tuple(
            card for card in read_cards(workspace / FOLDER) if _concerns(card, names, judge)
        ),
    )


def context_here(results: Results) -> Context:
    """Return the same for the workspace that is found from here; nothing where there is none.

    Raises:
        UsageError: The log or a card cannot be read.
    """
    try:
        return context_of(results, find_workspace())
    except ConfigError:
        return NO_CONTEXT


def _concerns(card: Mapping[str, Any], names: Sequence[str], judge: Mapping[str, Any]) -> bool:
    if card["metric"] not in names:
        return False
    return not metric_named(card["metric"]).judged or (
        card["identity"].get("model") == judge.get("model")
    )
