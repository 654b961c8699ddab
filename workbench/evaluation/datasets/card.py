"""Dataset cards: the YAML head of a folder's README.md.

Beside what the Hugging Face hub defines (`configs`, `license`, `language`), our cards hold
`content_sha256`: the SHA-256 of each data file, by its path. It stands at the top of the head and
not within `configs`, whose unknown keys the `datasets` library refuses.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from workbench.errors import UsageError
from workbench.evaluation.datasets.files import replace_file, sha256_of_file
from workbench.evaluation.datasets.findings import Finding, Severity
from workbench.yaml_text import read_yaml

NAME = "README.md"
HASHES = "content_sha256"
_HEAD = re.compile(r"\A---[ \t]*\n(.*?\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_FORMS = "a list of config_name and data_files, one for each file"


@dataclass(frozen=True, slots=True)
class Part:
    """A data file that a card names.

    Attributes:
        config: The configuration under which it is loaded.
        split: "train", "dev", "test", or another name.
        path: Its path, relative to the card's folder; it may be a pattern.
    """

    config: str
    split: str
    path: str


@dataclass(frozen=True, slots=True)
class Card:
    """A folder's card.

    Attributes:
        path: Its file.
        head: The YAML head as it stands there, without its marks.
        body: All that follows the head.
    """

    path: Path
    head: str
    body: str

    @property
    def values(self) -> dict[str, Any]:
        """The head's values by key.

        Raises:
            UsageError: It is not valid YAML, or no mapping.
        """
        try:
            values = read_yaml(self.head)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f", line {mark.line + 2}" if mark else ""  # the head begins at line 2
            raise UsageError(f"{self.path}{line}: not valid YAML", "correct that line") from error
        if not isinstance(values, dict):
            raise UsageError(f"{self.path}, line 2: not a mapping of keys", "correct it")
        return values

    @property
    def hashes(self) -> dict[str, str]:
        """The content hashes by path; empty where the card has none.

        Raises:
            UsageError: The key holds no mapping.
        """
        hashes = self.values.get(HASHES) or {}
        if not isinstance(hashes, dict):
            raise UsageError(f"{self.path}: key {HASHES!r} is no mapping", "name a hash by file")
        return {str(path): str(value) for path, value in hashes.items()}

    def parts(self) -> list[Part]:
        """Return the data files that the configurations name, in the card's order.

        Raises:
            UsageError: The key `configs` is missing or malformed.
        """
        configs = self.values.get("configs")
        if not isinstance(configs, list) or not configs:
            raise self._malformed()
        return [part for config in configs for part in self._parts_of(config)]

    def with_key(self, key: str, value: Any) -> "Card":
        """Return the card with another value of one key; the rest of the head stays as it is.

        Raises:
            UsageError: The head is laid out so that one key cannot be replaced.
        """
        written = yaml.safe_dump({key: value}, sort_keys=False, allow_unicode=True, width=1000)
        block = re.compile(rf"^{re.escape(key)}:.*\n(?:\n*[ \t-].*\n)*", re.MULTILINE)
        head, found = block.subn(lambda _: written, self.head, count=1)
        changed = replace(self, head=head if found else self.head + written)
        hidden = not found and key in self.values  # under quotes, say; it would stand there twice
        if hidden or changed.values != {**self.values, key: value}:
            raise UsageError(f"{self.path}: cannot place {key!r} in the head", "write it by hand")
        return changed

    def write(self) -> None:
        """Write the card; it is replaced whole or not at all."""
        replace_file(self.path, f"---\n{self.head}---\n{self.body}")

    def _parts_of(self, config: Any) -> Iterator[Part]:
        if not isinstance(config, dict) or not isinstance(config.get("config_name"), str):
            raise self._malformed()
        files = config.get("data_files")
        for entry in files if isinstance(files, list) else [files]:
            split, paths = "train", entry  # the split that the library takes by default
            if isinstance(entry, dict):
                split, paths = entry.get("split", "train"), entry.get("path")
            for path in paths if isinstance(paths, list) else [paths]:
                if not isinstance(path, str) or not isinstance(split, str) or path[:1] in ("", "/"):
                    raise self._malformed()
                yield Part(config["config_name"], split, path)

    def _malformed(self) -> UsageError:
        return UsageError(f"{self.path}: key 'configs' is missing or malformed", f"write {_FORMS}")


def read_card(folder: Path) -> Card:
    """Read a folder's card.

    Raises:
        UsageError: There is no such folder, it has no card, or the card has no YAML head.
    """
    path = folder / NAME
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        if not folder.is_dir():
            raise UsageError(f"there is no folder {folder}", "name a folder of sets") from error
        raise UsageError(
            f"{folder} has no card", f"describe its files in the YAML head of {path}"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"cannot read {path} ({reason})", "make it readable") from error
    head = _HEAD.match(text)
    if head is None:
        raise UsageError(f"{path} has no YAML head", f"begin it with --- and configs: {_FORMS}")
    card = Card(path, head[1], text[head.end() :])
    card.parts()
    return card


def data_files(card: Card) -> dict[str, list[Part]]:
    """Return the files that the card names, each with its entries; patterns are resolved."""
    folder = card.path.parent
    found: dict[str, list[Part]] = {}
    for part in card.parts():
        for path in _matching(folder, part.path) or [part.path]:
            found.setdefault(path, []).append(part)
    return found


def question_files(card: Card) -> list[Path]:
    """Return the JSONL files that the card names, in its order; they may not be there."""
    return [card.path.parent / path for path in data_files(card) if path.endswith(".jsonl")]


def _matching(folder: Path, pattern: str) -> list[str]:
    try:
        files = sorted(path for path in folder.glob(pattern) if path.is_file())
    except ValueError:  # not a pattern that pathlib takes, such as "a**b"
        return []
    return [path.relative_to(folder).as_posix() for path in files]


def check_card(card: Card) -> list[Finding]:
    """Return what is wrong with a card and with its files as a whole."""
    folder, values, hashes = card.path.parent, card.values, card.hashes
    named = data_files(card)
    findings = [
        _of(card, "warning", key, "is missing")
        for key in ("license", "language")
        if key not in values
    ]
    for path in sorted({*named, *jsonl_files(folder), *hashes}):
        if not (folder / path).is_file():
            key = "configs" if path in named else HASHES
            findings.append(_of(card, "error", key, f"{path} is not there"))
        elif path not in named:
            findings.append(_of(card, "error", "configs", f"{path} has no configuration"))
        elif path not in hashes:
            findings.append(_of(card, "error", HASHES, f"{path} has no hash: write it with --fix"))
        elif hashes[path] != sha256_of_file(folder / path):
            said = f"{path} is not what the hash is of: look at the change, then use --fix"
            findings.append(_of(card, "error", HASHES, said))
    return findings


def fix_hashes(card: Card) -> Card:
    """Write the content hashes of all files that are there into the card, and return it."""
    folder = card.path.parent
    hashes = {
        path: sha256_of_file(folder / path)
        for path in data_files(card)
        if (folder / path).is_file()
    }
    if hashes == card.hashes:
        return card
    fixed = card.with_key(HASHES, hashes)
    fixed.write()
    return fixed


def add_parts(card: Card, parts: Mapping[str, Part]) -> Card:
    """Return the card with a configuration for each part, by file name; it is not written."""
    configs = card.values.get("configs") or []
    new = [
        {"config_name": part.config, "data_files": [{"split": part.split, "path": path}]}
        for path, part in parts.items()
    ]
    return card.with_key("configs", [*configs, *new])


def jsonl_files(folder: Path) -> list[str]:
    """Return the paths of a folder's JSONL files, relative to it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.jsonl"))


def _of(card: Card, severity: Severity, key: str, message: str) -> Finding:
    return Finding(severity, str(card.path), None, key, message)
