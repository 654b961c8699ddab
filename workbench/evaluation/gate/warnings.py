"""What whoever reads a gate's verdict should know of its baseline besides."""

from collections.abc import Mapping
from typing import Any

from workbench.evaluation.differences import factor_warnings
from workbench.evaluation.results import Results


def baseline_warnings(run: Results, baseline: Results) -> list[str]:
    """Warn of items without a partner, of changed factors, and of a gate declared otherwise."""
    before, after = baseline.fingerprint, run.fingerprint
    return [
        *_pairing(run, baseline),
        *factor_warnings(before, after),
        *_declared_anew(before, after),
    ]


def _pairing(run: Results, baseline: Results) -> list[str]:
    after, before = (set(each.asked or each.items) for each in (run, baseline))
    warnings = []
    if run.run == baseline.run:
        warnings.append(f"run and baseline are the same run: {run.run}")
    if new := len(after - before):
        warnings.append(f"{new} of {len(after)} items of the run are not in the baseline")
    if gone := len(before - after):
        warnings.append(f"{gone} of {len(before)} items of the baseline are not in the run")
    return warnings


def _declared_anew(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    parts = [fingerprint.get("suite_definition") or {} for fingerprint in (before, after)]
    if all(parts) and any(
        parts[0].get(key) != parts[1].get(key) for key in ("gate", "critical_tags")
    ):
        return ["the gate was declared otherwise for the baseline"]
    return []
