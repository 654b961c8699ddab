"""What an assistant declares of its messages, in a YAML file: kinds, their facts, and tones."""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from workbench.errors import ConfigError
from workbench.yaml_text import read_yaml

FactType = Literal[
    "name", "code", "text", "quote", "date", "time", "money", "count", "choice", "title",
]  # fmt: skip
"""What a fact is. A quote is in somebody's own words: it is shown, and talked about, but nothing
that it says counts as given. A title is a choice whose words prose may use."""
ByLanguage = dict[str, str]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FactDeclared(_Section):
    """A fact that messages may hold.

    Attributes:
        about: What it is, in a few words.
        type: How it is read, written and checked.
        choices: Of a choice or a title: how each value is written, by language.
        default: What it is when nobody gives it.
    """

    about: str
    type: FactType
    choices: dict[str, ByLanguage] = Field(default_factory=dict)
    default: str | None = None

    @model_validator(mode="after")
    def _choices_fit(self) -> "FactDeclared":
        if (self.type in ("choice", "title")) != bool(self.choices):
            raise ValueError("choices belong to the types 'choice' and 'title', and only to them")
        return self


class KindDeclared(_Section):
    """A kind of message.

    Attributes:
        about: What it is for, in one sentence; the model reads it too.
        tone: The tone unless another is asked for.
        needs: The facts without which it cannot be written.
        takes: The facts that it states where they are known.
        states: The states of a record about which it may be written; empty for any.
        future: Dates that must not lie in the past.
        opening: By language, the plain sentence before the facts.
        closing: By language, the plain sentence after them.
        words: By language, words that the prose of this kind may use besides the general ones.
    """

    about: str
    tone: str
    needs: tuple[str, ...]
    takes: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    future: tuple[str, ...] = ()
    opening: ByLanguage
    closing: ByLanguage
    words: ByLanguage = Field(default_factory=dict)

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of all its facts."""
        return (*self.needs, *self.takes)


class Declared(_Section):
    """The whole file.

    Attributes:
        permission: What an operator must be allowed to write any message.
        record: What a record that messages are about is called, such as "booking".
        send_with: The tool that sends one.
        words: By language, words that the prose of any kind may use besides the general ones.
        names: The names of the assistant's own places, services and the like.
        tones: What each tone means, for the model.
        facts: The facts, by name.
        kinds: The kinds, by name.
    """

    permission: str = ""
    record: str = "record"
    send_with: str = ""
    words: ByLanguage = Field(default_factory=dict)
    names: tuple[str, ...] = ()
    tones: dict[str, str] = Field(min_length=1)
    facts: dict[str, FactDeclared]
    kinds: dict[str, KindDeclared] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_are_known(self) -> "Declared":
        for name, kind in self.kinds.items():
            unknown = [fact for fact in (*kind.facts, *kind.future) if fact not in self.facts]
            if unknown:
                raise ValueError(f"{name} names facts that are not declared: {', '.join(unknown)}")
            if kind.tone not in self.tones:
                raise ValueError(f"{name} has the tone {kind.tone!r}, which is not declared")
        return self


def read_declared(path: Path) -> Declared:
    """Read the file.

    Raises:
        ConfigError: It is not as it should be; the message names the key.
    """
    try:
        return Declared.model_validate(read_yaml(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not valid YAML ({error})", "correct it") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise ConfigError(
            f"{path}: {key}: {said}" if key else f"{path}: {said}", "correct it"
        ) from error
