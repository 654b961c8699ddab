"""Continuing a run: it stays what it was when it began."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from workbench.errors import UsageError
from workbench.evaluation.differences import differing
from workbench.evaluation.fingerprint import BINDING
from workbench.evaluation.running.options import RunOptions
from workbench.evaluation.suites.suite import Suite
from workbench.store.runs import StoredRun

T = TypeVar("T")
_LONGEST = 120
"""Characters of a value that are told."""


def as_begun(stored: StoredRun, options: RunOptions) -> RunOptions:
    """Return the options with what the run itself decides: its items, and what it reuses.

    Raises:
        UsageError: The options choose items or another number of repeats, or nothing is to be
            reused by a run that reused.
    """
    if options.limit is not None or options.only is not None:
        raise UsageError(
            f"{stored.id} has questions of its own, which a run that is continued keeps",
            "leave --limit out",
        )
    if options.repeats not in (None, stored.repeats):
        raise UsageError(
            f"{stored.id} was begun with --repeats {stored.repeats}", "leave --repeats out"
        )
    reuses = "generation" in stored.fingerprint.get("reused", ())
    if options.fresh and reuses:
        raise UsageError(f"{stored.id} was begun without --fresh", "leave it out, or begin anew")
    return replace(options, only=frozenset(stored.asked), fresh=not reuses)


def own_variant(stored: StoredRun, suite: Suite, varied: Sequence[T], names: Sequence[str]) -> T:
    """Return the variant that a run is of.

    Args:
        stored: The run.
        suite: The suite that is continued.
        varied: Its variants, in any form.
        names: Their names.

    Raises:
        UsageError: The run is of another suite, or of none of these variants.
    """
    if stored.suite != suite.name or stored.variant not in names:
        raise UsageError(
            f"{stored.id} is a run of {stored.suite}, variant {stored.variant}",
            f"continue it: workbench eval run {stored.suite} --resume {stored.id}",
        )
    return varied[names.index(stored.variant)]


def refuse_change(stored: StoredRun, current: Mapping[str, Any]) -> None:
    """Refuse to continue a run on something else than it began on.

    Args:
        stored: The run.
        current: What is known of the fingerprint so far; what either lacks is not compared.

    Raises:
        UsageError: An entry that binds differs; the message names it with both values.
    """
    for key in BINDING:
        if key not in stored.fingerprint or key not in current:
            continue
        before, now = stored.fingerprint[key], current[key]
        if before != now:
            before, now = _unequal(before, now)
            raise UsageError(
                f"{stored.id} was made with another {key} ({before} there, {now} now)",
                "use the same as then, or begin a new run without --resume",
            )


def _unequal(before: Any, now: Any) -> tuple[str, str]:
    """Return what differs between two values, short enough for a line."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        changed = differing(before, now)
        before, now = ({key: pair[at] for key, pair in changed.items()} for at in (0, 1))
    return _short(before), _short(now)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
