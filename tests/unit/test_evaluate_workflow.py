"""The example workflow: what its step that runs the suite makes of the command's exit codes."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

WORKFLOW = Path(__file__).parents[2] / ".github" / "workflows" / "evaluate.yml"
SCRIPT = """#!/bin/sh
echo "$@" >> {log}
case "$*" in *--resume*) echo '{{"run": "s-1"}}'; exit {second};; esac
printf '%s' '{first}'
exit {code}
"""


@pytest.fixture
def step():
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    steps = yaml.safe_load(WORKFLOW.read_text())["jobs"]["gate"]["steps"]
    return next(step["run"] for step in steps if step.get("name") == "Run the suite")


@pytest.mark.parametrize(
    ("code", "first", "second", "ends", "commands"),
    [
        (0, '{"run": "s-1"}', 0, 0, 1),
        (1, '{"run": "s-1"}', 0, 0, 2),
        (1, '{"run": "s-1"}', 1, 1, 2),
        (1, "", 0, 1, 1),
        (1, '{"runs": []}', 0, 1, 1),
        (1, "{oops", 0, 1, 1),
        (2, "", 0, 2, 1),
    ],
)
def test_only_a_run_with_a_name_is_continued(tmp_path, step, code, first, second, ends, commands):
    log, tool = tmp_path / "log", tmp_path / "workbench"
    tool.write_text(SCRIPT.format(log=log, first=first, code=code, second=second))
    tool.chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "REPORTS": str(tmp_path / "reports"),
        "SUITE": "s",
    }
    done = subprocess.run(
        ["bash", "-e", "-c", step], env=environment, capture_output=True, timeout=60
    )
    assert done.returncode == ends
    said = log.read_text().splitlines()
    assert len(said) == commands
    if commands == 2:
        assert "--resume s-1" in said[1]
