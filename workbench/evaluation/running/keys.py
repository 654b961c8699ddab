"""The identity of a call: everything that decides its result, in one hash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import workbench.engine


def call_key(parts: Mapping[str, Any]) -> str:
    """Return the hash of the parts: equal parts, and only those, give the same one.

    Args:
        parts: Plain JSON types; the order of a mapping's keys does not matter.
    """
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What decides the calls of a run besides the single request.

    Attributes:
        serving: The server, its flags and weights (`services.identity`).
        index: The content of the index and its encoder.
        retrieval: The settings of the search.
        engine: The hash of the engine's code, which does the search.
        schema: The schema that the server holds a reply to; `None` for free text.
        tools: The tools that the model may call.
    """

    serving: Mapping[str, Any] = field(default_factory=dict)
    index: Mapping[str, Any] = field(default_factory=dict)
    retrieval: Mapping[str, Any] = field(default_factory=dict)
    engine: str = ""
    schema: Mapping[str, Any] | None = None
    tools: tuple[Mapping[str, Any], ...] = ()

    def retrieval_key(self, asked: Mapping[str, Any]) -> str:
        """Return the key of a search; the same search gives the same passages in every repeat."""
        parts = {"index": self.index, "retrieval": self.retrieval, "engine": self.engine}
        return call_key({**_plain(parts), "asked": dict(asked)})

    def generation_key(self, asked: Mapping[str, Any], repeat: int) -> str:
        """Return the key of a reply; repeats are different draws, so each has its own."""
        parts = {"serving": self.serving, "schema": self.schema, "tools": list(self.tools)}
        return call_key({**_plain(parts), "asked": dict(asked), "repeat": repeat})


def code_hash() -> str:
    """Return the hash of the engine's source files: a changed search is another search."""
    digest = hashlib.sha256()
    folder = Path(workbench.engine.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _plain(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: dict(value) if isinstance(value, Mapping) else value for key, value in parts.items()
    }
