"""Fail when test coverage lies below the floor, or when the floor was lowered.

usage: coverage_floor.py COVERAGE_JSON
"""

import json
import subprocess
import sys
from pathlib import Path

FLOOR = Path(__file__).parent / "coverage_floor"


def measured(report: Path) -> float:
    """Return the percentage of lines and branches that a coverage.py JSON report counts."""
    return float(json.loads(report.read_text())["totals"]["percent_covered"])


def earlier_floors(floor: Path) -> list[float]:
    """Return the floors of all commits up to this one that git knows; none outside git."""
    log = _git(floor.parent, "log", "--full-history", "--format=%H", "HEAD", "--", floor.name)
    texts = (_git(floor.parent, "show", f"{commit}:./{floor.name}") for commit in log.split())
    return [float(text) for text in texts if text]


def fault(covered: float, floor: float, earlier: list[float]) -> str:
    """Return what is wrong, or an empty text."""
    highest = max(earlier, default=floor)
    if floor < highest:
        return f"the floor was lowered from {highest:g} to {floor:g}: put it back"
    if covered < floor:
        return f"{covered:.2f}% covered, below the floor of {floor:g}%: test what is new"
    return ""


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ""


def main(report: Path, floor_file: Path = FLOOR) -> int:
    """Check a report and return an exit status."""
    floor = float(floor_file.read_text())
    covered = measured(report)
    wrong = fault(covered, floor, earlier_floors(floor_file))
    if wrong:
        print(f"coverage: {wrong}", file=sys.stderr)
        return 1
    print(f"coverage: {covered:.2f}%, floor {floor:g}%")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
