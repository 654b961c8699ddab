"""Downloads from the Hugging Face hub."""

from pathlib import Path

from workbench.errors import WeightsError
from workbench.services.catalogue import HubSource
from workbench.services.weights.progress import Progress
from workbench.services.weights.space import says_full

WANTED = ["*.json", "*.safetensors", "*.jinja", "merges.txt", "vocab.txt", "tokenizer.model"]
"""The files that a server needs; other formats of the same weights are left."""


def download_folder(source: HubSource, folder: Path, progress: Progress) -> None:
    """Bring a repository's files to `folder`; an interrupted download goes on where it was.

    Raises:
        WeightsError: The hub refused or cannot be reached.
    """
    from huggingface_hub import snapshot_download

    progress(f"download from {source}", 0, 0)
    try:
        snapshot_download(
            repo_id=source.repository,
            revision=source.revision,
            local_dir=folder,
            allow_patterns=WANTED,
        )
    except Exception as error:
        raise hub_error(source, error) from error


def download_file(source: HubSource, target: Path, progress: Progress) -> None:
    """Bring one file of a repository to `target`; its SHA-256 is checked by the caller.

    Raises:
        WeightsError: The hub refused or cannot be reached.
    """
    if source.file is None:
        raise WeightsError("it names no file")
    from huggingface_hub import hf_hub_download

    progress(f"download from {source}", 0, 0)
    folder = target.parent / "hub"
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
    text = " ".join(str(error).split())[:200]
    return WeightsError(f"{source}: {type(error).__name__}: {text}")
