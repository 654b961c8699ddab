"""Answers that people judged: five public sets, and files of one's own."""

from collections.abc import Callable
from pathlib import Path

from workbench.errors import ConfigError, UnknownNameError
from workbench.evaluation.judges.kinds import Kind
from workbench.evaluation.judges.labelled import evouna, llmbar, mtrag, qags, ragchecker
from workbench.evaluation.judges.labelled.label import Label, LabelledSet
from workbench.evaluation.judges.labelled.own import load_own
from workbench.evaluation.retrieval_sets import public_data

SETS: dict[str, tuple[Kind, Callable[[Path], list[Label]]]] = {
    "evouna": ("correctness", evouna.load),
    "mtrag": ("faithfulness", mtrag.load),
    "qags": ("faithfulness", qags.load),
    "ragchecker": ("preference", ragchecker.load),
    "llmbar": ("preference", llmbar.load),
}
"""The public sets by name: what their labels are of, and how they are read."""


def load_public(name: str) -> LabelledSet:
    """Read a public set.

    Raises:
        UnknownNameError: There is no such set.
        ConfigError: The data are not there.
    """
    if name not in SETS:
        raise UnknownNameError(f"there is no set {name!r}", f"there are: {', '.join(SETS)}")
    kind, load = SETS[name]
    try:
        return LabelledSet(name, kind, tuple(load(public_data())))
    except OSError as error:
        raise ConfigError(
            f"the data of {name} are missing: {error.filename}", "add them"
        ) from error


__all__ = ["SETS", "Label", "LabelledSet", "load_own", "load_public"]
