"""Critical items: each decides alone, once fresh runs confirm that it is broken."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.evaluation.columns import metric_names, score_of
from workbench.evaluation.differences import changed_factors
from workbench.evaluation.fingerprint import BINDING
from workbench.evaluation.gate.measured import JUDGE, applies
from workbench.evaluation.gate.verdict import CriticalVerdict, Word
from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.results import Item, Results

RERUNS = 3
"""Fresh runs of an item that seems broken; two of them decide."""
_DECIDE = 2

Rerun = Callable[[list[str]], Sequence[Results]]
"""Runs items anew, `RERUNS` times, without any earlier reply."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A critical item that the run does not pass.

    Attributes:
        id: The item's id.
        reason: What is wrong, in words.
        measured: Whether the run has a result of it.
    """

    id: str
    reason: str
    measured: bool = True


@dataclass(frozen=True, slots=True)
class CriticalItems:
    """The critical items of a run.

    Attributes:
        checked: How many were looked at: those that the baseline passes, or all without one.
        suspects: Those that the run does not pass.
        undecidable: Those that no metric can fail.
    """

    checked: int
    suspects: list[Suspect]
    undecidable: list[str]


def deciding_metrics(gate_set: Iterable[str], items: Iterable[Item]) -> list[str]:
    """Return the metrics that say whether a single item passes.

    They are those of the gate set that are right or wrong; where it has none, all of the run that
    are, and that no model judges.
    """
    declared = [name for name in gate_set if metric_named(name).scale == "binary"]
    if declared:
        return declared
    measured = (metric_named(name) for name in metric_names(items))
    return [each.name for each in measured if each.scale == "binary" and not each.judged]


def passes(item: Item, metrics: Iterable[str]) -> bool | None:
    """Tell whether an item passes all metrics that apply to it.

    An item whose turn broke does not pass. With repeats, the greater half of them decides.

    Returns:
        `None` where it fails none, but has no score of one, or none applies.
    """
    if not item.answered:
        return False
    verdicts = [_good(item, name) for name in metrics if applies(item, name)]
    if False in verdicts:
        return False
    return None if None in verdicts or not verdicts else True


def _good(item: Item, name: str) -> bool | None:
    value = score_of(item, name).value
    if value is None:
        return None
    return value > 0.5 if metric_named(name).higher_is_better else value < 0.5


def find_critical(
    run: Results, baseline: Results | None, metrics: Sequence[str], tags: Iterable[str]
) -> CriticalItems:
    """Look at the critical items: those marked so, or with one of the tags.

    With a baseline, those that it has not or fails do not count: the run cannot have broken them.
    """
    checked, suspects, undecidable = 0, [], []
    for identifier, item in _critical(run, baseline, set(tags)).items():
        before = baseline.items.get(identifier) if baseline else None
        if baseline is not None and (before is None or passes(before, metrics) is False):
            continue
        checked += 1
        if identifier not in run.items:
            suspects.append(Suspect(identifier, "the run has no result of it", measured=False))
        elif item.answered and not any(applies(item, name) for name in metrics):
            undecidable.append(identifier)
        elif not passes(item, metrics):
            suspects.append(Suspect(identifier, _what_fails(item, metrics)))
    return CriticalItems(checked, suspects, undecidable)


def _critical(run: Results, baseline: Results | None, tags: set[str]) -> dict[str, Item]:
    """Return the critical items, as the run has them, else as the baseline does."""
    both = {**(baseline.items if baseline else {}), **run.items}
    marked = {**both, **(baseline.items if baseline else {})}
    return {
        name: item
        for name, item in both.items()
        if any(each.critical or tags & set(each.tags) for each in (item, marked[name]))
    }


def _what_fails(item: Item, metrics: Sequence[str]) -> str:
    if not item.answered:
        return f"it has no answer ({item.outcome})"
    failed = [name for name in metrics if _good(item, name) is False]
    return (
        f"it fails {', '.join(failed)}"
        if failed
        else f"it has no score ({_statuses(item, metrics)})"
    )


def _statuses(item: Item, metrics: Iterable[str]) -> str:
    """Return why metrics that apply have no score."""
    found = {score_of(item, name).status for name in metrics} - {"scored", "not_applicable"}
    return ", ".join(sorted(found)) or "not applicable"


def confirm(
    suspects: Sequence[Suspect], metrics: Sequence[str], run: Results, rerun: Rerun | None
) -> list[CriticalVerdict]:
    """Run the suspects anew and return what the fresh runs say of each.

    FAIL where two of three fail, PASS where two pass. Where they decide neither, nothing can be
    run, or what was run is not the run's own system, the item is undecided; one that the run has
    no result of was not measured.
    """
    known = [suspect.id for suspect in suspects if suspect.measured]
    fresh = rerun(known) if known and rerun else ()
    changed = [name for each in fresh for name in _changed(run, each)]
    other = f"the fresh runs are of another system ({', '.join(dict.fromkeys(changed))} changed)"
    return [_verdict(suspect, metrics, fresh, other if changed else "") for suspect in suspects]


def _changed(run: Results, fresh: Results) -> list[str]:
    """Return what a fresh run does not have in common with the run, by name."""
    return changed_factors(_system(run.fingerprint), _system(fresh.fingerprint))


def _system(fingerprint: Mapping[str, Any]) -> dict[str, Any]:
    judge = fingerprint.get("judge") or {}
    system = {key: fingerprint.get(key) for key in (*BINDING, "router_sha256")}
    return system | {"judge": {key: judge.get(key) for key in JUDGE}}


def _verdict(
    suspect: Suspect, metrics: Sequence[str], fresh: Sequence[Results], other: str
) -> CriticalVerdict:
    if not suspect.measured:
        return CriticalVerdict(
            id=suspect.id, verdict="NOT_MEASURED", reasons=[suspect.reason], reruns=[]
        )
    reruns = [_rerun(results.items.get(suspect.id), metrics) for results in fresh]
    failed, passed = reruns.count(False), reruns.count(True)
    word: Word = "INCONCLUSIVE"
    reason = "fresh runs do not decide" if reruns else "it was not run anew"
    if other:
        reason = other
    elif failed >= _DECIDE:
        word, reason = "FAIL", f"{failed} of {len(reruns)} fresh runs fail"
    elif passed >= _DECIDE:
        word, reason = "PASS", f"{passed} of {len(reruns)} fresh runs pass"
    return CriticalVerdict(
        id=suspect.id, verdict=word, reasons=[suspect.reason, reason], reruns=reruns
    )


def _rerun(item: Item | None, metrics: Sequence[str]) -> bool | str:
    """Return whether a fresh run passes, or why that is not known."""
    if item is None:
        return "no result"
    passed = passes(item, metrics)
    return _statuses(item, metrics) if passed is None else passed
