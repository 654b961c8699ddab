"""Text as Postgres can store it."""

import json
from typing import Any


def storable(text: str) -> str:
    """Return the text without what Postgres cannot hold: NUL and unpaired surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def storable_json(value: Any) -> str:
    """Return plain JSON types as text for a `jsonb` column."""
    return json.dumps(_cleaned(value), ensure_ascii=False, default=str)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(key)): _cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(inner) for inner in value]
    return value
