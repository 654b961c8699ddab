"""What a run measured and on what, so that two runs can be told apart."""

import hashlib
import os
import platform
import subprocess
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import workbench
from workbench.config import Settings
from workbench.evaluation.running.keys import code_hash

BINDING = (
    "dataset_sha256", "corpus", "metric_versions", "assistant", "prompt", "prompt_sha256", "model",
    "serving", "index", "embedder", "retrieval", "answer", "engine", "judge",
)  # fmt: skip
"""What must not change between the parts of one run."""


def fingerprint(
    settings: Settings,
    serving: Mapping[str, Any],
    index: Mapping[str, Any],
    measured: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the fingerprint of a run as plain JSON types.

    Args:
        settings: The workspace's settings.
        serving: What answers (`services.identity`); empty where no model is asked.
        index: The content of what is searched.
        measured: What the caller knows: suite, dataset, corpus, assistant, prompt, repeats.
    """
    package = Path(__file__).parents[1]
    return {
        **measured,
        "model": serving.get("model", ""),
        "weights": serving.get("weights", ""),
        "quantisation": serving.get("quantisation", ""),
        "serving": dict(serving),
        "index": dict(index),
        "embedder": settings.embedder,
        "retrieval": settings.retrieval.model_dump(mode="json"),
        "answer": settings.answer.model_dump(mode="json"),
        "engine": code_hash(),
        **code_version(package),
        "packages_sha256": packages_hash(),
        "hardware": hardware(),
    }


def packages_hash() -> str:
    """Return one hash of the names and versions of all installed packages."""
    names = {(one.name or "").lower(): one.version for one in metadata.distributions()}
    lines = [f"{name}=={version}" for name, version in sorted(names.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


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

    `git_dirty` is the hash of what was changed since in the folder, empty where nothing was. A
    copy installed below someone else's repository has no commit of its own.
    """
    commit = _git(folder, "rev-parse", "HEAD") if _git(folder, "ls-files") else ""
    changes = _git(folder, "diff", "HEAD", "--", str(folder)) if commit else ""
    dirty = hashlib.sha256(changes.encode()).hexdigest()[:16] if changes else ""
    return {"version": workbench.__version__, "git_commit": commit, "git_dirty": dirty}


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
