"""This repository's suites in CI's form: the smallest model on a real vLLM, and its baseline."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.schemas import read_document

from workbench.config import load_settings
from workbench.evaluation.suites.loading import GENERIC, find_suite, list_suites
from workbench.services.postgres import stop_embedded

ROOT = Path(__file__).parents[2]
LIMIT_S = 600


@pytest.fixture(scope="module")
def workbench(served_model, tmp_path_factory):
    """Return a function that runs a command on this repository's suites, with data of its own."""
    folder = tmp_path_factory.mktemp("smoke")
    for name in ("evals", "datasets", "corpus"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "workbench.toml").write_text("")
    settings = served_model.settings
    environment = os.environ | {
        "WORKBENCH_WORKSPACE": str(folder),
        "WORKBENCH_STATE_DIR": str(settings.state_dir),
        "WORKBENCH_SERVER__KV_CACHE_GIB": str(settings.server.kv_cache_gib),
    }

    def run(*arguments):
        command = [sys.executable, "-m", "workbench", *map(str, arguments)]
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=LIMIT_S
        )

    yield run
    stop_embedded(load_settings(folder))


def test_every_suite_of_the_repository_is_valid():
    for name in list_suites(ROOT):
        suite = find_suite(ROOT, name)
        assert suite.description
        if name not in GENERIC and suite.dataset is not None:
            assert (ROOT / suite.dataset).is_file()


@pytest.mark.served
def test_the_hotel_suite_runs_whole_and_the_gate_says_what_was_not_measured(workbench, tmp_path):
    suite = find_suite(ROOT, "hotel-dev")
    done = workbench("eval", "run", "hotel-dev", "--smoke", "--limit", 4, "--json")
    assert done.returncode == 0, done.stderr
    figures = read_document("eval run", done.stdout)
    assert (figures["n"], figures["complete"]) == (4, True)
    assert figures["metrics"]["answer_accuracy"]["coverage"] == 1.0
    assert figures["fingerprint"]["serving"]["weights_sha256"]
    files = {"--junit": tmp_path / "junit.xml", "--markdown": tmp_path / "gate.md"}
    options = [part for pair in files.items() for part in pair]
    baseline = ROOT / str(suite.smoke.baseline)
    gated = workbench("eval", "gate", figures["run"], "--baseline", baseline, "--json", *options)
    verdict = read_document("eval gate", gated.stdout)
    assert (gated.returncode, verdict["verdict"]) == (3, "INCONCLUSIVE")  # four items show little
    assert any("release targets: not measured" in line for line in verdict["warnings"])
    assert all(path.stat().st_size for path in files.values())
    again = workbench("eval", "run", "hotel-dev", "--smoke", "--limit", 4, "--json")
    assert json.loads(again.stdout)["metrics"]["latency_total_s"]["n"] == 0


@pytest.mark.served
@pytest.mark.parametrize("suite", ["hotel-retrieval", "hotel-latency", "cost"])
def test_the_other_suites_run_whole(workbench, suite):
    dataset = () if suite != "cost" else ("--dataset", ROOT / "datasets/hotel/second_dev.jsonl")
    done = workbench("eval", "run", suite, "--smoke", "--limit", 2, "--json", *dataset)
    assert done.returncode == 0, done.stderr
    figures = read_document("eval run", done.stdout)
    assert (figures["n"], figures["complete"]) == (2, True)
