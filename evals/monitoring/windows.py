r"""Measures monitoring on the golden windows: which faults are found, which quiet windows flagged.

    python -m evals.monitoring.windows datasets/hotel/windows_dev.jsonl [--apart] [--json] \
        [--output FILE]

Each scenario is written out as log lines and given to `workbench monitor ASSISTANT --json`, in a
workspace of its own, so that no incident is filed where people work. Without `--apart`, one log
holds baseline and window, as the command finds it by default; with it, the baseline is given by
`--baseline` and the log is the window alone. Every scoring of a test part is noted in
`evals/looks.jsonl`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evals.monitoring.window_rendering import Written, render
from evals.monitoring.window_scoring import Scored, figures, score
from evals.monitoring.window_specs import Scenario, load_scenarios
from workbench.config import load_settings
from workbench.errors import WorkbenchError
from workbench.evaluation.datasets.looks import LOG, ensure_look, is_known_test_part, look_at
from workbench.evaluation.fingerprint import code_version
from workbench.evaluation.questions import Question
from workbench.locations import WORKSPACE_FILE
from workbench.services.postgres import stop_embedded

ROOT = Path(__file__).parents[2]
_LIMIT_S = 600
OPERATOR, ROLE = "watcher", "technician"
"""Who runs the command, and a role of the hotel's that may monitor its services."""

Analyse = Callable[[str, Path, Path | None, float], dict[str, Any]]
"""Analyses a log: the assistant's name, the log, the baseline's log, the window in minutes."""


@contextmanager
def command_in_scratch() -> Iterator[Analyse]:
    """Give the command, run in a new workspace whose database is stopped at the end."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        (workspace / WORKSPACE_FILE).write_text("", encoding="utf-8")
        _run(["operators", "add", OPERATOR, "--role", ROLE], workspace)

        def analyse(
            assistant: str, log: Path, baseline: Path | None, minutes: float
        ) -> dict[str, Any]:
            given = ["monitor", assistant, str(log), "--window", f"{minutes:g}", "--json"]
            given += ["--baseline", str(baseline)] if baseline else []
            document: dict[str, Any] = json.loads(_run(given, workspace))
            return document

        try:
            yield analyse
        finally:
            stop_embedded(load_settings(workspace))


def _run(given: Sequence[str], workspace: Path) -> str:
    """Run a command of the workbench and return what it prints.

    Raises:
        SystemExit: It failed; the message is its own.
    """
    elsewhere = ("WORKBENCH_DATABASE_URL",)  # a database where people work
    environment = {name: each for name, each in os.environ.items() if name not in elsewhere}
    own = {"WORKBENCH_WORKSPACE": str(workspace), "WORKBENCH_OPERATOR": OPERATOR}
    done = subprocess.run(
        [sys.executable, "-m", "workbench", *given],
        env={**environment, **own},
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
        check=False,
    )
    if done.returncode:
        sys.exit(f"workbench {' '.join(given)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def judge(question: Question, scenario: Scenario, analyse: Analyse, *, apart: bool) -> Scored:
    """Write a scenario's lines, have them analysed, and score what was said."""
    lines = render(scenario)
    start = scenario.window_start
    with tempfile.TemporaryDirectory() as folder:
        log, baseline = Path(folder) / "log.jsonl", None
        if apart:
            baseline = Path(folder) / "baseline.jsonl"
            _write(baseline, [line for line in lines if line.at < start])
            lines = [line for line in lines if line.at >= start]
        _write(log, lines)
        document = analyse(question.assistant, log, baseline, scenario.window_minutes)
    return score(question, scenario, document)


def _write(path: Path, lines: Sequence[Written]) -> None:
    text = "".join(json.dumps(line.record(), ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")


def note_look(path: Path, n: int) -> None:
    """Add a look at a test part to the log of looks; a dev part may be looked at freely."""
    if not is_known_test_part(path, ROOT):
        return
    commit = code_version(ROOT)["git_commit"]
    run = f"windows-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    look = look_at(path, ROOT, run=run, suite="windows", model="", prompt="", commit=commit, n=n)
    ensure_look(ROOT / LOG, look)


def show(found: dict[str, Any], scored: Sequence[Scored]) -> Iterator[str]:
    """Yield the figures as lines, and every window that was not scored right."""
    for name, value in found.items():
        if isinstance(value, dict) and "share" in value:
            yield _figure(name, value)
    for group in ("by_size", "by_kind"):
        for name, value in found[group].items():
            yield _figure(f"{group.removeprefix('by_')} {name}", value)
    yield from _of_tags(found["by_tag"])
    before = found["baseline"]
    yield (
        f"in the baselines {before['windows_judged']} windows were judged and at most "
        f"{before['flagged_at_most']} flagged"
    )
    for each in scored:
        if not each.right:
            said = ", ".join(each.reported) or "nothing"
            yield f"{'missed' if each.anomalous else 'false alarm'}: {each.id}: {said}"
    for name in found["not_judged"]:
        yield f"no window was judged: {name}"


def _of_tags(by_tag: dict[str, Any]) -> Iterator[str]:
    for tag, value in by_tag.items():
        for name, of_tag in value.items():
            if of_tag["n"]:
                yield _figure(f"{tag}: {name}", of_tag)


def _figure(name: str, value: dict[str, Any]) -> str:
    interval = f"[{value['low']:.3f}, {value['high']:.3f}]" if value["n"] else ""
    return f"{name:40} {value['count']:3} of {value['n']:3}  {interval}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m evals.monitoring.windows")
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--apart", action="store_true", help="give the baseline as a file")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--output", type=Path, help="keep the JSON in a file as well")
    given = parser.parse_args(arguments)
    try:
        scenarios = load_scenarios(given.dataset)
        with command_in_scratch() as analyse:
            scored = [judge(*each, analyse, apart=given.apart) for each in scenarios]
        note_look(given.dataset, len(scored))
    except WorkbenchError as error:
        sys.exit(error.one_line())
    found = figures(scored)
    windows = [each.to_dict() for each in scored]
    text = json.dumps({"apart": given.apart, **found, "windows": windows}, indent=2)
    if given.output:
        given.output.write_text(text + "\n", encoding="utf-8")
    print(text if given.json else "\n".join(show(found, scored)))


if __name__ == "__main__":
    main()
