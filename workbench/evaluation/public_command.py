"""The command line of the modules that convert public sets."""

import argparse
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from workbench.errors import WorkbenchError

Convert = Callable[[str, Path, int | None, int], object]
"""Takes a set's name, the folder to write into, how many records, and the seed of the draw."""


def convert_named(
    module: str, sets: Collection[str], convert: Convert, arguments: Sequence[str] | None
) -> None:
    """Convert the set that the command line names.

    Args:
        module: The module that is run.
        sets: The names of its sets.
        convert: Converts one.
        arguments: The command line; the process's own when `None`.

    Raises:
        SystemExit: It cannot be converted; with one line that says why.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {module}")
    parser.add_argument("name", choices=sorted(sets))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    try:
        convert(given.name, given.folder, given.limit, given.seed)
    except WorkbenchError as error:
        sys.exit(error.one_line())
