"""How far the same system differs from itself: the floor below which no difference means much."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.errors import UsageError
from workbench.evaluation.columns import cluster_of, metric_names, score_of, within_unit
from workbench.evaluation.differences import changed_factors
from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.results import Item, Results
from workbench.evaluation.statistics.intervals import mean_interval, share_interval
from workbench.evaluation.summary import finite
from workbench.locations import private_folder, workspace_state

_Z = 1.959964


def measure_noise(runs: Sequence[Results], seconds: float | None = None) -> dict[str, Any]:
    """Return how each metric varies from run to run, as plain JSON types.

    `sd` is the standard deviation of one item's score between runs, and `flip_rate`, for verdicts
    of 0 or 1, the share of items on which two runs disagree; both with 95% intervals over items.

    Args:
        runs: At least two of one system, which reused nothing.
        seconds: How long all of them took together.

    Raises:
        UsageError: There are fewer than two, one is incomplete, they share no item, or are not of
            one system.
    """
    if len(runs) < 2:
        raise UsageError("noise needs two runs of the same system", "run it at least twice")
    for run in runs:
        _refuse_incomplete(run)
    for other in runs[1:]:
        if changed := changed_factors(runs[0].fingerprint, other.fingerprint):
            differs = f"{', '.join(changed)} differ"
            raise UsageError(
                f"{runs[0].run} and {other.run} are not of one system: {differs}",
                "give runs of the same system",
            )
    shared = [name for name in runs[0].items if all(name in run.items for run in runs)]
    if not shared:
        raise UsageError(f"the runs of {runs[0].suite} share no item", "give runs of one set")
    items = [[run.items[name] for run in runs] for name in shared]
    return {
        "suite": runs[0].suite,
        "runs": [run.run for run in runs],
        "n": len(shared),
        "seconds_per_item": seconds / (len(shared) * len(runs)) if seconds else None,
        "metrics": {
            name: figures
            for name in metric_names(runs[0].items.values())
            if (figures := _metric_noise(name, items)) is not None
        },
    }


def _refuse_incomplete(run: Results) -> None:
    about = run.asked or tuple(run.items)
    missing = [name for name in about if name not in run.items or not run.items[name].answered]
    if missing:
        raise UsageError(
            f"{run.run} is incomplete: {len(missing)} of {len(about)} items have no answer",
            "measure the noise again when the system answers",
        )


def _metric_noise(name: str, items: Sequence[Sequence[Item]]) -> dict[str, Any] | None:
    """Return a metric's noise over the items that every run scored; `None` where there is none."""
    values, clusters = [], []
    for tries in items:
        scores = [score_of(item, name).value for item in tries]
        found = [score for score in scores if score is not None]
        if len(found) == len(tries):
            values.append(found)
            clusters.append(cluster_of(tries[0]))
    if not values:
        return None
    bounded = within_unit(metric_named(name), [value for row in values for value in row])
    variances = [_variance(row) for row in values]
    low, high = mean_interval(variances, clusters, bounded=bounded)
    figures: dict[str, Any] = {
        "n": len(values),
        "mean": math.fsum(map(math.fsum, values)) / (len(values) * len(values[0])),
        "sd": math.sqrt(math.fsum(variances) / len(variances)),
        "sd_low": math.sqrt(max(0.0, low)) if math.isfinite(low) else 0.0,
        "sd_high": finite(math.sqrt(high)),
    }
    if metric_named(name).scale == "binary":
        figures |= _flips(values, clusters)
    return figures


def _variance(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _flips(values: Sequence[Sequence[float]], clusters: Sequence[str]) -> dict[str, float]:
    """Return on how many items two of the runs disagree."""
    rates = [_disagreement(row) for row in values]
    if len(values[0]) == 2:
        low, high = share_interval(rates, clusters)
    else:
        low, high = mean_interval(rates, clusters, bounded=True)
    return {"flip_rate": math.fsum(rates) / len(rates), "flip_low": low, "flip_high": high}


def _disagreement(row: Sequence[float]) -> float:
    """Return the share of pairs of runs that disagree on an item."""
    pairs = len(row) * (len(row) - 1) / 2
    same = sum(count * (count - 1) / 2 for count in map(row.count, set(row)))
    return 1 - same / pairs


def within_noise(comparison: Mapping[str, Any], record: Mapping[str, Any]) -> list[str]:
    """Return the metrics whose difference two runs of the same system may show as well.

    Args:
        comparison: What `compare` returned.
        record: The noise of the same suite.
    """
    found = []
    for name, figures in comparison["metrics"].items():
        noise = record["metrics"].get(name)
        if noise is None or not figures.get("difference"):
            continue
        if abs(figures["difference"]) <= _Z * math.sqrt(2 / figures["n"]) * noise["sd"]:
            found.append(name)
    return found


def save_noise(workspace: Path, record: Mapping[str, Any]) -> Path:
    """Keep a suite's noise with the workspace's state, and return the file."""
    path = _file(workspace, record["suite"])
    private_folder(path.parent)
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def load_noise(workspace: Path, suite: str) -> dict[str, Any] | None:
    """Return a suite's noise; `None` where it was not measured.

    Raises:
        UsageError: The file is damaged.
    """
    path = _file(workspace, suite)
    if not path.is_file():
        return None
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return record | {"metrics": dict(record["metrics"])}
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UsageError(f"{path} cannot be read ({error!r})", "measure the noise anew") from error


def _file(workspace: Path, suite: str) -> Path:
    return workspace_state(workspace) / "noise" / f"{suite}.json"
