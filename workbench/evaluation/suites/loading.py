"""Finding and reading suites: those in `evals/` of the workspace, and the generic ones.

A suite is `evals/NAME.yaml`, or `evals/FOLDER/STEM.yaml` and then called FOLDER-STEM.
"""

import difflib
import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from workbench.errors import UnknownNameError, UsageError
from workbench.evaluation.metrics.catalogue import METRICS
from workbench.evaluation.suites.kinds import KINDS
from workbench.evaluation.suites.suite import GateRule, Smoke, Suite, Variant
from workbench.yaml_text import LOADER

FOLDER = "evals"
_KIND = re.compile(r"^kind:", re.M)
GENERIC = {
    "answers": "Answers of an assistant, or over any corpus.",
    "retrieval": "The search alone.",
    "routing": "The router alone.",
    "latency": "How long answers take, one at a time.",
    "cost": "What answers cost.",
}
"""Suites that need no file: they take any question set and corpus."""

_PARTS: dict[str, type[Any]] = {"variants": Variant, "gate": GateRule, "smoke": Smoke}


def list_suites(workspace: Path) -> dict[str, Path | None]:
    """Return all suites by name, with their files; `None` for the generic ones."""
    found: dict[str, Path | None] = dict.fromkeys(GENERIC)
    folder = workspace / FOLDER
    for path in sorted(folder.glob("*.yaml")):
        found[path.stem] = path
    for path in filter(_is_suite, sorted(folder.glob("*/*.yaml"))):
        found.setdefault(suite_name(path), path)
    return found


def suite_name(path: Path) -> str:
    """Return what the suite in a file is called."""
    folders = path.absolute().parents
    grouped = len(folders) > 1 and folders[0].name != FOLDER and folders[1].name == FOLDER
    return f"{folders[0].name}-{path.stem}" if grouped else path.stem


def _is_suite(path: Path) -> bool:
    """Tell whether a file in a folder of `evals/` is a suite, and not the data of a script."""
    try:
        return bool(_KIND.search(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError):
        return False


def find_suite(workspace: Path, name: str) -> Suite:
    """Return a suite by name, or by the path of its file.

    Raises:
        UnknownNameError: There is none of that name; the hint gives the nearest.
        UsageError: Its file cannot be read; the message names file, line and key.
    """
    known = list_suites(workspace)
    if name in known:
        path = known[name]
        return load_suite(path) if path else generic_suite(name)
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        return load_suite(path)
    nearest = difflib.get_close_matches(name, list(known), n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(nearest)}?" if nearest else f"there are: {', '.join(known)}"
    raise UnknownNameError(f"there is no suite {name!r}", hint)


def generic_suite(kind: str) -> Suite:
    """Return the suite of a kind that takes any question set and corpus."""
    return Suite.model_validate({"name": kind, "kind": kind, "description": GENERIC[kind]})


def load_suite(path: Path) -> Suite:
    """Read a suite's file.

    Raises:
        UsageError: It cannot be read, or says something wrong; the message names file, line, key
            and, for an unknown one, the nearest that there is.
    """
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=LOADER)
        content = yaml.load(text, Loader=LOADER)  # noqa: S506 - a safe loader
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"cannot read the suite {path} ({reason})", "name a YAML file") from error
    except yaml.YAMLError as error:
        raise UsageError(f"{path}{_mark(error)}: not valid YAML", "correct that line") from error
    if repeated := _repeated_key(node):
        raise UsageError(
            f"{path}, line {repeated[1]}: key {repeated[0]!r} is there twice", "drop one"
        )
    if not isinstance(content, dict):
        raise UsageError(f"{path}, line 1: not a mapping of keys", "begin with: kind: answers")
    try:
        return Suite.model_validate({"name": suite_name(path), **content})
    except ValidationError as error:
        raise _bad_suite(path, node, content, error) from error


def _repeated_key(node: Any) -> tuple[str, int] | None:
    """Return the first key that a mapping has twice, of which YAML would keep the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                return str(key.value), int(key.start_mark.line) + 1
            seen.add(key.value)
    parts = node.value if isinstance(node, yaml.MappingNode | yaml.SequenceNode) else []
    values = [part[1] if isinstance(part, tuple) else part for part in parts]
    return next((found for value in values if (found := _repeated_key(value))), None)


def _mark(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}" if mark else ""


def _bad_suite(path: Path, node: Any, content: Any, error: ValidationError) -> UsageError:
    first = error.errors()[0]
    loc = tuple(first["loc"])
    key = ".".join(str(part) for part in loc)
    place = f"{path}, line {_line(node, loc)}"
    if first["type"] == "missing":
        return UsageError(f"{place}: key {key!r} is missing", "add it")
    if first["type"] == "extra_forbidden":
        nearest = difflib.get_close_matches(str(loc[-1]), _keys_beside(loc), n=1, cutoff=0.0)
        return UsageError(f"{place}: unknown key {key!r}", f"the nearest is {nearest[0]!r}")
    where = f"key {key!r}: " if key else ""
    message = first["msg"].removeprefix("Value error, ")
    return UsageError(f"{place}: {where}{message}", _hint(loc, content))


def _hint(loc: tuple[int | str, ...], content: Any) -> str:
    """Name the nearest valid value where there is a list of them."""
    known = {"metrics": list(METRICS), "kind": list(KINDS), "gate": list(METRICS)}
    if not loc or loc[0] not in known:
        return "correct it"
    given = content.get(loc[0])
    wrong = [name for name in (given if isinstance(given, list | dict) else [given])]
    unknown = [str(name) for name in wrong if name not in known[str(loc[0])]]
    nearest = difflib.get_close_matches((unknown or [""])[0], known[str(loc[0])], n=1, cutoff=0.0)
    return f"the nearest is {nearest[0]!r}" if unknown else "correct it"


def _keys_beside(loc: tuple[int | str, ...]) -> list[str]:
    part = _PARTS.get(str(loc[0]), Suite) if len(loc) > 1 else Suite
    return list(part.model_fields)


def _line(node: Any, loc: tuple[int | str, ...]) -> int:
    """Return the line of the deepest part of a place that the file holds, from 1."""
    line = node.start_mark.line + 1 if node else 1
    for part in loc:
        child = _child(node, part)
        if child is None:
            break
        key, node = child
        line = key.start_mark.line + 1
    return int(line)


def _child(node: Any, part: int | str) -> tuple[Any, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None
