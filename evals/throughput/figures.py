"""From single measurements to figures: rates, their spread, shares of the ceiling, verdicts."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from scipy import stats

Cell = Mapping[str, Any]
"""One contestant, in one setting, in one round, with its report."""

OURS, CEILING = "ours", "ceiling"
RATES = {"items_per_minute": "asking", "whole_items_per_minute": "the whole process"}


def spread(values: Sequence[float]) -> dict[str, Any]:
    """Return the rounds' values with their mean, least and most."""
    return {
        "rounds": list(values),
        "mean": sum(values) / len(values),
        "min": min(values),
        "max": max(values),
    }


def pooled_deviation(groups: Sequence[Sequence[float]]) -> tuple[float, int]:
    """Return the deviation of a rate's logarithm between rounds, and its degrees of freedom.

    It is pooled over the contestants as in an analysis of variance, since each has few rounds; on
    logarithms, since noise is a share of the rate. Without a second round there are no degrees.
    """
    squares, freedom = 0.0, 0
    for values in groups:
        logs = [math.log(value) for value in values]
        mean = sum(logs) / len(logs)
        squares += sum((one - mean) ** 2 for one in logs)
        freedom += len(logs) - 1
    return (math.sqrt(squares / freedom) if freedom else 0.0), freedom


def verdict(ours: Sequence[float], other: Sequence[float], deviation: float, freedom: int) -> str:
    """Tell whether our rates differ from another's by more than noise.

    They do where the difference of the mean logarithms exceeds Fisher's least significant
    difference at 5%: t(0.975) * deviation * sqrt(1/n + 1/m).
    """
    if freedom == 0:
        return "noise unknown: one round"
    logs = [sum(map(math.log, values)) / len(values) for values in (ours, other)]
    least = stats.t.ppf(0.975, freedom) * deviation * math.sqrt(1 / len(ours) + 1 / len(other))
    if abs(logs[0] - logs[1]) <= least:
        return "equal within noise"
    return "ahead" if logs[0] > logs[1] else "behind"


def setting_figures(cells: Sequence[Cell]) -> dict[str, Any]:
    """Return the figures of all contestants in one setting.

    The share of the ceiling is that of the rate while asking: vLLM's benchmark leaves its own
    start out as well.
    """
    names = list(dict.fromkeys(cell["contestant"] for cell in cells))
    own = {name: [cell for cell in cells if cell["contestant"] == name] for name in names}
    result = {name: _contestant_figures(own[name]) for name in names}
    for rate in RATES:
        values = {name: result[name][rate]["rounds"] for name in names}
        deviation, freedom = pooled_deviation(list(values.values()))
        for name in names:
            if OURS in values and name != OURS:
                found = verdict(values[OURS], values[name], deviation, freedom)
                result[name].setdefault("ours_against_it", {})[rate] = found
    if CEILING in result:
        most = result[CEILING]["items_per_minute"]["mean"]
        for name in names:
            result[name]["share_of_ceiling"] = result[name]["items_per_minute"]["mean"] / most
    return result


def _contestant_figures(cells: Sequence[Cell]) -> dict[str, Any]:
    last = cells[-1]
    return {
        **{rate: spread([cell[rate] for cell in cells]) for rate in RATES},
        "peak_mib": max(cell["peak_mib"] for cell in cells),
        "failures": [cell["failures"] for cell in cells],
        "prompt_tokens": [cell["prompt_tokens"] for cell in cells],
        "completion_tokens": [cell["completion_tokens"] for cell in cells],
        "version": last["version"],
        "note": last["note"],
    }


def summarise(cells: Sequence[Cell]) -> dict[str, Any]:
    """Return the figures by setting, in the order in which the settings were first measured."""
    settings = dict.fromkeys(cell["setting"] for cell in cells)
    return {
        setting: setting_figures([cell for cell in cells if cell["setting"] == setting])
        for setting in settings
    }


def table(summary: Mapping[str, Any]) -> str:
    """Return the figures as a Markdown table."""
    lines = [
        "| Setting | Contestant | Items a minute (least to most) | Whole process | Of the ceiling "
        "| Peak MiB | Failures | Ours against it |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for setting, contestants in summary.items():
        for name, found in contestants.items():
            lines.append(_row(setting, name, found))
    return "\n".join(lines) + "\n"


def _row(setting: str, name: str, found: Mapping[str, Any]) -> str:
    asking, whole = found["items_per_minute"], found["whole_items_per_minute"]
    share = found.get("share_of_ceiling")
    verdicts = found.get("ours_against_it", {})
    cells = [
        setting,
        name,
        f"{asking['mean']:.1f} ({asking['min']:.1f} to {asking['max']:.1f})",
        f"{whole['mean']:.1f}",
        "" if share is None else f"{share:.0%}",
        f"{found['peak_mib']:.0f}",
        str(sum(found["failures"])),
        "; ".join(f"{RATES[rate]}: {text}" for rate, text in verdicts.items()),
    ]
    return f"| {' | '.join(cells)} |"
