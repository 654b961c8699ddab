"""Cards: what a judge is worth on a labelled set. They are small and hold no text of the set."""

import json
import re
from pathlib import Path
from typing import Any

from workbench.errors import UsageError

FOLDER = Path("evals") / "judges"
"""Where a workspace keeps its cards."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MEND = "make it again, or remove it"
_NEEDED = {
    "judge": str,
    "set": str,
    "metric": str,
    "fit": bool,
    "why": str,
    "kappa": dict,
    "identity": dict,
}


def check_name(name: str) -> str:
    """Return a name that can be part of a file's name.

    Raises:
        UsageError: It cannot.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a judge", "use letters, digits, dots and dashes")
    return name


def write_card(folder: Path, card: dict[str, Any]) -> Path:
    """Write a card, whole or not at all, over an earlier one of the same judge and set."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{card['judge']}-{card['set']}.json"
    partial = path.with_suffix(".json.partial")
    partial.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    partial.replace(path)
    return path


def read_cards(folder: Path) -> list[dict[str, Any]]:
    """Return the cards of a folder, ordered by judge and set; none where there is no folder.

    Raises:
        UsageError: A file is no card.
    """
    cards = [_read(path) for path in sorted(folder.glob("*.json"))]
    return sorted(cards, key=lambda card: (card["judge"], card["set"]))


def _read(path: Path) -> dict[str, Any]:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} is no judge card ({error})", _MEND) from error
    if not isinstance(card, dict) or not all(
        isinstance(card.get(key), kind) for key, kind in _NEEDED.items()
    ):
        raise UsageError(f"{path} is no judge card", _MEND)
    return card
