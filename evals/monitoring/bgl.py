"""Measures monitoring on loghub's BGL: which windows with alerts are flagged, which without.

BGL is a supercomputer's log whose lines people labelled as alerts or not (Zhu et al. 2023, "Loghub:
A Large Collection of System Log Datasets for AI-driven Log Analytics"). The data are free for
research and stay outside the repository: WORKBENCH_PUBLIC_DATA names their folder.

    python evals/monitoring/bgl.py [--window MINUTES ...] [--json]

A window counts as one with alerts when a line of it carries a label. The windows before the first
that can be judged are the baseline and count as neither; labels are never shown to the analysis.
"""

import argparse
import csv
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from workbench.engine.monitoring.definition import Monitoring, Service
from workbench.engine.monitoring.detection import Detector
from workbench.engine.monitoring.log import Log, LogBuilder
from workbench.engine.monitoring.windows import cut_windows

FILE = Path("loghub") / "BGL_first1000_structured.csv"
WINDOWS = (60.0, 360.0, 1440.0)


def read(path: Path) -> tuple[Log, np.ndarray]:
    """Return the log, and whether each line is an alert."""
    builder, alerts = LogBuilder((), ()), []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            at = datetime.strptime(row["Time"], "%Y-%m-%d-%H.%M.%S.%f").replace(tzinfo=UTC)
            builder.add(row["Component"], row["Level"], row["Content"], at, {})
            alerts.append(row["Label"] != "-")
    return builder.build(), np.array(alerts)


def measure(log: Log, alerts: np.ndarray, minutes: float, level: float) -> dict[str, object]:
    """Return the flagged windows among those with alerts and among those without."""
    monitoring = Monitoring(services={"KERNEL": Service()}, false_alarms=level)
    windows = cut_windows(log, minutes)
    detector = Detector(log, windows, monitoring)
    findings, judged = detector.judge()
    flagged = {one.window for one in findings}
    first = windows.count - judged
    with_alerts = {int(one) for one in windows.of_line[alerts] if one >= first}
    filled = {int(one) for one in windows.of_line if one >= first}
    enough = {one for one in with_alerts if alerts[windows.of_line == one].sum() >= 3}
    return {
        "minutes": minutes,
        "level": level,
        "windows": windows.count,
        "judged": judged,
        "judged_with_lines": len(filled),
        "recall": share(len(with_alerts & flagged), len(with_alerts)),
        "recall_of_windows_with_3_alerts_or_more": share(len(enough & flagged), len(enough)),
        "alert_lines_in_flagged_windows": share(
            int(alerts[np.isin(windows.of_line, list(flagged))].sum()),
            int(alerts[windows.of_line >= first].sum()),
        ),
        "false_alarms": share(len(flagged - with_alerts), judged - len(with_alerts)),
        "kinds": {
            kind: sum(one.kind == kind for one in findings)
            for kind in ("error_spike", "template_burst", "new_template", "silence")
        },
    }


def share(count: int, n: int) -> dict[str, float | int | None]:
    """Return a share with Wilson's 95% interval."""
    if not n:
        return {"count": 0, "n": 0, "share": None, "low": None, "high": None}
    low, high = proportion_confint(count, n, method="wilson")
    return {"count": count, "n": n, "share": count / n, "low": float(low), "high": float(high)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Monitoring on loghub's BGL")
    parser.add_argument("--window", type=float, nargs="+", default=WINDOWS)
    parser.add_argument("--level", type=float, default=0.001)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    path = Path(os.environ.get("WORKBENCH_PUBLIC_DATA", ".")) / FILE
    if not path.is_file():
        sys.exit(f"{path} is not there: WORKBENCH_PUBLIC_DATA names the folder that holds it")
    log, alerts = read(path)
    results = [measure(log, alerts, minutes, given.level) for minutes in given.window]
    if given.json:
        print(json.dumps(results, indent=2))
        return
    for result in results:
        print(f"windows of {result['minutes']:g} minutes: {result['judged']} judged")
        for name, value in result.items():
            if isinstance(value, dict) and "n" in value:
                interval = f"({value['low']:.3f} to {value['high']:.3f})" if value["n"] else ""
                print(f"  {name:42} {value['count']:4} of {value['n']:4} {interval}")
        print(f"  {result['kinds']}")


if __name__ == "__main__":
    main()
