"""The gate: the worst of what each metric and each critical item says.

In this order: a metric that was not measured well enough decides nothing; a critical item that the
baseline passes and fresh runs fail is a FAIL; then each metric's margin beside the baseline, and
its floor. Without a baseline only floors and critical items count.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from workbench.errors import UsageError
from workbench.evaluation.columns import column, paired_column
from workbench.evaluation.comparison import shared_pairs
from workbench.evaluation.gate.critical import (
    CriticalItems,
    Rerun,
    confirm,
    deciding_metrics,
    find_critical,
)
from workbench.evaluation.gate.floors import floor_in_unit, judge_floor
from workbench.evaluation.gate.margins import Drop, adjusted, judge_drop, measure_drop
from workbench.evaluation.gate.measured import (
    Finding,
    Fit,
    coverage,
    incomparable,
    no_card,
    unmeasured,
)
from workbench.evaluation.gate.verdict import GateVerdict, MetricVerdict, worst_of
from workbench.evaluation.gate.warnings import baseline_warnings
from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.results import Results
from workbench.evaluation.statistics.paired import change_interval
from workbench.evaluation.suites.suite import GateRule, Suite
from workbench.evaluation.summary import finite, metric_figures


@dataclass(frozen=True, slots=True)
class Gate:
    """What is gated.

    Attributes:
        rules: The gate set: a rule for each metric that decides, declared before the run.
        critical_tags: Items with one of these tags may not fail, like those marked critical.
        stand_in: Whether the run is of a stand-in for the release model, so that what floors ask
            of that one was not measured.
    """

    rules: Mapping[str, GateRule]
    critical_tags: tuple[str, ...] = ()
    stand_in: bool = False


@dataclass(slots=True)
class _Metric:
    """What is found on one metric, while the gate looks at it."""

    name: str
    rule: GateRule
    figures: MetricVerdict
    findings: list[Finding] = field(default_factory=list)
    drop: Drop | None = None


def gate_of(run: Results, suite: Suite | None = None) -> Gate:
    """Return what a run's own suite gates, as its fingerprint holds it, or what another one does.

    Raises:
        UsageError: The fingerprint holds no suite, or the suite gates nothing.
    """
    if suite is None:
        definition = run.fingerprint.get("suite_definition")
        if not definition:
            raise UsageError(f"run {run.run} does not say which suite it is of", "add --suite NAME")
        suite = _declared(run, definition)
    critical = any(item.critical for item in run.items.values())
    if not suite.gate and not suite.critical_tags and not critical:
        raise UsageError(f"the suite {suite.name} gates nothing", "give it a gate: METRIC: {...}")
    return Gate(suite.gate, suite.critical_tags, stand_in=bool(run.fingerprint.get("smoke")))


def _declared(run: Results, definition: Mapping[str, Any]) -> Suite:
    try:
        return Suite.model_validate(definition)
    except ValidationError as error:
        what = error.errors()[0]
        place = ".".join(str(part) for part in what["loc"])
        raise UsageError(
            f"the suite that run {run.run} holds cannot be read ({place}: {what['msg']})",
            "add --suite NAME",
        ) from error


def decide(
    run: Results,
    baseline: Results | None,
    gate: Gate,
    rerun: Rerun | None = None,
    fit: Fit = no_card,
) -> GateVerdict:
    """Decide over a run.

    Args:
        run: What is to be released.
        baseline: What it is compared with, item by item.
        gate: What decides.
        rerun: Runs critical items anew; without it a broken one stays undecided.
        fit: Says why the judge of a metric may not decide; by default no judge may.

    Raises:
        UsageError: Run and baseline share no item.
    """
    if baseline is not None:
        shared_pairs(baseline, run)
    metrics = [
        _look_at(_Metric(name, rule, _figures(name, run, baseline)), run, baseline, gate, fit)
        for name, rule in gate.rules.items()
    ]
    _judge_margins(metrics)
    decided = [metric for metric in metrics if metric.findings]
    critical, names = _find_critical(run, baseline, gate, fit)
    verdicts = confirm(critical.suspects, names, run, rerun)
    found = [_verdict_of(metric) for metric in decided]
    words = [each["verdict"] for each in [*found, *verdicts]]
    if critical.checked > len(critical.suspects) + len(critical.undecidable):
        words.append("PASS")
    return GateVerdict(
        run=run.run,
        suite=run.suite,
        baseline=baseline.run if baseline else None,
        verdict=worst_of(words),
        n=len(run.asked or run.items),
        metrics=found,
        critical_checked=critical.checked,
        critical=verdicts,
        warnings=_warnings(run, baseline, gate, metrics, critical),
    )


def _look_at(
    metric: _Metric, run: Results, baseline: Results | None, gate: Gate, fit: Fit
) -> _Metric:
    """Measure a metric and judge its floor; margins are judged together, afterwards."""
    has_floor = metric.rule.floor is not None
    if baseline is None and not has_floor:
        return metric
    problem = unmeasured(metric.name, run, baseline, fit)
    if problem is not None:
        metric.findings.append(problem)
        return metric
    if has_floor and gate.stand_in:
        metric.findings.append(Finding("NOT_MEASURED", "its floor is for the release model"))
    elif has_floor:
        _check_floor(metric, run)
    if baseline is not None:
        _compare(metric, run, baseline)
    return metric


def _figures(name: str, run: Results, baseline: Results | None) -> MetricVerdict:
    summary = metric_figures(name, list(run.items.values()))
    return MetricVerdict(
        metric=name,
        verdict="NOT_MEASURED",
        reasons=[],
        mean=summary["mean"],
        interval=None if summary["mean"] is None else [summary["low"], summary["high"]],
        floor=None,
        baseline_mean=None,
        difference=None,
        low=None,
        high=None,
        margin=None,
        bound=None,
        p=None,
        p_holm=None,
        n=int(summary["n"] or 0),
        n_needed=None,
        coverage=coverage(name, run, baseline),
    )


def _check_floor(metric: _Metric, run: Results) -> None:
    found = column(metric.name, run.items.values())
    assert metric.rule.floor is not None and metric.figures["interval"] is not None
    floor = floor_in_unit(found, metric.rule.floor)
    low, high = metric.figures["interval"]
    ends = (float("-inf") if low is None else low, float("inf") if high is None else high)
    finding, needed = judge_floor(found, ends, floor)
    metric.findings.append(finding)
    metric.figures["floor"] = floor
    metric.figures["n_needed"] = needed


def _compare(metric: _Metric, run: Results, baseline: Results) -> None:
    if reason := incomparable(metric.name, run, baseline):
        metric.findings.append(Finding("INCONCLUSIVE", reason))
    else:
        _measure_margin(metric, run, baseline)


def _measure_margin(metric: _Metric, run: Results, baseline: Results) -> None:
    found = paired_column(metric.name, shared_pairs(baseline, run))
    if not found.pairs:
        metric.findings.append(Finding("NOT_MEASURED", "no item has a score in both runs"))
        return
    metric.drop = measure_drop(found, metric.rule.margin)
    changes = found.changes()
    low, high = change_interval(changes)
    sign = 1 if found.metric.higher_is_better else -1
    metric.figures |= {
        "baseline_mean": sum(found.before) / len(found.before),
        "difference": changes.mean,
        "low": finite(low),
        "high": finite(high),
        "margin": metric.drop.margin,
        "bound": finite(sign * metric.drop.bound),
        "p": metric.drop.p,
        "n": metric.drop.n,
    }


def _judge_margins(metrics: list[_Metric]) -> None:
    drops = {metric.name: metric.drop for metric in metrics if metric.drop is not None}
    p_values = adjusted(drops, {metric.name: metric for metric in metrics})
    for metric in metrics:
        if metric.drop is None:
            continue
        p = metric.figures["p_holm"] = p_values[metric.name]
        finding, needed = judge_drop(metric.drop, p, len(metrics))
        metric.findings.append(finding)
        both = [each for each in (metric.figures["n_needed"], needed) if each is not None]
        metric.figures["n_needed"] = max(both, default=None)


def _verdict_of(metric: _Metric) -> MetricVerdict:
    figures = metric.figures
    figures["verdict"] = worst_of(finding.verdict for finding in metric.findings)
    figures["reasons"] = [finding.reason for finding in metric.findings]
    return figures


def _find_critical(
    run: Results, baseline: Results | None, gate: Gate, fit: Fit
) -> tuple[CriticalItems, list[str]]:
    usable = [name for name in gate.rules if not (metric_named(name).judged and fit(name, run))]
    names = deciding_metrics(usable, run.items.values())
    return find_critical(run, baseline, names, gate.critical_tags), names


def _warnings(
    run: Results,
    baseline: Results | None,
    gate: Gate,
    metrics: list[_Metric],
    critical: CriticalItems,
) -> list[str]:
    warnings = []
    if gate.stand_in:
        warnings.append("release targets: not measured, as the release model was not run")
    idle = [metric.name for metric in metrics if not metric.findings]
    if idle:
        warnings.append(f"not checked, as there is neither baseline nor floor: {', '.join(idle)}")
    if critical.undecidable:
        listed = ", ".join(critical.undecidable)
        warnings.append(f"critical, but no metric says whether they pass: {listed}")
    if baseline is not None:
        warnings += baseline_warnings(run, baseline)
    return warnings
