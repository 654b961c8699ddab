"""What a run measured and on what, so that two runs can be told apart."""

import hashlib
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

import workbench
from workbench.config import Settings
from workbench.services.endpoints import Endpoint

BINDING = ("dataset_sha256", "corpus", "assistant", "prompt", "model", "retrieval", "answer")
"""What must not change between the parts of one run."""


def fingerprint(
    settings: Settings, endpoint: Endpoint, concurrency: int, **measured: Any
) -> dict[str, Any]:
    """Return the fingerprint of a run as plain JSON types.

    Args:
        settings: The workspace's settings.
        endpoint: Where the model is served.
        concurrency: How many questions are under way at once.
        **measured: What the caller knows: dataset, corpus, assistant, prompt, limit.
    """
    return {
        **measured,
        "model": endpoint.name,
        "weights": endpoint.weights,
        "quantisation": endpoint.quantisation,
        "embedder": settings.embedder,
        "retrieval": settings.retrieval.model_dump(mode="json"),
        "answer": settings.answer.model_dump(mode="json"),
        "concurrency": concurrency,
        **code_version(Path(__file__).parent),
        "hardware": hardware(),
    }


def sha256_of(path: Path) -> str:
    """Return the hash of a file, or of a folder's files with their relative paths."""
    digest = hashlib.sha256()
    if path.is_file():
        digest.update(path.read_bytes())
        return digest.hexdigest()
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        digest.update(file.relative_to(path).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def code_version(folder: Path) -> dict[str, Any]:
    """Return the code's version, and its commit where `folder` is part of a checkout.

    A copy installed below someone else's repository has no commit of its own.
    """
    commit = _git(folder, "rev-parse", "HEAD") if _git(folder, "ls-files") else ""
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no") if commit else ""
    return {"version": workbench.__version__, "git_commit": commit, "git_dirty": bool(changes)}


def hardware() -> dict[str, Any]:
    """Return the processor's name and the cores that this process may use."""
    return {"cpu": _cpu_name(), "cores": len(os.sched_getaffinity(0))}


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            process_group=0,  # a ctrl-c must not make it fail: the commit would seem unknown
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
