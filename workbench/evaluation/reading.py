"""What result files and baselines say, checked before anything is computed from it.

Every fault is a `ValueError` with a text for people; the readers add the file, the line and the
item. Names of items come from outside, so that texts hold them as `repr` writes them.
"""

import json
from collections.abc import Mapping
from reprlib import repr as shortened
from typing import Any, NoReturn, TypeVar, cast, get_args

from workbench.evaluation.metrics.catalogue import METRICS
from workbench.evaluation.metrics.score import Score, Status

T = TypeVar("T")

_MOST = 1e100
"""Beyond it, sums of squares are no numbers any more."""
_ROUNDING = 1e-9
"""By how much a share may miss 0 or 1, since sums of fractions are rounded."""
_NAMES: Mapping[type, str] = {
    str: "a text",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}
_TABLES = ("suite_definition", "variant", "judge", "serving", "metric_versions")
"""Entries of fingerprints that are objects, or null."""


def parse(text: str | bytes) -> Any:
    """Return what a JSON text says; NaN and Infinity are not JSON.

    Raises:
        JSONDecodeError: It is no JSON, such as a line that was cut off.
        UnicodeDecodeError: It is no text.
        ValueError: It holds what no file of ours holds.
    """
    try:
        content = json.loads(text, parse_constant=_refuse)
        json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except UnicodeEncodeError as error:
        raise ValueError("it holds half a character") from error
    return content


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def entry(record: Any, key: str, kind: type[T], default: T | None = None) -> T:
    """Return an entry of an object.

    Raises:
        ValueError: It is no object, has not the entry, or the entry is of another kind.
    """
    if not isinstance(record, dict):
        raise ValueError(f"{shortened(record)} is no object")
    if key not in record:
        if default is None:
            raise ValueError(f"{key!r} is missing")
        return default
    value = record[key]
    if not isinstance(value, kind):
        raise ValueError(f"{key!r} is {shortened(value)}, not {_NAMES[kind]}")
    return value


def texts(record: Any, key: str) -> tuple[str, ...]:
    """Return an entry that is a list of texts; empty where it is missing.

    Raises:
        ValueError: It is something else.
    """
    return tuple(entries(record, key, str))


def entries(record: Any, key: str, kind: type[T]) -> list[T]:
    """Return an entry that is a list of one kind; empty where it is missing.

    Raises:
        ValueError: It is something else.
    """
    values = entry(record, key, list, [])
    for value in values:
        if not isinstance(value, kind):
            raise ValueError(f"{key!r} holds {shortened(value)}, not {_NAMES[kind]}")
    return values


def head(content: Any) -> tuple[str, str, dict[str, Any]]:
    """Return run, suite and fingerprint, which every file has.

    Raises:
        ValueError: One is missing or of another kind.
    """
    run, suite = entry(content, "run", str), entry(content, "suite", str)
    about = dict(entry(content, "fingerprint", dict))
    for key in _TABLES:
        if about.get(key) is not None:
            entry(about, key, dict)
    if about.get("suite_definition"):
        texts(about["suite_definition"], "metrics")
        entry(about["suite_definition"], "kind", str, "")
    for name, version in (about.get("metric_versions") or {}).items():
        if isinstance(version, bool) or not isinstance(version, int):
            raise ValueError(f"the version of {name} is {shortened(version)}, not a whole number")
    return run, suite, about


def read_score(name: str, status: Any, value: Any, reason: Any = "") -> Score:
    """Return a score.

    Raises:
        ValueError: The status is unknown, the value does not go with it, or is none of the metric.
    """
    if status not in get_args(Status):
        raise ValueError(f"{name} has the unknown status {shortened(status)}")
    if not isinstance(reason, str):
        raise ValueError(f"the reason of {name} is {shortened(reason)}, not a text")
    known = cast("Status", status)
    if known == "scored":
        return Score(known, _number(name, value), reason)
    if value is not None:
        raise ValueError(f"{name} is {known}, but has the value {shortened(value)}")
    return Score(known, None, reason)


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} is scored, but its value is {shortened(value)}")
    if not abs(value) <= _MOST:
        raise ValueError(f"{name} has the value {shortened(value)}, which is no usable number")
    metric = METRICS.get(name)
    if metric is None or metric.scale not in ("binary", "share"):
        return float(value)
    if not -_ROUNDING <= value <= 1 + _ROUNDING:
        raise ValueError(f"{name} has the value {shortened(value)}, which is not from 0 to 1")
    return min(1.0, max(0.0, float(value)))
