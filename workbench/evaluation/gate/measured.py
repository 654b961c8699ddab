"""Whether a metric was measured well enough to decide anything."""

from collections.abc import Callable
from typing import NamedTuple

from workbench.evaluation.columns import score_of
from workbench.evaluation.differences import metric_version, other_questions
from workbench.evaluation.gate.verdict import Word
from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.results import Item, Results, currencies_of

LEAST_COVERAGE = 0.95
JUDGE = ("model", "weights", "weights_sha256", "quantisation", "temperature", "prompts")
"""What makes a judge another one."""

Fit = Callable[[str, Results], str]
"""Says of a judged metric and a run why its judge may not decide; an empty text where it may."""


class Finding(NamedTuple):
    """A verdict with its reason."""

    verdict: Word
    reason: str


def no_card(metric: str, run: Results) -> str:
    """Say that a judge without a card may not decide."""
    return "its judge was not calibrated against people"


def unmeasured(name: str, run: Results, baseline: Results | None, fit: Fit) -> Finding | None:
    """Return why a metric decides nothing in a run; `None` where it does.

    In this order: it was not computed, its judge is not fit or not the baseline's, the cost of an
    item is not known, it applies to no item, too few of the items to which it applies were scored,
    or too few of the baseline's are paired.
    """
    if not any(name in item.metrics for item in run.items.values()):
        return Finding("NOT_MEASURED", "the run did not measure it")
    judged = metric_named(name).judged
    if judged and (reason := fit(name, run) or _other_judge(run, baseline)):
        return Finding("NOT_MEASURED", reason)
    if name == "cost" and (reason := _unknown_cost(run, baseline)):
        return Finding("NOT_MEASURED", reason)
    share = coverage(name, run, baseline)
    if share is None:
        return Finding("NOT_MEASURED", "it applies to no item of the run")
    if share < LEAST_COVERAGE:
        return Finding("INCONCLUSIVE", _too_few("of its items have a score", share))
    paired = _pairing(name, run, baseline) if baseline else None
    if paired is not None and paired < LEAST_COVERAGE:
        return Finding("INCONCLUSIVE", _too_few("of the baseline's items are paired", paired))
    return None


def incomparable(name: str, run: Results, baseline: Results) -> str:
    """Return why a metric of a run says nothing beside the baseline's; empty where it does."""
    if other_questions(baseline.fingerprint, run.fingerprint):
        return "the baseline is of another question set: make a baseline of this one"
    then, now = (metric_version(each.fingerprint, name) for each in (baseline, run))
    if then != now:
        return f"the baseline measured it by version {then} of its definition, the run by {now}"
    return ""


def coverage(name: str, run: Results, baseline: Results | None) -> float | None:
    """Return the share of the items to which a metric applies that the run scored.

    An item that the run has not, though it is about it, counts as not scored; but not where the
    metric does not apply to it in the baseline.
    """
    scored = applicable = 0
    for identifier in run.asked or run.items:
        item = run.items.get(identifier)
        if item is None:
            before = baseline.items.get(identifier) if baseline else None
            applicable += before is None or applies(before, name)
        else:
            scored += score_of(item, name).value is not None
            applicable += applies(item, name)
    return scored / applicable if applicable else None


def applies(item: Item, name: str) -> bool:
    """Tell whether a metric applies to an item."""
    return score_of(item, name).status != "not_applicable"


def _pairing(name: str, run: Results, baseline: Results) -> float | None:
    """Return the share of the baseline's items that both scored.

    An item to which the metric does not apply in the run, such as the citations of an answer that
    has none, is no missing pair; one that the run has left out is.
    """
    paired = expected = 0
    for identifier, before in baseline.items.items():
        after = run.items.get(identifier)
        if not applies(before, name) or (after is not None and not applies(after, name)):
            continue
        expected += 1
        both = (before, after) if after is not None else ()
        paired += len(both) == 2 and all(score_of(item, name).value is not None for item in both)
    return paired / expected if expected else None


def _other_judge(run: Results, baseline: Results | None) -> str:
    """Return why verdicts cannot be compared; empty where one judge gave them all."""
    if baseline is None:
        return ""
    judges = [results.fingerprint.get("judge") or {} for results in (run, baseline)]
    changed = [key for key in JUDGE if judges[0].get(key) != judges[1].get(key)]
    if not changed:
        return ""
    return f"the baseline had another judge (its {', '.join(changed)}): judge it anew"


def _too_few(what: str, share: float) -> str:
    percent = int(share * 1000 + 1e-9) / 10
    return f"only {percent:g}% {what}, and {LEAST_COVERAGE:.0%} are needed"


def _unknown_cost(run: Results, baseline: Results | None) -> str:
    """Return why costs cannot be compared; empty where they can."""
    for results in (run, baseline):
        if results is None:
            continue
        answered = [item for item in results.items.values() if item.answered]
        unknown = sum(score_of(item, "cost").value is None for item in answered)
        if unknown:
            return (
                f"the cost of {unknown} of {len(answered)} items of {results.run} is not known:"
                " give the model a price"
            )
    return _other_currencies(run, baseline)


def _other_currencies(run: Results, baseline: Results | None) -> str:
    found = {each.run: currencies_of(each) for each in (run, baseline) if each is not None}
    currencies = sorted({name for names in found.values() for name in names})
    if len(currencies) > 1:
        return f"costs are in different currencies: {', '.join(currencies)}"
    untold = [name for name, names in found.items() if not names]
    if currencies and untold:
        return f"the currency of the costs of {untold[0]} is not known: write it anew"
    return ""
