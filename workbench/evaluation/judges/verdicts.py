"""Verdicts that were given, one a line in a file that only grows; a calibration resumes from it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.evaluation.running.keys import call_key
from workbench.locations import private_folder


class VerdictFile:
    """A memo in a file; a line that was cut off in writing is left out.

    Args:
        path: The file; its folder is made and is its owner's alone.
    """

    def __init__(self, path: Path) -> None:
        private_folder(path.parent)
        self._path = path
        self._kept: dict[str, Any] = {}
        if path.exists():
            self._read()

    def __len__(self) -> int:
        return len(self._kept)

    async def get(self, kind: str, key: Mapping[str, Any]) -> Any | None:
        """Return what was kept under a key, or `None`."""
        return self._kept.get(call_key({"kind": kind, **key}))

    async def put(self, kind: str, key: Mapping[str, Any], value: Any) -> None:
        """Keep a value; it is in the file at once."""
        digest = call_key({"kind": kind, **key})
        self._kept[digest] = value
        line = json.dumps({"key": digest, "value": value}, ensure_ascii=False)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    def _read(self) -> None:
        content = self._path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with self._path.open("r+b") as file:
                file.truncate(whole)
        for line in content[:whole].splitlines():
            record = json.loads(line)
            self._kept[record["key"]] = record["value"]
