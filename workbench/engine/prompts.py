"""Versioned prompts: files with a system part and a user part, rendered with Jinja."""

import hashlib
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from workbench.errors import ConfigError
from workbench.yaml_text import read_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoting:
    """How an answer is made of the passages' own sentences, which the model only judges.

    Attributes:
        words: The length of what is quoted, tools' answers beside it included.
        refuse_below: The probability of "yes" below which the quotes are no answer.
    """

    words: int
    refuse_below: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt in two parts.

    Attributes:
        name: The file's name without its ending.
        version: The version that the file states.
        system: The static part, sent first so that the server's prefix cache holds it.
        examples: Turns that show the model what is wanted, each what the user says and the reply;
            they are static too, and so cost no time once the server has read them.
        quoting: Set where the answer is quoted, and the model only says yes or no to it; else the
            model writes the answer.
        user: The Jinja template of the part that changes with every question.
    """

    name: str
    version: str
    system: str
    user: str
    examples: tuple[tuple[str, str], ...] = ()
    quoting: Quoting | None = None

    @property
    def label(self) -> str:
        """The name, version and a hash of the text: what results are filed under."""
        parts = [self.system, self.user, *itertools.chain.from_iterable(self.examples)]
        if self.quoting is not None:
            parts.append(f"{self.quoting.words} {self.quoting.refuse_below}")
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]
        return f"{self.name}@{self.version}+{digest}"

    def render_user(self, **values: Any) -> str:
        """Fill the user part; a name that the template needs and is not given is an error."""
        from jinja2 import StrictUndefined
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
        )
        return environment.from_string(self.user).render(**values).strip()

    def messages(self, user: str) -> list[tuple[str, str]]:
        """Return the chat for a rendered user part: pairs of role and content."""
        shown = [
            message
            for asked, replied in self.examples
            for message in (("user", asked), ("assistant", replied))
        ]
        return [("system", self.system), *shown, ("user", user)]


def load_prompt(path: Path) -> Prompt:
    """Read one prompt file.

    Raises:
        ConfigError: The file is not YAML, lacks one of `version`, `system` and `user`, whose last
            two are texts, or has examples without `user` or `reply`, or `quotes` without its two
            numbers.
    """
    try:
        content = read_yaml(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ConfigError(f"prompt {path} is not valid YAML", str(error)) from error
    missing = {"version", "system", "user"} - set(content if isinstance(content, dict) else ())
    if missing:
        raise ConfigError(f"prompt {path} lacks {', '.join(sorted(missing))}", "add the keys")
    if not all(isinstance(content[key], str) for key in ("system", "user")):
        raise ConfigError(f"prompt {path}: system and user are texts", "write them as blocks: |")
    return Prompt(
        name=path.stem,
        version=str(content["version"]),
        system=content["system"].strip(),
        user=content["user"],
        examples=_examples(path, content.get("examples", [])),
        quoting=_quoting(path, content["quotes"]) if "quotes" in content else None,
    )


def _examples(path: Path, items: Any) -> tuple[tuple[str, str], ...]:
    try:
        return tuple((str(item["user"]).strip(), str(item["reply"]).strip()) for item in items)
    except (KeyError, TypeError) as error:
        raise ConfigError(
            f"prompt {path}: its examples are not as they should be",
            "each is a mapping of 'user' and 'reply'",
        ) from error


def _quoting(path: Path, item: Any) -> Quoting:
    try:
        found = Quoting(words=int(item["words"]), refuse_below=float(item["refuse_below"]))
    except (KeyError, TypeError, ValueError):
        found = None
    if found is None or found.words < 1 or not 0 <= found.refuse_below <= 1:
        raise ConfigError(
            f"prompt {path}: its quotes are not as they should be",
            "give 'words', at least 1, and 'refuse_below', from 0 to 1",
        )
    return found


def load_prompts(folder: Path) -> dict[str, Prompt]:
    """Read all prompts of a folder, by name."""
    return {path.stem: load_prompt(path) for path in sorted(folder.glob("*.yaml"))}
