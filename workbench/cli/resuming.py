"""What to type to continue a run, and where its results may be written."""

import shlex
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.evaluation.suites.overrides import Overrides

_OPTIONS: Mapping[str, str] = {
    "dataset": "--dataset",
    "corpus": "--corpus",
    "assistant": "--assistant",
    "models": "--model",
    "prompts": "--prompt",
    "settings": "--set",
    "metrics": "--metric",
    "judge": "--judge",
    "router": "--router",
    "repeats": "--repeats",
    "concurrency": "--concurrency",
}


def resume_command(suite: str, given: "Overrides", run: str) -> str:
    """Return the command that continues a run, with what was typed to begin it.

    Args:
        suite: The suite as it was typed.
        given: What was typed beside it.
        run: The run's name.
    """
    words = ["workbench", "eval", "run", suite]
    for name, option in _OPTIONS.items():
        value = getattr(given, name)
        values = value if isinstance(value, list | tuple) else [value]
        words += [word for each in values if each is not None for word in (option, str(each))]
    smoke = ["--smoke"] if given.smoke else []
    return shlex.join([*words, *smoke, "--resume", run])


def result_files(output: Path | None, variants: int) -> list[Path]:
    """Return the file of each variant's results.

    Args:
        output: The first variant's; the others are numbered. Without it there are none.
        variants: How many variants there are.

    Raises:
        UsageError: One is there already, or cannot be written.
    """
    if output is None:
        return []
    if output.suffix != ".jsonl":
        raise UsageError(f"{output} is no name of a result file", "let it end in .jsonl")
    numbers: Sequence[int] = range(2, variants + 1)
    files = [output, *(output.with_stem(f"{output.stem}-{number}") for number in numbers)]
    for file in files:
        if file.exists():
            raise UsageError(f"{file} is already there", "name another file")
    _try_folder(output.parent)
    return files


def _try_folder(folder: Path) -> None:
    """Find out whether files can be made in a folder, or in the one that it will be made in."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(
            f"cannot write into {folder} ({error.strerror})", "name another file for --output"
        ) from error
