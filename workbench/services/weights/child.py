"""Runs heavy work on weights in a process of its own.

torch then never loads in the command line's process, and all memory returns when the work is done.
The child writes lines of JSON to its standard output: `["phase", done, total]`.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from workbench.errors import ResourceError, WeightsError
from workbench.services.weights.progress import Progress
from workbench.services.weights.space import disk_full, says_full

KILLED = (-9, 137)
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def run_child(
    module: str, arguments: list[str], target: Path, needed: int, progress: Progress
) -> None:
    """Run `python -m module arguments` to its end, passing its progress on.

    Args:
        module: The module to run.
        arguments: Its command line.
        target: The folder that it writes, for the message when the disk is full.
        needed: Bytes that it writes, for the same message.
        progress: Called with what the child says.

    Raises:
        WeightsError: The child failed; the message carries its last line.
        ResourceError: The disk is full, or the system killed the child for its memory.
    """
    command = [sys.executable, "-m", module, *arguments]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        child = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=said, text=True, env=os.environ | OFFLINE
        )
        try:
            _pass_on(child, progress)
        finally:
            child.kill()
            child.wait()
        if child.returncode != 0:
            said.seek(0)
            raise _failure(module, child.returncode, said.read(), target, needed)


def child_main(work: Callable[[list[str]], None]) -> None:
    """Run a child's work; a failure becomes one last line on stderr and the exit code 1."""
    try:
        work(sys.argv[1:])
    except Exception as error:  # the parent shows this line; a traceback would hide it
        sys.stderr.write(f"\n{type(error).__name__}: {' '.join(str(error).split())}\n")
        sys.stderr.flush()
        sys.exit(1)


def report(phase: str, done: int, total: int) -> None:
    """Tell the parent how far the child is."""
    sys.stdout.write(json.dumps([phase, done, total]) + "\n")
    sys.stdout.flush()


def _pass_on(child: subprocess.Popen[str], progress: Progress) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        try:
            phase, done, total = json.loads(line)
        except ValueError:
            continue  # a library's own print
        progress(str(phase), int(done), int(total))
    child.wait()


def _failure(
    module: str, code: int, said: str, target: Path, needed: int
) -> WeightsError | ResourceError:
    step = module.rpartition(".")[2]
    if says_full(said):
        return disk_full(target, needed, f"the step {step!r}")
    if code in KILLED:
        message = f"the step {step!r} was killed, most likely for want of memory"
        return ResourceError(message, "close other programs, or choose a smaller model")
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reason = lines[-1] if lines else f"exit code {code}"
    return WeightsError(f"the step {step!r} failed: {reason}", "run the same command again")
