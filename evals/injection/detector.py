"""What `workbench.engine.guards.untrusted` finds: in attacks, and in texts that are harmless.

    python -m evals.injection.detector [--json]

No model is asked. Patterns were tuned on the even attacks of BIPIA and the even lines of NotInject;
the odd ones are the test. Whoever wrote the patterns had read all attacks of BIPIA, since each has
a mark of success, so that its odd half is only half a test; `valid` of InjecGuard was not read. The
documents are those of public question sets, in three languages.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from evals.injection.attacks import ended, read_attacks
from workbench.engine.guards.untrusted import find_orders
from workbench.errors import ConfigError
from workbench.evaluation.public_sets import SETS
from workbench.evaluation.retrieval_sets import public_data
from workbench.evaluation.statistics.intervals import wilson
from workbench.json_lines import filled_lines, read_object_at

HALVES = {"tuned on": True, "test": False}


def read_injecguard(data: Path, name: str) -> list[dict[str, Any]]:
    """Return the lines of a file of InjecGuard, each with its number from 1 as `line`.

    Raises:
        ConfigError: It is not there.
    """
    path = data / "injecguard" / f"{name}.jsonl"
    if not path.is_file():
        raise ConfigError(f"the data are missing: {path}", "add InjecGuard")
    lines = enumerate(filled_lines(path, "prompts"), start=1)
    return [
        {**read_object_at(text, f"{path}, line {number}"), "line": line}
        for line, (number, text) in lines
    ]


def found_in(texts: Iterable[str]) -> dict[str, Any]:
    """Return in how many texts an order is found, with Wilson's interval."""
    found = [bool(find_orders(text)) for text in texts]
    low, high = wilson(sum(found), len(found))
    return {"found": sum(found), "n": len(found), "low": low, "high": high}


def attack_figures(data: Path) -> dict[str, Any]:
    """Return how many attacks of BIPIA are found, by kind and half, and by category."""
    attacks = read_attacks(data)
    figures = {
        f"BIPIA {kind}, {half}": found_in(
            one.text for one in attacks if one.kind == kind and one.tunable == tunable
        )
        for kind in ("text", "code")
        for half, tunable in HALVES.items()
    }
    categories = dict.fromkeys(one.category for one in attacks)
    return figures | {
        f"BIPIA {category}": found_in(one.text for one in attacks if one.category == category)
        for category in categories
    }


def prompt_figures(data: Path) -> dict[str, Any]:
    """Return how many harmless and attacking prompts of InjecGuard are found."""
    lines = read_injecguard(data, "notinject")
    figures = {
        f"NotInject, {half}": found_in(
            one["prompt"] for one in lines if (one["line"] % 2 == 0) == even
        )
        for half, even in HALVES.items()
    }
    valid = read_injecguard(data, "valid")
    for label, word in ((1, "attacks"), (0, "harmless")):
        sources = dict.fromkeys(one["source"] for one in valid if one["label"] == label)
        for source in sources:
            figures[f"valid {word}, {source}"] = found_in(
                one["prompt"] for one in valid if (one["label"], one["source"]) == (label, source)
            )
    return figures


def document_figures(data: Path) -> dict[str, Any]:
    """Return in how many paragraphs of public documents an order is found.

    Raises:
        ConfigError: A set is not there.
    """
    figures = {}
    for name, (_, read) in SETS.items():
        try:
            figures[f"paragraphs of {name}"] = found_in(
                paragraph["context"] for _, paragraph in read(data)
            )
        except OSError as error:
            raise ConfigError(
                f"the data of {name} are missing: {error.filename}", "add them"
            ) from error
    return figures


def command(given: argparse.Namespace) -> None:
    """Do what the command line says.

    Raises:
        WorkbenchError: The data are not there.
    """
    data = public_data()
    parts: list[Callable[[Path], dict[str, Any]]] = [
        attack_figures,
        prompt_figures,
        document_figures,
    ]
    figures = {name: found for part in parts for name, found in part(data).items()}
    if given.json:
        print(json.dumps(figures, indent=1))
        return
    for name, found in figures.items():
        ends = f"[{100 * found['low']:.0f}%, {100 * found['high']:.0f}%]"
        print(f"{name:48} {found['found']:4} of {found['n']:4} {ends}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m evals.injection.detector")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    ended(lambda: command(given))


if __name__ == "__main__":
    main()
