"""Downloads from the Hugging Face hub."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from workbench.errors import WeightsError
from workbench.services.catalogue import HubSource
from workbench.services.weights.progress import Progress
from workbench.services.weights.space import says_full

WANTED = ["*.json", "*.safetensors", "*.jinja", "merges.txt", "vocab.txt", "tokenizer.model"]
"""The files that a server needs; other formats of the same weights are left."""

WATCH_S = 1.0
"""Seconds between two looks at a growing download."""


def download_folder(source: HubSource, folder: Path, total: int, progress: Progress) -> None:
    """Bring a repository's files to `folder`; an interrupted download goes on where it was.

    Args:
        source: The repository and its commit.
        folder: Where the files go.
        total: About how many bytes they are; 0 where that is not known.
        progress: Called with the phase `download`.

    Raises:
        WeightsError: The hub refused or cannot be reached.
    """
    with _quiet(), _watched(folder, total, progress):
        from huggingface_hub import snapshot_download

        try:
            snapshot_download(
                repo_id=source.repository,
                revision=source.revision,
                local_dir=folder,
                allow_patterns=WANTED,
            )
        except Exception as error:
            raise hub_error(source, error) from error


def download_file(source: HubSource, target: Path, total: int, progress: Progress) -> None:
    """Bring one file of a repository to `target`; its SHA-256 is checked by the caller.

    Raises:
        WeightsError: The hub refused or cannot be reached.
    """
    if source.file is None:
        raise WeightsError(f"{source} names no file")
    folder = target.parent / "hub"
    with _quiet(), _watched(folder, total, progress):
        from huggingface_hub import hf_hub_download

        try:
            path = hf_hub_download(
                repo_id=source.repository,
                filename=source.file,
                revision=source.revision,
                local_dir=folder,
            )
        except Exception as error:
            raise hub_error(source, error) from error
    Path(path).replace(target)


def hub_error(source: HubSource, error: Exception) -> Exception:
    """Return the error to show for one of the hub library's; a full disk stays what it is."""
    if isinstance(error, OSError) and says_full(str(error)):
        return error
    if type(error).__name__ == "LocalEntryNotFoundError":
        return WeightsError(f"{source}: the hub cannot be reached")
    text = " ".join(str(error).split())[:200]
    return WeightsError(f"{source}: {type(error).__name__}: {text}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the hub library from writing to the terminal."""
    import huggingface_hub.utils

    library: Any = huggingface_hub.utils
    level, bars_off = library.logging.get_verbosity(), library.are_progress_bars_disabled()
    library.logging.set_verbosity_error()
    library.disable_progress_bars()
    try:
        yield
    finally:
        library.logging.set_verbosity(level)
        if not bars_off:
            library.enable_progress_bars()


@contextmanager
def _watched(folder: Path, total: int, progress: Progress) -> Iterator[None]:
    """Report how much of a download lies in `folder`, while the block runs."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(WATCH_S):
            with suppress(FileNotFoundError):  # finished files are renamed
                done = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
                progress("download", min(done, total), total)

    watcher = threading.Thread(target=watch, daemon=True)
    progress("download", 0, total)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
