"""Question sets as typed datasets of the Hugging Face `datasets` library, without a network.

The card's configurations are read by the library itself. The lines are read by
`workbench.evaluation.questions`: the library's own JSON reader (5.2.0) turns a column of dates such
as "2024-01-02" into timestamps even where a feature says string, leaves absent keys null (so that
`answerable` would be false), stops at empty lines, and names no line when something is wrong.
"""

import tempfile
from pathlib import Path
from typing import Any

from workbench.errors import UnknownNameError, UsageError
from workbench.evaluation.datasets.card import read_card
from workbench.evaluation.questions import load_questions


def load_hf(folder: Path, name: str) -> Any:
    """Return one configuration of a folder's card as a `datasets.DatasetDict`.

    Args:
        folder: A folder with a card and JSONL files.
        name: The configuration.

    Returns:
        By split, a `datasets.Dataset` with the features of `features()`; keys that a line does not
        have hold the defaults of `Question`. Nothing is kept in the library's cache.

    Raises:
        UnknownNameError: The card has no such configuration.
        UsageError: The folder has no card, or a line is no question.
    """
    configs = list(dict.fromkeys(part.config for part in read_card(folder).parts()))
    if name not in configs:
        raise UnknownNameError(
            f"{folder} has no configuration {name!r}", f"there are: {', '.join(configs)}"
        )
    import datasets

    splits = {
        split: [question.model_dump() for path in paths for question in load_questions(path)]
        for split, paths in _files(folder, name).items()
    }
    return datasets.DatasetDict(
        {
            split: datasets.Dataset.from_list(rows, features=features(), split=split)
            for split, rows in splits.items()
        }
    )


def resolve_dataset(path: Path) -> Path:
    """Return the file of a question set that is named by its file, or as FOLDER/CONFIGURATION.

    Raises:
        UsageError: The folder's card has no such configuration, or it has several files.
    """
    if path.suffix or path.exists() or not (path.parent / "README.md").is_file():
        return path
    files = [file for of_split in _files(path.parent, path.name).values() for file in of_split]
    if len(files) != 1:
        raise UsageError(f"the configuration {path} has {len(files)} files", "name one of them")
    return files[0]


def features() -> Any:
    """Return the columns of a question set as `datasets.Features`."""
    from datasets import Features, Json, List, Value

    text, flag = Value("string"), Value("bool")
    return Features(
        {
            "id": text,
            "assistant": text,
            "lang": text,
            "user_input": text,
            "reference": text,
            "reference_facts": List(List(text)),
            "forbidden_facts": List(text),
            "reference_contexts": List(text),
            "reference_documents": List({"document": text, "page": Value("int32")}),
            "answerable": flag,
            "reference_tool_calls": List({"name": text, "args": Json()}),
            "history": List(text),
            "cluster": text,
            "tags": List(text),
            "critical": flag,
        }
    )


def _files(folder: Path, name: str) -> dict[str, list[Path]]:
    """Return a configuration's files by split, as the library resolves them."""
    from datasets import load_dataset_builder

    with tempfile.TemporaryDirectory() as scratch:
        try:
            builder = load_dataset_builder(str(folder.resolve()), name, cache_dir=scratch)
        except (ValueError, OSError, TypeError) as error:
            raise UsageError(
                f"{folder}, configuration {name!r}: {error}", "correct the card"
            ) from error
        files = builder.config.data_files or {}
        return {str(split): [Path(path) for path in paths] for split, paths in files.items()}
