"""Contestant: our own `workbench eval run`, as anybody runs it.

Unlike the others it is not handed the chats: it searches for every question, writes its prompt,
scores with all metrics of the suite `answers` and stores everything in Postgres, whose memory is
not counted. The index is there already (`prepare.py` made it). The child alone is measured.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from evals.throughput.common import Asked, Prompt, contestant_options, peak_mib, run_contestant

SUITE = Path(__file__).with_name("suite.yaml")


def command(options: argparse.Namespace, prompts: list[Prompt], output: Path) -> list[str]:
    """Return our command; without a number, it finds the concurrency while running."""
    given = [sys.executable, "-m", "workbench", "eval", "run", str(SUITE)]
    given += ["--dataset", str(options.dataset), "--corpus", str(options.corpus)]
    given += ["--limit", str(len(prompts)), "--fresh", "--json", "--output", str(output)]
    if options.concurrency is not None:
        given += ["--concurrency", str(options.concurrency)]
    return given


def ask(options: argparse.Namespace, prompts: list[Prompt]) -> Asked:
    """Run the suite and read its figures, its export and its times in the store.

    Raises:
        SystemExit: It did not run, or asked other questions than those prepared.
    """
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "run.jsonl"
        started = time.perf_counter()
        done = subprocess.run(
            command(options, prompts, output), stdout=subprocess.PIPE, check=False, text=True
        )
        wall_s, peak = time.perf_counter() - started, peak_mib(resource.RUSAGE_CHILDREN)
        if not output.exists():
            raise SystemExit(f"workbench eval run ended with {done.returncode}")
        records = [json.loads(line) for line in output.read_text("utf-8").splitlines()[1:]]
    figures = json.loads(done.stdout)
    if {record["id"] for record in records} != {prompt.id for prompt in prompts}:
        raise SystemExit("the dataset's first questions are not those that were prepared")
    answered = [record for record in records if record["outcome"] not in ("failed", "cancelled")]
    return Asked(
        asking_s=asking_seconds(figures["run"]),
        items=len(answered),
        failures=len(prompts) - len(answered),
        prompt_tokens=sum(record["usage"]["prompt"] for record in answered),
        completion_tokens=sum(record["usage"]["completion"] for record in answered),
        version=f"rag-workbench {figures['fingerprint']['version']}",
        note=f"with search, scoring and storing; {_reused(answered)} searches or replies reused",
        wall_s=wall_s,
        peak_mib=peak,
    )


def asking_seconds(run: str) -> float:
    """Return the seconds from a run's beginning in the store to its last item."""
    from workbench.config import load_settings
    from workbench.store.database import open_database

    query = """
        SELECT extract(epoch FROM max(i.created_at) - r.created_at)::float8
        FROM workbench.eval_runs r JOIN workbench.eval_items i ON i.run_id = r.id
        WHERE r.id = %s GROUP BY r.created_at
    """
    with open_database(load_settings()).transaction() as connection:
        row = connection.execute(query, (run,)).fetchone()
    assert row is not None
    return float(row[0])


def _reused(records: list[dict[str, object]]) -> int:
    return sum(bool(record["reused"]) for record in records)


def main() -> None:
    """Run what the command line names; the server's address is that of the workspace."""
    parser = contestant_options("ask_ours")
    parser.add_argument("--dataset", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    run_contestant(parser, ask)


if __name__ == "__main__":
    main()
